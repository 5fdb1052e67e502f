// Questions about the business, and how the desk does: its figures over a period, a chart of its days, both to take along.
import { address, get, query } from "./api.js";
import { dayChart, dayTable } from "./chart.js";
import { askBox } from "./ask.js";
import { debounced, duration, h, unseen } from "./dom.js";

const PERIODS = { 7: "7 days", 30: "30 days", 90: "90 days" };
const NOT_KNOWN = "–";

export function numbersView(room) {
  const first = h("input", { type: "date", "aria-label": "First day" });
  const last = h("input", { type: "date", "aria-label": "Last day" });
  const asking = askBox();
  const body = h("div", { class: "numbers" });
  const take = h("a", { class: "quiet button", hidden: !room.me.may("admin"), download: "" }, "Export CSV");
  let days = 30;
  const buttons = Object.entries(PERIODS).map(([length, label]) => h("button", { type: "button", "data-days": length, onclick: () => { days = Number(length); first.value = last.value = ""; load(); } }, label));
  const node = h("div", { class: "sheet" },
    h("header", { class: "sheet-head" }, h("h1", {}, "Numbers"),
      h("div", { class: "row wrap" }, h("div", { class: "switch", role: "group", "aria-label": "Period" }, buttons), h("span", { class: "row dates" }, first, h("span", { class: "soft" }, "to"), last), take)),
    asking.node, body);

  const wanted = () => (first.value || last.value ? { first: first.value, last: last.value } : { first: dayBefore(days - 1, room.me.timezone) });
  const load = async (refresh = false) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(!first.value && !last.value && Number(button.dataset.days) === days));
    take.href = address(`figures.csv${query(wanted())}`);
    try {
      draw(body, await get(`figures${query(wanted())}`, { refresh }), room.me);
    } catch (error) {
      if (error.status !== 401) body.replaceChildren(h("p", { class: "empty" }, error.message));
    }
  };
  const refreshed = debounced(1500, () => load(true));
  first.addEventListener("change", () => load());
  last.addEventListener("change", () => load());
  load();
  return { node, show: ([part]) => part === "ask" && asking.focus(), live: refreshed, leave: asking.leave };
}

function dayBefore(count, zone) {
  const today = new Date(new Date().toLocaleDateString("en-CA", { timeZone: zone }) + "T12:00:00Z");
  return new Date(today.getTime() - count * 86_400_000).toISOString().slice(0, 10);
}

const named = (day) => new Date(`${day}T12:00:00`).toLocaleDateString([], { day: "numeric", month: "long", year: "numeric" });
const share = (value) => (value === null ? NOT_KNOWN : `${Math.round(100 * value)}%`);
const seconds = (value) => (value === null ? NOT_KNOWN : value < 0.1 ? "< 0.1 s" : value < 10 ? `${value.toFixed(1)} s` : duration(value));

function draw(body, figures, me) {
  const votes = figures.helpful + figures.unhelpful;
  const tile = (label, value, explained) => h("div", { class: "tile" }, h("p", { class: "label" }, label), h("p", { class: "value" }, value), h("p", { class: "soft small" }, explained));
  const of = (part) => (figures.asked ? `${Math.round((100 * part) / figures.asked)}% of what was asked` : "nothing was asked");
  const tiles = h("div", { class: "tiles" },
    tile("Asked", figures.asked.toLocaleString(), "questions of customers"),
    tile("Answered", figures.answered.toLocaleString(), of(figures.answered)),
    tile("Passed to a person", figures.escalated.toLocaleString(), of(figures.escalated)),
    tile("First response", seconds(figures.bot_response_p50), figures.person_response_p50 === null ? "median of the bot" : `median of the bot; people ${seconds(figures.person_response_p50)}`),
    tile("Resolved", figures.resolved.toLocaleString(), "conversations brought to an end"),
    tile("Reopened", figures.reopened.toLocaleString(), "came back soon after"),
    tile("Deflection", share(figures.deflection), "resolved by the bot alone"),
    tile("Found helpful", votes ? `${Math.round((100 * figures.helpful) / votes)}%` : NOT_KNOWN, votes ? `${figures.helpful} of ${votes} votes` : "nobody has voted"));
  const response = h("table", { class: "response" },
    h("caption", {}, "First response"),
    h("thead", {}, h("tr", {}, h("th", {}, unseen("Who")), h("th", { scope: "col" }, "median"), h("th", { scope: "col" }, "95th percentile"))),
    h("tbody", {},
      h("tr", {}, h("th", { scope: "row" }, "the bot"), h("td", {}, seconds(figures.bot_response_p50)), h("td", {}, seconds(figures.bot_response_p95))),
      h("tr", {}, h("th", { scope: "row" }, "a person"), h("td", {}, seconds(figures.person_response_p50)), h("td", {}, seconds(figures.person_response_p95)))));
  const open = body.querySelector(".as-table")?.open;
  body.replaceChildren(
    h("p", { class: "soft" }, `${named(figures.first)} to ${named(figures.last)}, days of ${me.zone_name}`), tiles,
    h("section", { class: "panel" }, h("h2", {}, "Questions a day"), dayChart(figures.days), dayTable(figures.days)),
    h("section", { class: "panel" }, response));
  body.querySelector(".as-table").open = Boolean(open);
}
