// The form for a new campaign, a win-back or a brief in free words, and the specialists at work on it.
import { field, problemOf, segmentChoice } from "./campaign_fields.js";
import { h } from "./dom.js";
import { runsView } from "./runs.js";

const NAMES = { insights: "Insights", marketing: "Marketing", finance: "Finance" };
const WORKING = { insights: "is finding the audience", marketing: "is writing", finance: "is calculating" };
const SHARE = { waiting: 0, working: 1.5, done: 3 };
const KINDS = { winback: "Win customers back", brief: "In your own words" };

// What a specialist of a draft tells, as the runs show it.
export function worker({ specialist, state = "waiting", found = "" }) {
  return { name: NAMES[specialist], step: state, share: SHARE[state], words: { waiting: "waits", working: `${WORKING[specialist]} …`, done: found }[state] };
}

export function draftForm(room, { done }) {
  const days = h("input", { id: "draft-days", name: "days", type: "number", min: 1, max: 3650, value: 90, required: true, inputmode: "numeric" });
  let segment = segmentChoice("draft-segment", []);
  const budget = h("input", { id: "draft-budget", name: "budget", inputmode: "decimal", autocomplete: "off", placeholder: "no limit" });
  const offer = h("input", { id: "draft-offer", name: "offer", type: "number", min: 0, max: 99, inputmode: "numeric", placeholder: "as usual" });
  const text = h("textarea", { id: "draft-text", name: "text", rows: 5, dir: "auto", placeholder: "Tell Champions of our new teas, 10% off" });
  const segmentField = field("Only this segment", segment);
  const winback = h("div", { class: "fields" },
    field("Without an order for so many days", days), segmentField,
    field("Budget for offers and sending", budget, "In whole units of your currency"), field("Offer in percent", offer, "0 is none"));
  const brief = h("div", {}, field("What the campaign is for, to whom, and what it offers", text, "A segment, or else days without an order, and an offer that you name are taken up."));
  const button = h("button", { class: "primary" }, "Draft it");
  const problem = problemOf("draft-problem");
  let kind = "winback";
  let fromReport = false;
  const kinds = Object.entries(KINDS).map(([name, label]) => h("button", { type: "button", onclick: () => turn(name) }, label));
  const runs = runsView({ place: "campaigns/runs", title: "A campaign is being drafted", kept: "among the campaigns", worker, done });

  const turn = (name) => {
    kind = name;
    kinds.forEach((each, at) => each.setAttribute("aria-pressed", String(Object.keys(KINDS)[at] === kind)));
    winback.hidden = kind !== "winback";
    days.required = kind === "winback";
    brief.hidden = kind !== "brief";
    text.required = kind === "brief";
  };
  const submit = async (event) => {
    event.preventDefault();
    problem.clear();
    button.disabled = true;
    runs.clear();
    try {
      await runs.start(kind === "brief" ? { kind, text: text.value } : { kind, days: days.value, segment: segment.value, budget: budget.value, offer: offer.value, from_report: fromReport });
    } catch (error) {
      if (error.status !== 401) problem.say(error);
    } finally {
      button.disabled = false;
    }
  };
  const node = h("section", { class: "panel drafting", "aria-labelledby": "draft-title", hidden: true },
    h("h2", { id: "draft-title" }, "New campaign"),
    h("form", { class: "draft-form", onsubmit: submit }, h("div", { class: "switch", role: "group", "aria-label": "Kind of campaign" }, kinds), winback, brief,
      problem.node, h("div", { class: "row wrap" }, button, h("span", { class: "soft small" }, "Nothing is sent before somebody approves it."))),
    runs.node);
  turn("winback");
  return {
    node,
    follow: runs.follow,
    busy: () => runs.node.children.length > 0,
    segments(all) {
      if (segment.options.length > 1) return;
      const filled = segmentChoice("draft-segment", all);
      segment.replaceWith(filled);
      segment = filled;
    },
    open(wanted) {
      node.hidden = !room.me.may("agent");
      turn("winback");
      fromReport = Boolean(wanted.segment);
      if (wanted.segment) segment.value = wanted.segment;
      if (!node.contains(document.activeElement)) days.focus(); // who fills it in already goes on where they are
    },
    leave: runs.leave,
  };
}
