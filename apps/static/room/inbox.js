// What waits for a person: the list on the left, one case beside it.
import { get } from "./api.js";
import { caseView } from "./case.js";
import { brief, debounced, duration, h, icon, plural, unseen } from "./dom.js";
import { note } from "./notes.js";

const TICK = 15_000;

export function inboxView(room) {
  const list = h("div", { class: "list-body" });
  const pane = h("section", { class: "pane", "aria-label": "Conversation" });
  const news = h("p", { class: "unseen", role: "status" });
  const node = h("div", { class: "split" },
    h("section", { class: "list", "aria-label": "Inbox" }, h("header", { class: "list-head" }, h("h1", {}, "Inbox")), news, list), pane);
  let inbox = { waiting: [], talking: [] };
  let chosen = null;
  let open = null;
  let rows = [];

  const draw = () => {
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.conversation : null;
    const { waiting, talking } = inbox;
    room.count(waiting.length, waiting.some(isLate));
    rows = [...waiting, ...talking];
    list.replaceChildren(
      ...(inbox.trouble ? [h("p", { class: "notice trouble", role: "status" }, inbox.trouble)] : []),
      ...(rows.length ? [] : [empty()]),
      ...group("Waiting", waiting, (each) => waitingRow(each, chosen, room.me)),
      ...group("With one of us", talking, (each) => talkingRow(each, chosen, room.me)),
    );
    if (focused) list.querySelector(`[data-conversation="${CSS.escape(focused)}"]`)?.focus();
  };

  const load = async (refresh) => {
    try {
      const known = new Set(inbox.waiting.map((each) => each.id));
      inbox = await get("inbox", { refresh });
      const fresh = refresh ? inbox.waiting.filter((each) => !known.has(each.id)) : [];
      if (fresh.length) news.textContent = `New: ${fresh.map((each) => each.question).join("; ")}`;
      draw();
      for (const each of fresh) list.querySelector(`[data-conversation="${CSS.escape(each.conversation)}"]`)?.classList.add("new");
    } catch (error) {
      if (error.status !== 401) list.replaceChildren(h("p", { class: "empty" }, error.message));
    }
  };
  const reload = debounced(120, () => load(true));

  const choose = (conversation) => {
    chosen = conversation;
    node.classList.toggle("opened", Boolean(conversation));
    if (open?.conversation !== conversation) {
      open?.leave();
      open = conversation ? caseView(room, conversation, { back: "#inbox", decided: next }) : null;
      pane.replaceChildren(open ? open.node : h("div", { class: "nothing" }, h("p", {}, rows.length ? "Choose a conversation, or press J." : "Nothing to do here.")));
    }
    draw();
  };

  // After a decision the next one waits already, so that nobody has to go back to the list.
  const next = (conversation) => {
    const left = inbox.waiting.filter((each) => each.conversation !== conversation && (!each.by || each.by === room.me.full_name));
    const at = inbox.waiting.findIndex((each) => each.conversation === conversation);
    const following = inbox.waiting.slice(at + 1).find((each) => left.includes(each)) ?? left[0];
    location.hash = following && !matchMedia("(max-width: 760px)").matches ? `inbox/${following.conversation}` : "inbox";
  };

  const step = (by) => {
    if (!rows.length) return true;
    const at = rows.findIndex((each) => (each.conversation ?? each.id) === chosen);
    const to = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    location.hash = `inbox/${to.conversation ?? to.id}`;
    return true;
  };

  const clock = setInterval(draw, TICK);
  const loaded = load(false);
  return {
    node,
    async show([first, second]) {
      if (first === "review") {
        try {
          const { conversation } = await get(`reviews/${encodeURIComponent(second)}`);
          history.replaceState(null, "", `#inbox/${conversation}`);
          choose(conversation);
        } catch (error) {
          note(error.message, { kind: "bad" });
          location.hash = "inbox";
        }
        return;
      }
      await loaded;
      choose(first ?? null);
    },
    live(conversations) {
      reload();
      open?.live(conversations);
    },
    key(key) {
      if (key === "j") return step(1);
      if (key === "k") return step(-1);
      if (key === "Escape" && chosen) {
        location.hash = "inbox";
        return true;
      }
      return open?.key(key) ?? false;
    },
    leave() {
      clearInterval(clock);
      open?.leave();
    },
  };
}

const isLate = (each) => new Date(each.due) < new Date();

function group(title, each, row) {
  if (!each.length) return [];
  return [h("h2", { class: "group" }, title, h("span", { class: "soft" }, ` ${each.length}`)), h("ul", { class: "rows" }, each.map((one) => h("li", {}, row(one))))];
}

function empty() {
  return h("div", { class: "empty" }, h("span", { class: "empty-mark" }, icon("check")), h("p", { class: "strong" }, "Nobody is waiting"), h("p", { class: "soft" }, "New questions appear here by themselves."));
}

function waitingRow(each, chosen, me) {
  const now = Date.now();
  const opened = new Date(each.opened).getTime();
  const due = new Date(each.due).getTime();
  const share = Math.min(1, (now - opened) / Math.max(1, due - opened));
  const pace = now > due ? "late" : share > 0.66 ? "soon" : "calm";
  const meter = h("span", { class: "meter", "aria-hidden": "true" }, h("span", {}));
  meter.firstChild.style.width = `${Math.round(share * 100)}%`;
  const until = now > due ? `${brief((now - due) / 1000)} late` : `${brief((due - now) / 1000)} left`;
  return h("a", { class: `row-item ${pace}`, href: `#inbox/${each.conversation}`, "data-conversation": each.conversation, "aria-current": each.conversation === chosen ? "true" : null },
    h("span", { class: "question", dir: "auto" }, each.question),
    h("span", { class: "facts" },
      h("span", { class: "age" }, unseen("waiting "), brief((now - opened) / 1000)),
      h("span", { class: "until" }, until),
      each.by ? h("span", { class: "tag person" }, each.by === me.full_name ? "You" : each.by, unseen(" has it")) : h("span", { class: "tag", title: each.reason }, each.reason)),
    meter);
}

function talkingRow(each, chosen, me) {
  return h("a", { class: "row-item", href: `#inbox/${each.id}`, "data-conversation": each.id, "aria-current": each.id === chosen ? "true" : null },
    h("span", { class: "question", dir: "auto" }, each.first_question),
    h("span", { class: "facts" },
      h("span", { class: "tag person" }, each.person === me.full_name ? "You" : each.person ?? "A person"),
      h("span", {}, plural(each.messages, "message")),
      h("span", {}, `last ${duration((Date.now() - new Date(each.last_at)) / 1000)} ago`)));
}
