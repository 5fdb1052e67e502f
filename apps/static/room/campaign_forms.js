// The forms that make a new version of a campaign, and the one that sends a test.
import { field, segmentChoice } from "./campaign_fields.js";
import { h } from "./dom.js";

const ARMS = ["A", "B", "C"];

export function wordFields(now) {
  const subjects = ARMS.map((name, at) => h("input", { id: `edit-subject-${name}`, value: now.texts.subjects[at] ?? "", dir: "auto", maxlength: 300, autocomplete: "off", required: at === 0 }));
  const preheader = h("input", { id: "edit-preheader", value: now.texts.preheader, dir: "auto", maxlength: 300, autocomplete: "off" });
  const body = h("textarea", { id: "edit-body", rows: 14, dir: "auto", required: true, value: now.texts.body });
  const offer = h("input", { id: "edit-offer", name: "offer", type: "number", min: 0, max: 99, inputmode: "numeric", required: true, value: now.offer.percent });
  return {
    title: `Edit version ${now.version}`, words: ["What stands in {braces} is filled in for each customer. Earlier approvals lapse with a new version."], label: "Save a new version",
    fields: [...subjects.map((each, at) => field(`Subject ${ARMS[at]}`, each)), field("The line after the subject", preheader), field("The mail", body, "In Markdown; a paragraph that is one link becomes a button."), field("Offer in percent", offer, "0 is none; the mail names it by {offer} and {offer_code}")],
    values: () => ({ subjects: subjects.map((each) => each.value.trim()), preheader: preheader.value, body: body.value, offer: offer.value }),
  };
}

export function audienceFields(now) {
  const days = h("input", { id: "audience-days", name: "days", type: "number", min: 1, max: 3650, inputmode: "numeric", required: true, value: now.brief.days });
  const segment = segmentChoice("audience-segment", now.segments, now.brief.segment ?? "");
  const budget = h("input", { id: "audience-budget", name: "budget", inputmode: "decimal", autocomplete: "off", placeholder: "no limit", value: now.brief.budget ?? "" });
  return {
    title: "Change the audience", words: ["Who fits is found anew, and finance calculates anew. Earlier approvals lapse with a new version."], label: "Save a new version",
    fields: [h("div", { class: "fields" }, field("Without an order for so many days", days, now.kind === "brief" ? "Does not count where a segment is chosen" : null), field("Only this segment", segment), field("Budget for offers and sending", budget, `In whole units, ${now.brief.currency}`))],
    values: () => ({ days: days.value, segment: segment.value, budget: budget.value }),
  };
}

export function testFields(now) {
  const to = h("input", { id: "test-address", type: "email", autocomplete: "email", required: true, dir: "ltr" });
  return {
    title: "Send yourself a test", words: [now.where], label: "Send the test",
    fields: [field("Your e-mail address", to, "You get what one customer would get; its links are your own.")],
    values: () => ({ address: to.value.trim() }),
  };
}
