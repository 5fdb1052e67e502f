// What a campaign is: who gets it, what they read, what it may bring, when it goes, who has agreed, and its versions.
import { intervalChart } from "./campaign_chart.js";
import { h, plural, time } from "./dom.js";

export function partsOf(now, previews) {
  return [
    now.prospects.objections.length && now.status === "pending" ? objections(now) : null,
    h("div", { class: "columns campaign-columns" }, audience(now), prospects(now)),
    reading(now, previews),
    h("div", { class: "columns campaign-columns even" }, plan(now), approvals(now)),
    versions(now),
  ].filter(Boolean);
}

function objections(now) {
  return h("section", { class: "notice trouble objections", "aria-label": "Finance says no" }, h("h2", {}, "Finance says no"),
    h("ul", { class: "failed" }, now.prospects.objections.map((each) => h("li", {}, `${each}.`))), h("p", {}, "To approve it all the same, one has to say why."));
}

function audience({ audience: who, texts, brief }) {
  const recipients = who.eligible - who.holdout;
  const line = (label, count, tone = "") => h("div", { class: tone }, h("dt", {}, label), h("dd", {}, count.toLocaleString()));
  return h("section", { class: "panel" }, h("h2", {}, "Who"), h("p", { class: "concept", dir: "auto" }, texts.concept),
    h("dl", { class: "funnel" },
      line(who.why, who.found), who.excluded.map((each) => line(`less those who ${each.reason}`, -each.count, "less")),
      line("may be written to", who.eligible, "sum"), line("held out by chance, to measure the effect", -who.holdout, "less"), line("get the mail", recipients, "sum")),
    brief.text ? h("details", { class: "as-table" }, h("summary", {}, "The brief"), h("p", { class: "plain", dir: "auto" }, brief.text)) : null);
}

function prospects({ prospects: expected, brief }) {
  return h("section", { class: "panel" }, h("h2", {}, "What it may bring"),
    expected.intervals.length ? intervalChart(expected.intervals, expected.level) : null,
    h("ul", { class: "dotted" }, expected.words.map((each) => h("li", {}, each)), brief.budget_words ? h("li", {}, `The budget is ${brief.budget_words}.`) : null));
}

function reading({ audience: who, texts, offer }, previews) {
  const more = (title, text) => (text ? h("details", { class: "as-table" }, h("summary", {}, title), h("p", { class: "plain words", dir: "auto" }, text)) : null);
  return h("section", { class: "panel" }, h("h2", {}, "What they read"),
    h("ol", { class: "subjects" }, who.arms.map((arm) => h("li", {}, h("span", { class: "arm" }, arm.name), h("span", { dir: "auto" }, arm.subject), h("span", { class: "soft small" }, plural(arm.recipients, "recipient"))))),
    h("p", {}, h("span", { class: "soft" }, "Offer: "), `${offer.words}.`),
    h("p", { class: "soft small" }, texts.by === "rules" ? "Written by the template in campaigns.yaml." : `In the words of ${texts.by}.`),
    previews, more("The mail with its fields", texts.body), more("Post for social media", texts.social), more("Text for the page it leads to", texts.landing));
}

function plan({ plan: when, measures }) {
  return h("section", { class: "panel" }, h("h2", {}, "When, and what will tell whether it worked"), h("p", {}, when), h("ul", { class: "dotted" }, measures.map((each) => h("li", {}, each))));
}

function approvals({ approvals: given, needs, status }) {
  const valid = given.filter((each) => each.counts).length;
  const missing = status === "pending" ? Math.max(0, needs - valid) : 0;
  const line = (each) => h("li", {}, h("strong", {}, each.by), ", ", time(each.at), each.counts ? null : h("span", { class: "soft" }, ` (version ${each.version}, which counts no more)`), each.reason ? h("span", { class: "quote", dir: "auto" }, each.reason) : null);
  return h("section", { class: "panel" }, h("h2", {}, "Approval"),
    missing ? h("p", { class: "missing" }, needs > 1 ? `${needs === 2 ? "Two" : needs} people have to approve it; ${missing === needs ? "nobody has yet" : `${plural(missing, "approval")} missing`}.` : "One person has to approve it.") : null,
    given.length ? h("ul", { class: "plain-list approvals" }, given.map(line)) : !missing ? h("p", { class: "soft" }, "Nobody has approved it.") : null);
}

function versions({ versions: all, version }) {
  if (all.length < 2) return null;
  return h("details", { class: "panel versions" }, h("summary", {}, h("strong", {}, `Versions (${all.length})`)),
    h("ol", { class: "plain-list" }, [...all].reverse().map((each) => h("li", {},
      h("p", {}, h("strong", {}, `Version ${each.version}`), each.version === version ? h("span", { class: "tag good" }, "now") : null, h("span", { class: "soft small" }, ` ${each.by}, `, time(each.made))),
      h("p", { class: "small" }, each.changed.length ? `Changed: ${each.changed.join(", ")}. ` : "", `${plural(each.eligible, "customer")}; ${each.offer}.`),
      h("details", { class: "as-table" }, h("summary", {}, "Its texts"), h("ol", { class: "subjects" }, each.texts.subjects.map((subject) => h("li", {}, h("span", { dir: "auto" }, subject)))), h("p", { class: "soft", dir: "auto" }, each.texts.preheader), h("p", { class: "plain words", dir: "auto" }, each.texts.body))))));
}
