// Proposals that wait for a yes or a no, and the entries that the desk answers from.
import { address, get, post } from "./api.js";
import { debounced, h, icon, moment } from "./dom.js";
import { attempt, note } from "./notes.js";

const act = (entry, verb, words) => post(`knowledge/entries/${entry}/${verb}`, words);
const AFTER = { accept: "The desk answers from it now.", edit: "Changed. The desk answers from the new words.", withdraw: "The desk answers from it no more.", dismiss: "Dismissed." };

export function proposalsTab(room, count) {
  const list = h("div", { class: "cards" });
  const node = h("div", { class: "stack-wide" }, h("p", { class: "soft" }, "After each answer of a person the desk proposes to keep it. Take out what is about one customer alone, and accept: the next one who asks is answered at once."), list);
  const cards = new Map();
  const load = async (refresh) => {
    let proposals;
    try {
      ({ proposals } = await get("knowledge/proposals", { refresh }));
    } catch (error) {
      if (error.status !== 401) note(error.message, { kind: "bad" });
      return;
    }
    count(proposals.length);
    const present = new Set(proposals.map((each) => each.entry.id));
    for (const id of cards.keys()) if (!present.has(id)) cards.delete(id);
    for (const each of proposals) if (!cards.has(each.entry.id)) cards.set(each.entry.id, proposalCard(room, each, () => load(true)));
    const wanted = proposals.length ? proposals.map((each) => cards.get(each.entry.id)) : [h("div", { class: "empty" }, h("span", { class: "empty-mark" }, icon("check")), h("p", { class: "strong" }, "Nothing to decide"), h("p", { class: "soft" }, "New proposals appear here by themselves."))];
    if (wanted.length !== list.children.length || wanted.some((card, at) => card !== list.children[at])) list.replaceChildren(...wanted);
  };
  load(false);
  return { node, live: debounced(900, () => load(true)) };
}

export function entriesTab(room) {
  const status = h("select", { "aria-label": "Which", onchange: () => load() }, [["accepted", "in use"], ["withdrawn", "withdrawn"], ["dismissed", "dismissed"]].map(([value, label]) => h("option", { value }, label)));
  const list = h("div", { class: "cards" });
  const node = h("div", { class: "stack-wide" }, h("div", { class: "row between wrap" }, h("p", { class: "row soft" }, "Answers of the team", status), h("a", { class: "link", href: address("knowledge/entries.md"), download: "", hidden: !room.me.may("admin") }, "Export as Markdown")), list);
  const load = async () => {
    const wanted = status.value;
    await attempt(async () => {
      const { entries } = await get(`knowledge/entries?status=${wanted}`);
      list.replaceChildren(...(entries.length ? entries.map((each) => entryCard(room, each, load)) : [h("div", { class: "empty" }, h("p", { class: "soft" }, wanted === "accepted" ? "Nothing was learned yet." : `Nothing is ${wanted}.`))]));
    });
  };
  load();
  return { node };
}

// Does something to an entry; offers the way back where there is one.
async function change(entry, verb, reload, { words, button, undo, ask } = {}) {
  const worked = await attempt(async () => {
    const { note: sentence } = await act(entry, verb, words).catch((error) => {
      ask?.(error.parts ?? []);
      throw error;
    });
    if (sentence) note(sentence, { kind: "warn", undo: () => { location.hash = "knowledge/learned"; }, undoLabel: "Look at it" });
    else note(AFTER[verb] ?? "Done.", { undo: undo && (() => attempt(() => act(entry, "restore")).then(reload)) });
  }, button);
  if (worked) reload();
}

function proposalCard(room, proposal, reload) {
  const { entry } = proposal;
  const form = wordsForm(proposal, "Accept", (words, button, ask) => change(entry.id, "accept", reload, { words, button, ask }), room.me.may("agent"));
  const dismiss = h("button", { type: "button", class: "quiet", onclick: (event) => change(entry.id, "dismiss", reload, { button: event.currentTarget, undo: true }) }, "Dismiss");
  if (room.me.may("agent")) form.foot.prepend(dismiss);
  return h("article", { class: "panel proposal" },
    h("p", { class: "soft small" }, `Answered ${moment(entry.answered)}`, entry.review ? [" · ", h("a", { href: `#review/${entry.review}` }, "the conversation")] : null),
    proposal.note ? h("p", { class: "problem" }, proposal.note) : null,
    warnings(proposal), form.node);
}

function warnings({ contradictions, alike }) {
  return [
    ...contradictions.map((each) => h("div", { class: "warning" }, h("p", {}, h("strong", {}, "Contradicts "), place(each), h("span", { class: "soft" }, ` (${each.differs})`)), h("p", { class: "quote" }, each.theirs))),
    ...alike.map((each) => h("details", { class: "similar" }, h("summary", {}, "Says nearly the same as ", place(each)), h("p", { class: "quote plain" }, each.text))),
  ];
}

const place = ({ title, section, href }) => h("a", { href, target: "_blank", rel: "noopener" }, title, section && !title.endsWith(section) ? `, ${section}` : "");

// Question and answer to change, with the personal parts that somebody has to look at.
function wordsForm({ entry, question, answer, personal }, label, send, mayWrite) {
  const asked = h("input", { value: question, "aria-label": "Question", maxlength: 500, dir: "auto", disabled: !mayWrite });
  const said = h("textarea", { value: answer, "aria-label": "Answer", rows: Math.min(10, Math.max(3, Math.ceil(answer.length / 80))), maxlength: 10000, dir: "auto", disabled: !mayWrite });
  const confirmed = h("div", { class: "confirmed", hidden: true });
  const parts = new Map();
  const ask = (texts) => {
    for (const text of texts) {
      if (parts.has(text)) continue;
      const box = h("input", { type: "checkbox" });
      parts.set(text, box);
      confirmed.append(h("label", {}, box, ` “${text}” is nobody's personal data: keep it`));
    }
    confirmed.hidden = !parts.size;
  };
  const original = h("button", { type: "button", class: "link", onclick: () => {
    asked.value = entry.question;
    said.value = entry.answer;
    ask(personal.map((part) => part.text));
    original.remove();
  } }, "Show the original words");
  const masked = personal.length ? h("p", { class: "row wrap small masked" }, h("span", {}, `Taken out: ${[...new Set(personal.map((part) => part.kind))].join(", ")}.`), mayWrite ? original : null) : null;
  const button = h("button", { type: "submit", class: "primary" }, label);
  const foot = h("div", { class: "row end" }, mayWrite ? button : null);
  const node = h("form", { class: "words-form", onsubmit: async (event) => {
    event.preventDefault();
    const not_personal = [...parts].filter(([, box]) => box.checked).map(([text]) => text);
    await send({ question: asked.value, answer: said.value, not_personal }, button, ask);
  } }, asked, said, masked, confirmed, foot);
  return { node, foot };
}

function entryCard(room, entry, reload) {
  const card = h("article", { class: "panel entry" });
  const buttons = [];
  if (room.me.may("agent") && entry.status === "accepted") {
    buttons.push(
      h("button", { type: "button", class: "link", onclick: async (event) => {
        await attempt(async () => {
          const proposal = await get(`knowledge/entries/${entry.id}`);
          const form = wordsForm(proposal, "Save", (words, button, ask) => change(entry.id, "edit", reload, { words, button, ask }), true);
          form.foot.prepend(h("button", { type: "button", class: "quiet", onclick: reload }, "Cancel"));
          card.replaceChildren(form.node);
        }, event.currentTarget);
      } }, "Edit"),
      h("button", { type: "button", class: "link danger", onclick: (event) => change(entry.id, "withdraw", reload, { button: event.currentTarget, undo: true }) }, "Withdraw"));
  }
  if (room.me.may("agent") && ["withdrawn", "dismissed"].includes(entry.status)) {
    buttons.push(h("button", { type: "button", class: "link", onclick: (event) => change(entry.id, "restore", reload, { button: event.currentTarget }) }, entry.status === "withdrawn" ? "Use it again" : "Propose it again"));
  }
  card.append(h("h2", { dir: "auto" }, entry.question), h("p", { class: "plain", dir: "auto" }, entry.answer),
    h("div", { class: "row between wrap" }, h("p", { class: "soft small" }, `Answered ${moment(entry.answered)}`, entry.by ? `, ${entry.status} by ${entry.by}` : "", entry.review ? [" · ", h("a", { href: `#review/${entry.review}` }, "the conversation")] : null), h("div", { class: "row" }, buttons)));
  return card;
}
