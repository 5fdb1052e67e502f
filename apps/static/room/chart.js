// Questions a day as stacked bars: drawn by hand, so that it follows the page's colours, and told in a table beside it.
import { h, svg } from "./dom.js";

const HEIGHT = 260;
const width = () => (matchMedia("(max-width: 760px)").matches ? 400 : 960); // so that words stay readable on a phone
const LEFT = 40;
const BOTTOM = 28;
const TOP = 12;

export const PARTS = [
  { name: "answered", label: "answered by the bot", of: (day) => day.answered },
  { name: "other", label: "asked back or small talk", of: (day) => Math.max(0, day.asked - day.answered - day.escalated) },
  { name: "escalated", label: "passed to a person", of: (day) => day.escalated },
];

export function dayChart(days) {
  const across = width();
  const highest = Math.max(1, ...days.map((day) => PARTS.reduce((sum, part) => sum + part.of(day), 0)));
  const step = niceStep(highest);
  const top = Math.ceil(highest / step) * step;
  const slot = (across - LEFT) / Math.max(1, days.length);
  const bar = Math.min(36, slot * 0.7);
  const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
  const chart = svg("svg", { viewBox: `0 0 ${across} ${HEIGHT}`, class: "chart", role: "img", "aria-label": summary(days) });
  for (let value = 0; value <= top; value += step) {
    chart.append(svg("line", { x1: LEFT, x2: across, y1: y(value), y2: y(value), class: value ? "grid-line" : "axis" }));
    chart.append(svg("text", { x: LEFT - 8, y: y(value) + 4, class: "tick", "text-anchor": "end" }, String(value)));
  }
  const every = Math.ceil(days.length / (across / 96));
  days.forEach((day, at) => {
    const x = LEFT + at * slot + (slot - bar) / 2;
    const group = svg("g", { class: "day" }, svg("title", {}, `${longDay(day.day)}: ${PARTS.map((part) => `${part.of(day)} ${part.label}`).join(", ")}`));
    group.append(svg("rect", { x: LEFT + at * slot, y: TOP, width: slot, height: HEIGHT - TOP - BOTTOM, class: "hover" }));
    let below = 0;
    for (const part of PARTS) {
      const value = part.of(day);
      if (value) group.append(svg("rect", { x, y: y(below + value), width: bar, height: y(below) - y(below + value), rx: Math.min(3, bar / 4), class: part.name }));
      below += value;
    }
    chart.append(group);
    if ((days.length - 1 - at) % every === 0) chart.append(svg("text", { x: Math.min(x + bar / 2, across - 24), y: HEIGHT - 8, class: "tick", "text-anchor": "middle" }, shortDay(day.day)));
  });
  return h("figure", { class: "chart-box" }, chart,
    h("figcaption", { class: "legend" }, PARTS.map((part) => h("span", { class: `key ${part.name}` }, part.label))));
}

export function dayTable(days) {
  return h("details", { class: "as-table" }, h("summary", {}, "The same as a table"),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Questions a day" }, h("table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Day"), h("th", { scope: "col" }, "Asked"), PARTS.map((part) => h("th", { scope: "col" }, part.label)))),
      h("tbody", {}, [...days].reverse().map((day) => h("tr", {}, h("th", { scope: "row" }, longDay(day.day)), h("td", {}, day.asked), PARTS.map((part) => h("td", {}, part.of(day)))))))));
}

function niceStep(highest) {
  const rough = highest / 4;
  const size = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  return Math.max(1, [1, 2, 5, 10].map((factor) => factor * size).find((each) => each >= rough));
}

function summary(days) {
  const asked = days.reduce((sum, day) => sum + day.asked, 0);
  const busiest = days.reduce((best, day) => (day.asked > (best?.asked ?? 0) ? day : best), null);
  return `Questions a day over ${days.length} days, ${asked} in all${busiest ? `; the most on ${longDay(busiest.day)}, ${busiest.asked}` : ""}. The table below has every day.`;
}

const day = (text) => new Date(`${text}T12:00:00`);
const shortDay = (text) => day(text).toLocaleDateString([], { day: "numeric", month: "short" });
const longDay = (text) => day(text).toLocaleDateString([], { weekday: "short", day: "numeric", month: "short", year: "numeric" });
