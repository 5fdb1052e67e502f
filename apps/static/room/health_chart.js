// How long answers took and what models cost, moment by moment: two small charts over one time, told in a table too.
import { h, svg } from "./dom.js";

const LEFT = 58;
const RIGHT = 8;
const TOP = 10;
const HEIGHT = 190;
const COST_HEIGHT = 74;
const width = () => (matchMedia("(max-width: 760px)").matches ? 400 : 960); // so that words stay readable on a phone

export function timeChart(moments, limits) {
  const across = width();
  const slot = (across - LEFT - RIGHT) / Math.max(1, moments.length);
  const x = (at) => LEFT + (at + 0.5) * slot;
  return h("figure", { class: "chart-box" }, lines(moments, limits, across, x), bars(moments, across, x, slot),
    h("figcaption", { class: "legend" }, h("span", { class: "key p95" }, "95% of answers within"), h("span", { class: "key p50" }, "half of them within"), h("span", { class: "key aim-line" }, "what is aimed at"), h("span", { class: "key cost" }, "cost of models")),
    table(moments));
}

function lines(moments, limits, across, x) {
  const highest = Math.max(...moments.map((each) => each.latency.p95 ?? 0), 0.1);
  const top = highest * 1.15;
  const y = (value) => TOP + (HEIGHT - TOP - 6) * (1 - value / top);
  const chart = svg("svg", { viewBox: `0 0 ${across} ${HEIGHT}`, class: "chart", role: "img", "aria-label": summary(moments) });
  for (const value of [0, highest / 2, highest]) {
    chart.append(svg("line", { x1: LEFT, x2: across, y1: y(value), y2: y(value), class: value ? "grid-line" : "axis" }));
    chart.append(svg("text", { x: LEFT - 8, y: y(value) + 4, class: "tick", "text-anchor": "end" }, short(value)));
  }
  for (const name of ["p50", "p95"]) {
    if (limits[name] < top) chart.append(svg("line", { x1: LEFT, x2: across, y1: y(limits[name]), y2: y(limits[name]), class: "aim-line" }));
  }
  for (const name of ["p95", "p50"]) {
    let run = [];
    const draw = () => {
      if (run.length > 1) chart.append(svg("polyline", { points: run.join(" "), class: `line ${name}` }));
      run = [];
    };
    moments.forEach((each, at) => {
      const value = each.latency[name];
      if (value === null) return draw(); // nothing was asked: a gap, not a zero
      run.push(`${x(at)},${y(value)}`);
      chart.append(svg("circle", { cx: x(at), cy: y(value), r: 2.5, class: `dot ${name}` }, svg("title", {}, told(each))));
    });
    draw();
  }
  return chart;
}

function bars(moments, across, x, slot) {
  const top = Math.max(...moments.map((each) => each.dollars), 0);
  const height = top ? COST_HEIGHT : 26; // where nothing was spent, the days alone
  const bottom = height - 22;
  const chart = svg("svg", { viewBox: `0 0 ${across} ${height}`, class: "chart", role: "img", "aria-label": `Cost of models, ${money(moments.reduce((sum, each) => sum + each.dollars, 0))} in all` });
  chart.append(svg("line", { x1: LEFT, x2: across, y1: bottom, y2: bottom, class: "axis" }));
  if (top) chart.append(svg("text", { x: LEFT - 8, y: 14, class: "tick", "text-anchor": "end" }, money(top)));
  const every = Math.ceil(moments.length / (across / 96));
  moments.forEach((each, at) => {
    if (each.dollars) {
      const high = Math.max(1.5, (bottom - 6) * (each.dollars / top));
      chart.append(svg("rect", { x: x(at) - Math.min(12, slot * 0.35), y: bottom - high, width: Math.min(24, slot * 0.7), height: high, rx: 2, class: "cost" }, svg("title", {}, told(each))));
    }
    if ((moments.length - 1 - at) % every === 0) chart.append(svg("text", { x: Math.min(x(at), across - 26), y: height - 6, class: "tick", "text-anchor": "middle" }, label(each, moments)));
  });
  return chart;
}

const hourly = (moments) => moments.length < 2 || new Date(moments[1].until) - new Date(moments[0].until) < 7_200_000;
const label = (each, moments) => (hourly(moments)
  ? new Date(each.until).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
  : new Date(each.until).toLocaleDateString([], { day: "numeric", month: "short" }));
const short = (value) => (value === 0 ? "0" : value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`);
const money = (value) => (value && value < 0.01 ? `$${value.toFixed(4)}` : `$${value.toFixed(2)}`);
const time = (value) => (value === null ? "–" : short(value));
const told = (each) => `until ${new Date(each.until).toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" })}: ${each.answers} answers, half within ${time(each.latency.p50)}, 95% within ${time(each.latency.p95)}, ${money(each.dollars)}`;

function summary(moments) {
  const answers = moments.reduce((sum, each) => sum + each.answers, 0);
  const slowest = moments.reduce((worst, each) => ((each.latency.p95 ?? -1) > (worst?.latency.p95 ?? -1) ? each : worst), null);
  return `Answer times, ${answers} answers in all${slowest?.latency.p95 != null ? `; at the slowest ${told(slowest)}` : ""}. The table below has every moment.`;
}

function table(moments) {
  return h("details", { class: "as-table" }, h("summary", {}, "The same as a table"),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Time and cost" }, h("table", {},
      h("thead", {}, h("tr", {}, ["Until", "Answers", "Half within", "95% within", "Texts", "Errors", "Cost"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, [...moments].reverse().map((each) => h("tr", {}, h("th", { scope: "row" }, label(each, moments)),
        [each.answers, time(each.latency.p50), time(each.latency.p95), each.texts, each.errors, money(each.dollars)].map((value) => h("td", {}, value))))))));
}
