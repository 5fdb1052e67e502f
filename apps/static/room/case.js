// One conversation whole: what was said, why a person is needed, and the decision.
import { get } from "./api.js";
import { composer } from "./composer.js";
import { debounced, duration, h, icon, moment, rich, time, unseen } from "./dom.js";

export const STATES = { bot: "with the bot", waiting: "waiting for a person", person: "with a person", resolved: "resolved" };
const DECISIONS = { answer: "answered", clarify: "asked back", escalate: "passed on" };

export function caseView(room, conversation, { back, decided }) {
  const head = h("header", { class: "case-head" });
  const log = h("ol", { class: "log", "aria-label": "Conversation", tabindex: "0" });
  const side = h("aside", { class: "side", "aria-label": "Why it is here" });
  const writing = composer(room, conversation, { reload: () => load(true), decided: () => decided(conversation) });
  const node = h("div", { class: "case" }, head, h("div", { class: "case-body" }, h("div", { class: "talk" }, log, writing.node), side));
  let shown = null;
  let gone = false;
  const told = (open) => {
    if (open !== undefined) node.classList.toggle("told", open);
    return node.classList.contains("told");
  };

  const load = async (refresh) => {
    let fresh;
    try {
      fresh = await get(`cases/${encodeURIComponent(conversation)}`, { refresh });
    } catch (error) {
      if (!gone && !shown && error.status !== 401) node.replaceChildren(h("div", { class: "nothing" }, h("p", {}, error.message), h("a", { href: back }, "Back")));
      return;
    }
    if (gone) return;
    drawHead(head, { shown: fresh, me: room.me, back, told, actions: writing.actions });
    drawLog(log, shown, fresh);
    if (!shown || JSON.stringify(shown.review) !== JSON.stringify(fresh.review)) drawSide(side, fresh);
    shown = fresh;
    writing.update(fresh);
  };
  const reload = debounced(120, () => load(true));
  const clock = setInterval(() => shown && drawHead(head, { shown, me: room.me, back, told, actions: writing.actions }), 15_000);
  load(false);
  return {
    node,
    conversation,
    live: (conversations) => (!conversations || conversations.includes(conversation)) && reload(),
    key(key) {
      if (key === "Escape" && told()) {
        told(false);
        return true;
      }
      return writing.key(key);
    },
    leave() {
      gone = true;
      clearInterval(clock);
    },
  };
}

function drawHead(head, { shown, me, back, told, actions }) {
  const { review, state } = shown;
  const open = review && review.status !== "decided";
  const facts = [h("span", { class: `state ${state}` }, STATES[state])];
  if (open) {
    const late = new Date(review.due) < new Date();
    facts.push(h("span", {}, `waiting ${duration((Date.now() - new Date(review.opened)) / 1000)}`));
    facts.push(h("span", { class: late ? "late" : "" }, late ? `promised by ${moment(review.due)}, ${duration((Date.now() - new Date(review.due)) / 1000)} late` : `promised by ${moment(review.due)}`));
  }
  if (state === "person" && review?.by) facts.push(h("span", { class: "tag person" }, review.by === me.full_name ? "You are in it" : `${review.by} is in it`));
  if (shown.contact) facts.push(h("span", {}, "e-mail: ", h("span", { class: "strong" }, shown.contact)));
  head.replaceChildren(
    h("a", { class: "back", href: back, "aria-label": "Back to the list" }, icon("back")),
    h("div", { class: "case-title" }, h("h2", { dir: "auto" }, review?.question ?? shown.messages.find((each) => each.role === "customer")?.text ?? "Conversation"), h("p", { class: "facts" }, facts)),
    h("div", { class: "case-actions" }, actions,
      h("button", { type: "button", class: "quiet why", "aria-pressed": String(told()), onclick: (event) => event.currentTarget.setAttribute("aria-pressed", String(told(!told()))) }, "Why")));
}

function drawLog(log, before, fresh) {
  const known = new Map((before?.messages ?? []).map((each) => [each.id, JSON.stringify(each)]));
  const nearEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 120;
  fresh.messages.forEach((each, at) => {
    if (known.get(each.id) === JSON.stringify(each)) return;
    const item = message(each, before && !known.has(each.id));
    if (known.has(each.id)) log.children[at].replaceWith(item);
    else log.append(item);
  });
  if (!before || nearEnd) log.scrollTop = log.scrollHeight;
}

function message(each, isNew) {
  if (each.role === "system") return h("li", { class: "said system" }, h("span", {}, each.text), time(each.at));
  const who = { customer: "Customer", bot: "Bot", person: each.by ?? "The team" }[each.role];
  const words = each.role === "customer" ? h("div", { class: "plain", dir: "auto" }, each.text) : rich(each.html);
  return h("li", { class: `said ${each.role}${isNew ? " new" : ""}` },
    h("p", { class: "by" }, h("span", { class: "strong" }, who), time(each.at), each.vote ? h("span", { class: `vote ${each.vote}` }, each.vote === "up" ? "found helpful" : "found not helpful") : null),
    h("div", { class: "words" }, words),
    each.decision ? thought(each) : null);
}

function thought(each) {
  const line = `${DECISIONS[each.decision] ?? "said"} · ${each.confidence.percent}% ${each.confidence.word} · ${each.reason}`;
  const trace = each.trace ? h("a", { class: "link", href: `#trace/${each.trace}` }, "How it came about") : null;
  if (!each.retrieved.length) return h("div", { class: "thought soft small" }, h("p", {}, line), trace);
  return h("details", { class: "thought" }, h("summary", {}, line), each.sources.map(quotation), retrieved(each.retrieved), trace);
}

function drawSide(side, { review, messages }) {
  if (!review) return side.replaceChildren(h("p", { class: "soft" }, "The bot has handled this alone; no person was asked."));
  const gauge = h("div", { class: "gauge", role: "img", "aria-label": `${review.confidence.percent}% sure` }, h("span", {}));
  gauge.firstChild.style.width = `${review.confidence.percent}%`;
  side.replaceChildren(
    h("section", {}, h("h3", {}, "Why it is here"), h("p", {}, capital(review.reason))),
    h("section", {}, h("h3", {}, "How sure the bot is"), h("p", { class: "row between" }, h("span", { class: "figure" }, `${review.confidence.percent}%`), h("span", { class: "soft" }, review.confidence.word)), gauge),
    h("section", {}, h("h3", {}, review.sources.length ? "What the draft quotes" : "Nothing is quoted"), review.sources.length ? review.sources.map(quotation) : h("p", { class: "soft" }, "No document says anything close to this.")),
    review.retrieved.length ? h("section", {}, h("h3", {}, "What was looked at"), retrieved(review.retrieved)) : "",
    passedOn(messages, review),
    review.status === "decided" ? outcome(review) : "");
}

// Where one can look at how the desk came to pass the question on.
function passedOn(messages, review) {
  const said = messages.findLast((each) => each.trace && each.review === review.id);
  return said ? h("section", {}, h("a", { class: "link", href: `#trace/${said.trace}` }, "How it came about")) : "";
}

function outcome(review) {
  const verbs = { approve: "sent the draft", edit: "sent the draft, edited", reply: "wrote the answer", reject: "rejected it", "hand-back": "handed it back", "take-over": "took it over" };
  return h("section", {}, h("h3", {}, "Decision"), h("p", {}, h("span", { class: "strong" }, review.by), ` ${verbs[review.verb] ?? review.verb}, ${moment(review.decided)}.`), review.verb === "reject" && review.text ? h("p", { class: "soft" }, review.text) : null);
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const within = (title, section) => (!section || title.endsWith(section) ? "" : /^\d/.test(section) ? `, section ${section}` : `, ${section}`);

export function quotation({ title, section, html, href }) {
  return h("details", { class: "source" },
    h("summary", {}, icon("file"), h("span", {}, title, h("span", { class: "soft" }, within(title, section)))),
    rich(html, "rich quote"),
    h("a", { href, target: "_blank", rel: "noopener" }, "Read the whole document", unseen(" (in a new tab)")));
}

function retrieved(places) {
  return h("ul", { class: "places-seen" }, places.map((each) => h("li", {},
    h("span", {}, each.title, h("span", { class: "soft" }, within(each.title, each.section))), h("span", { class: "soft" }, each.score.toFixed(2)))));
}
