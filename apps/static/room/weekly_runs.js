// Reports that are being made: the four specialists at work, as they tell it.
import { address, post } from "./api.js";
import { h } from "./dom.js";

const NAMES = { finance: "Finance", marketing: "Marketing", insights: "Customers", support: "Support" };
const STEPS = { waiting: "waits", measuring: "is counting", writing: "is writing", done: "is done", failed: "could not do it" };
const SHARE = { waiting: 0, measuring: 1, writing: 2, done: 3, failed: 3 };

export function runsView({ done }) {
  const node = h("div", { class: "runs", role: "status" });
  const lines = new Map();
  const follow = (run) => {
    if (lines.has(run)) return;
    const card = h("section", { class: "panel run", "aria-label": "A report is being made" }, h("p", { class: "soft" }, "Starting…"));
    const source = new EventSource(address(`weekly/runs/${run}/events`));
    lines.set(run, source);
    node.append(card);
    const end = () => {
      source.close();
      lines.delete(run);
    };
    source.addEventListener("message", (event) => {
      const now = JSON.parse(event.data);
      draw(card, now, () => card.remove());
      if (now.running) return;
      end();
      if (now.report) {
        card.remove();
        done(now.report);
      }
    });
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
      end();
      card.replaceChildren(h("p", { class: "problem" }, "How far it is cannot be told any more. If it comes to an end, it stands among the past reports."));
    });
  };
  return {
    node,
    follow,
    async start(asOf) {
      follow((await post("weekly/runs", { as_of: asOf })).run);
    },
    leave: () => lines.forEach((source) => source.close()),
  };
}

function draw(card, now, close) {
  if (now.error) return card.replaceChildren(h("div", { class: "row between" }, h("p", { class: "problem grow", role: "alert" }, coded(now.error)), h("button", { type: "button", class: "quiet", onclick: close }, "Close")));
  card.replaceChildren(h("h2", {}, "A report is being made"), h("ul", { class: "workers" }, now.specialists.map((each) => {
    const bar = h("progress", { max: 3, value: SHARE[each.step], "aria-label": NAMES[each.name] });
    bar.value = SHARE[each.step];
    return h("li", { class: each.step, "data-specialist": each.name }, h("span", { class: "strong" }, NAMES[each.name]), bar, h("span", { class: "soft small" }, `${STEPS[each.step]}${each.attempt > 1 ? `, attempt ${each.attempt}` : ""}`));
  })), h("p", { class: "soft small" }, `Started by ${now.by}. You can leave this page: the report is kept when it is done.`));
}

// Commands stand between backticks.
const coded = (sentence) => sentence.split("`").map((each, at) => (at % 2 ? h("code", {}, each) : each));
