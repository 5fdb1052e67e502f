// One weekly report: key figures, what is out of the ordinary, and what each specialist says, with charts and tables.
import { reportFile } from "./api.js";
import { h, unseen } from "./dom.js";
import { chartBox } from "./weekly_charts.js";

const STATUS = { watch: "watch", ok: null, unknown: null };
let named = 0;
const name = (kind) => `${kind}-${++named}`;

export function reportView(report, room) {
  const charts = [];
  const box = (chart) => {
    const made = chartBox(chart, report.dark);
    charts.push(made);
    return h("figure", { class: `weekly-chart ${chart.name}` }, made.node, tableBox(chart.table, report, room));
  };
  const node = h("div", { class: "numbers" },
    report.sample ? h("p", { class: "sample" }, h("strong", {}, "Sample data"), " of an invented shop; no number here is a real business’s.") : null,
    said(report.summary, "summary"),
    h("ul", { class: "kpis", "aria-label": "Key figures" }, report.kpis.map(kpi)),
    alerts(report.alerts),
    ...report.sections.map((each) => section(each, report, room, box)),
    h("details", { class: "panel all-metrics" }, h("summary", {}, h("strong", {}, "All metrics and what they mean")), scroll(report.metrics, 1)),
    report.errors.length ? h("section", { class: "panel" }, h("h2", {}, "What went wrong"), h("ul", { class: "failed" }, report.errors.map((each) => h("li", {}, each)))) : null);
  return { node, draw: () => charts.forEach((chart) => chart.draw()), leave: () => charts.forEach((chart) => chart.leave()) };
}

// Closes what explains a figure; true if something was open.
export function closeTips(except = null) {
  const open = [...document.querySelectorAll(".define[aria-expanded=true]")].filter((each) => each !== except);
  open.forEach((each) => each.setAttribute("aria-expanded", "false"));
  for (const hovered of except ? [] : document.querySelectorAll(".define:hover")) {
    hovered.classList.add("away"); // until the pointer comes anew
    hovered.addEventListener("pointerleave", () => hovered.classList.remove("away"), { once: true });
  }
  if (document.activeElement?.classList.contains("define") && document.activeElement !== except) document.activeElement.blur();
  return open.length > 0;
}

function kpi(one) {
  const tip = name("tip");
  const define = h("button", { type: "button", class: "define", "aria-expanded": "false", "aria-describedby": tip, onclick: () => {
    closeTips(define);
    define.setAttribute("aria-expanded", String(define.getAttribute("aria-expanded") !== "true"));
  } }, one.label, h("span", { class: "what", "aria-hidden": "true" }, "?"));
  const tone = one.good === null ? "" : one.good ? " good" : " bad";
  return h("li", { class: `kpi ${one.status}`, "data-metric": one.name },
    define, h("span", { class: "tip", role: "tooltip", id: tip }, one.definition || "There is no definition of it."),
    STATUS[one.status] ? h("span", { class: "tag warn" }, STATUS[one.status]) : null,
    h("p", { class: "value" }, one.value),
    one.change ? h("p", { class: `change${tone}` }, h("span", { "aria-hidden": "true" }, `${one.arrow} `), one.change, h("span", { class: "soft" }, ` on last week (${one.previous})`)) : null,
    one.reason ? h("p", { class: "soft small" }, one.reason) : null);
}

function alerts(all) {
  if (!all.length) return h("p", { class: "notice" }, "Nothing is out of the ordinary.");
  return h("section", { class: "panel weekly-alerts" }, h("h2", {}, "Out of the ordinary"), h("ul", { class: "plain-list" }, all.map((each) => h("li", {},
    said(each.text), each.drivers.length ? h("dl", { class: "drivers", "aria-label": "What drives it" }, each.drivers.map(driver)) : null))));
}

function driver({ channel, share }) {
  const bar = h("span", { class: "gauge", "aria-hidden": "true" }, h("span", {}));
  bar.firstChild.style.width = `${Math.max(0, Math.min(100, Math.round(100 * share)))}%`;
  return h("div", {}, h("dt", {}, channel), h("dd", {}, bar, `${Math.round(100 * share)}%`));
}

function section(one, report, room, box) {
  const by = one.by === "rules" ? null : h("span", { class: "soft small" }, `in the words of ${one.by}`);
  return h("section", { class: `panel specialist${one.failed ? " broken" : ""}`, "data-section": one.name },
    h("div", { class: "row between wrap" }, h("h2", {}, one.title, one.failed ? h("span", { class: "tag warn" }, "missing") : null), by),
    said(one.text), one.charts.length ? h("div", { class: "weekly-charts" }, one.charts.map(box)) : null,
    one.aside ? h("p", { class: "aside" }, one.aside) : null,
    one.name === "insights" && report.at_risk && room.me.may("agent") ? h("p", { class: "open-table" }, h("a", { class: "quiet button", href: "#campaigns/new/at-risk" }, `Draft win-back for ${report.at_risk.toLocaleString()}`), h("span", { class: "soft small" }, " those At Risk")) : null,
    one.tables.map((each) => (each.rows.length ? h("div", { class: "open-table" }, h("h3", {}, each.title), scroll(each), csv(each, report, room)) : null)));
}

// A text whose claimed numbers open to what is behind them.
function said(pieces, className = "") {
  const behind = [];
  const text = h("p", { class: `said ${className}` }, pieces.map((piece) => {
    if (!piece.claim) return piece.text;
    const id = name("claim");
    const button = h("button", { type: "button", class: "claim", popovertarget: id, "aria-haspopup": "dialog" }, piece.text);
    behind.push(opened(id, piece.claim, button));
    return button;
  }));
  return h("div", { class: "said-box" }, text, behind);
}

function opened(id, claim, button) {
  const card = h("div", { id, popover: "auto", class: "behind", role: "dialog", "aria-label": claim.label },
    h("h3", {}, claim.label), h("p", { class: "value" }, claim.value), h("p", {}, claim.definition),
    claim.query ? h("details", {}, h("summary", {}, "How it was found"), h("pre", { tabindex: "0" }, claim.query)) : null);
  card.addEventListener("toggle", (event) => {
    if (event.newState !== "open") return;
    const at = button.getBoundingClientRect();
    const { width, height } = card.getBoundingClientRect();
    card.style.left = `${Math.max(12, Math.min(at.left, innerWidth - width - 12))}px`;
    card.style.top = `${at.bottom + height + 12 > innerHeight ? Math.max(12, at.top - height - 6) : at.bottom + 6}px`;
  });
  return card;
}

function tableBox(table, report, room) {
  return h("details", { class: "as-table" }, h("summary", {}, "The same as a table", unseen(`: ${table.title}`)), scroll(table), csv(table, report, room));
}

function csv(table, report, room) {
  return room.me.may("admin") ? h("a", { class: "link small", href: reportFile(report.id, "csv", { table: table.name }), download: "" }, "CSV", unseen(` of ${table.title}`)) : null;
}

function scroll(table, leaveOut = 0) {
  const columns = table.columns.slice(0, table.columns.length - leaveOut);
  const cell = (row, at) => (at ? h("td", { class: table.numbers[at] ? "number" : null }, row[at]) : h("th", { scope: "row", dir: "auto" }, row[0]));
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": table.title }, h("table", {},
    h("thead", {}, h("tr", {}, columns.map((each) => h("th", { scope: "col" }, each)))),
    h("tbody", {}, table.rows.length ? table.rows.map((row) => h("tr", {}, columns.map((_, at) => cell(row, at)))) : h("tr", {}, h("td", { colspan: columns.length }, table.empty)))));
}
