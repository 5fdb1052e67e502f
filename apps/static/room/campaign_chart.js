// Intervals beside each other, each on its own scale, all with zero at one place: drawn by hand, in the page's colours.
import { h, svg } from "./dom.js";

const EDGE = 0.06; // room at both ends, as a part of the width
const HEIGHT = 30;

export function intervalChart(intervals, level) {
  const known = intervals.filter((each) => each.value !== null);
  const zero = zeroOf(known);
  return h("figure", { class: "intervals" }, intervals.map((each) => line(each, zero)),
    known.length ? h("figcaption", { class: "legend" }, h("span", { class: "key zero" }, "zero: no effect"), h("span", { class: "key best" }, "best guess"), h("span", {}, `${Math.round(100 * level)}% intervals`)) : null);
}

// Where zero lies, so that no interval has to be cut.
function zeroOf(known) {
  const shares = known.map(({ low, high }) => -Math.min(low, 0) / (Math.max(high, 0) - Math.min(low, 0) || 1));
  return EDGE + (1 - 2 * EDGE) * Math.min(0.92, Math.max(0.08, ...shares));
}

function line(each, zero) {
  if (each.value === null) return h("div", { class: "interval unknown" }, h("span", { class: "label" }, each.label), h("span", { class: "soft" }, "unknown: ", each.reason));
  const { label, low, high, value, text, best } = each;
  const scale = Math.min(low < 0 ? (zero - EDGE) / -low : Infinity, high > 0 ? (1 - EDGE - zero) / high : Infinity);
  const x = (at) => `${(100 * (zero + at * (Number.isFinite(scale) ? scale : 0))).toFixed(2)}%`;
  const tone = low > 0 ? "good" : high < 0 ? "bad" : "open";
  const chart = svg("svg", { class: `chart ${tone}`, height: HEIGHT, role: "img", "aria-label": `${label}: ${text}, best guess ${best}` },
    svg("line", { x1: x(0), x2: x(0), y1: 0, y2: HEIGHT, class: "zero" }),
    svg("line", { x1: x(low), x2: x(high), y1: HEIGHT / 2, y2: HEIGHT / 2, class: "bar" }),
    svg("line", { x1: x(low), x2: x(low), y1: 8, y2: HEIGHT - 8, class: "bar end" }),
    svg("line", { x1: x(high), x2: x(high), y1: 8, y2: HEIGHT - 8, class: "bar end" }),
    svg("circle", { cx: x(value), cy: HEIGHT / 2, r: 5, class: "best" }));
  return h("div", { class: "interval" }, h("span", { class: "label" }, label), chart, h("span", { class: "text" }, h("strong", {}, text), h("span", { class: "soft small" }, `best guess ${best}`)));
}
