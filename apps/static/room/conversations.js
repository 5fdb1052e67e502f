// Finding a conversation, and reading it whole.
import { address, get, query } from "./api.js";
import { STATES, caseView } from "./case.js";
import { debounced, h, icon, moment, plural } from "./dom.js";

const SHORT_STATES = { bot: "bot", waiting: "waiting", person: "person", resolved: "resolved" };
const DECISIONS = { answer: "answered", clarify: "asked back", escalate: "passed on" };

export function conversationsView(room) {
  const rows = h("ul", { class: "rows" });
  const more = h("button", { type: "button", class: "quiet wide", hidden: true, onclick: () => load(found.length) }, "Show more");
  const pane = h("section", { class: "pane", "aria-label": "Conversation" }, h("div", { class: "nothing" }, h("p", {}, "Choose a conversation to read it whole.")));
  const text = h("input", { type: "search", placeholder: "Search what was said", "aria-label": "Search what was said", maxlength: 200 });
  const fields = {
    state: choice("State", { "": "Any state", ...STATES }),
    decision: choice("The bot's last decision", { "": "Any decision", answer: "Answered", clarify: "Asked back", escalate: "Passed on" }),
    vote: choice("Feedback", { "": "Any feedback", up: "Found helpful", down: "Not helpful" }),
    below: choice("Confidence", { "": "Any confidence", 90: "Below 90%", 70: "Below 70%", 50: "Below 50%", 30: "Below 30%" }),
    first: h("input", { type: "date", "aria-label": "From this day" }),
    last: h("input", { type: "date", "aria-label": "To this day" }),
  };
  const clear = h("button", { type: "button", class: "link", hidden: true, onclick: () => { text.value = ""; for (const field of Object.values(fields)) field.value = ""; load(); } }, "Clear");
  const take = h("a", { class: "link", hidden: !room.me.may("admin"), download: "" }, "Export CSV");
  const summary = h("p", { class: "soft small", role: "status" });
  const filters = h("form", { class: "filters", role: "search", onsubmit: (event) => { event.preventDefault(); load(); } },
    h("div", { class: "search" }, icon("search"), text),
    h("details", { class: "more-filters", open: matchMedia("(min-width: 761px)").matches },
      h("summary", {}, "Filters"),
      h("div", { class: "grid" }, fields.state, fields.decision, fields.vote, fields.below, fields.first, fields.last)));
  const list = h("section", { class: "list wide", "aria-label": "Conversations" },
    h("header", { class: "list-head" }, h("h1", {}, "Conversations"), take), filters,
    h("div", { class: "list-body" }, h("div", { class: "row between found" }, summary, clear), rows, more));
  const node = h("div", { class: "split" }, list, pane);
  let found = [];
  let chosen = null;
  let open = null;
  let asked = 0;

  const wanted = () => ({ text: text.value.trim(), ...Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value])) });
  const load = async (offset = 0, refresh = false) => {
    const mine = ++asked;
    take.href = address(`conversations.csv${query(wanted())}`);
    try {
      const answer = await get(`conversations${query({ ...wanted(), offset: offset || "" })}`, { refresh });
      if (mine !== asked) return;
      found = offset ? [...found, ...answer.conversations] : answer.conversations;
      more.hidden = !answer.more;
      summary.textContent = found.length ? `${answer.more ? "The last " : ""}${plural(found.length, "conversation")}` : "Nothing was found.";
      clear.hidden = !Object.values(wanted()).some(Boolean);
      draw();
    } catch (error) {
      if (error.status !== 401) summary.textContent = error.message;
    }
  };
  const draw = () => rows.replaceChildren(...found.map((each) => h("li", {}, row(each, chosen))));
  const soon = debounced(250, () => load());
  const refreshed = debounced(800, () => found.length <= 50 && load(0, true));
  text.addEventListener("input", soon);
  for (const field of Object.values(fields)) field.addEventListener("change", () => load());

  const step = (by) => {
    const at = found.findIndex((each) => each.id === chosen);
    const to = found[Math.min(found.length - 1, Math.max(0, at + by))];
    if (to) location.hash = `conversations/${to.id}`;
    return true;
  };
  load();
  return {
    node,
    show([conversation]) {
      chosen = conversation ?? null;
      node.classList.toggle("opened", Boolean(chosen));
      draw();
      if (!chosen || open?.conversation === chosen) return;
      open?.leave();
      open = caseView(room, chosen, { back: "#conversations", decided: () => {} });
      pane.replaceChildren(open.node);
    },
    live(conversations) {
      refreshed();
      open?.live(conversations);
    },
    key(key) {
      if (key === "/") {
        text.focus();
        return true;
      }
      if (key === "j") return step(1);
      if (key === "k") return step(-1);
      if (key === "Escape" && chosen) {
        location.hash = "conversations";
        return true;
      }
      return open?.key(key) ?? false;
    },
    leave: () => open?.leave(),
  };
}

function choice(label, options) {
  const order = Object.entries(options).sort(([one], [other]) => (one === "" ? -1 : other === "" ? 1 : 0));
  return h("select", { "aria-label": label }, order.map(([value, words]) => h("option", { value }, words)));
}

function row(each, chosen) {
  return h("a", { class: "row-item", href: `#conversations/${each.id}`, "data-conversation": each.id, "aria-current": each.id === chosen ? "true" : null },
    h("span", { class: "question", dir: "auto" }, each.first_question || "No question yet"),
    h("span", { class: "facts" },
      h("span", { class: `state ${each.state}` }, SHORT_STATES[each.state]),
      each.decision ? h("span", {}, `${DECISIONS[each.decision]} ${each.confidence.percent}%`) : null,
      each.vote ? h("span", { class: `vote ${each.vote}` }, each.vote === "up" ? "helpful" : "not helpful") : null,
      h("span", { class: "push" }, moment(each.last_at))));
}
