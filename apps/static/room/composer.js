// Where a person decides: the draft as it is, edited, words of one's own, or back to the bot.
import { post } from "./api.js";
import { h, rich, throttled } from "./dom.js";
import { attempt, confirmed, note } from "./notes.js";

const MODES = {
  approve: { label: "Send draft", key: "a", send: "Send this draft" },
  edit: { label: "Edit draft", key: "e", send: "Send" },
  reply: { label: "Write", key: "r", send: "Send" },
  reject: { label: "Reject", key: "x", send: "Reject" },
};
const TYPING = 3000;
const ARMED = 4000;
const VERBS = { approve: "has sent the draft", edit: "has sent an answer", reply: "has answered", reject: "has rejected it", "take-over": "has taken it over", "hand-back": "has handed it back to the bot" };

export function composer(room, conversation, { reload, decided }) {
  const { me } = room;
  const node = h("div", { class: "composer" });
  const actions = h("span", { class: "row" });
  const kept = `room:words:${conversation}`;
  const words = JSON.parse(sessionStorage.getItem(kept) ?? "{}");
  let shown = null;
  let mode = words.mode ?? null;
  let drawn = "";
  let box = null;
  let busy = false;
  let early = null;

  const keep = () => {
    if (Object.values(words).some(Boolean)) sessionStorage.setItem(kept, JSON.stringify({ ...words, mode }));
    else sessionStorage.removeItem(kept);
  };
  const forget = () => {
    for (const name of Object.keys(words)) delete words[name];
    sessionStorage.removeItem(kept);
  };
  const typing = throttled(TYPING, () => post(`cases/${encodeURIComponent(conversation)}/typing`).catch(() => {}));

  const situation = () => {
    const { review, state } = shown;
    if (!me.may("agent")) return "reading";
    if (review && review.status === "pending") return "open";
    if (review && review.status === "taken") return review.by === me.full_name ? "mine" : "theirs";
    if (state === "person" && review) return "talking";
    return "done";
  };

  const tell = (answer) => {
    if (answer.status !== "already_decided") return true;
    note(`${answer.by || "Somebody"} was first and ${VERBS[answer.verb] ?? "has decided"}.${answer.text && answer.verb !== "reject" ? ` “${answer.text.slice(0, 140)}${answer.text.length > 140 ? "…" : ""}”` : ""} Nothing of yours was sent.`, { kind: "warn" });
    return false;
  };

  const decide = async (verb, text, button) => {
    if (busy) return false;
    busy = true;
    let won = false;
    const worked = await attempt(async () => {
      won = tell(await post(`reviews/${encodeURIComponent(shown.review.id)}/decision`, { verb, text: text ?? null, seen: shown.seen }));
    }, button);
    busy = false;
    reload();
    return worked && won;
  };

  // What goes out cannot be called back: where nothing had to be written first, a second press sends.
  const sure = (button) => {
    if (!["approve", "reject"].includes(mode) || button.classList.contains("armed")) return true;
    const label = button.firstChild.data;
    button.classList.add("armed");
    button.firstChild.data = mode === "approve" ? "Press again to send" : "Press again to reject";
    setTimeout(() => {
      button.classList.remove("armed");
      button.firstChild.data = label;
    }, ARMED);
    return false;
  };

  const send = async (button) => {
    if (!sure(button)) return;
    const text = mode === "approve" ? null : box.value.trim();
    if (["edit", "reply"].includes(mode) && !text) {
      box.focus();
      note("Write what the customer shall read.", { kind: "warn" });
      return;
    }
    if (!(await decide(mode, text, button))) return;
    forget();
    note({ approve: "The draft is sent.", edit: "Your answer is sent.", reply: "Your answer is sent. You are in the conversation until you hand it back.", reject: "Back with the bot." }[mode]);
    if (mode !== "reply") decided();
  };

  const say = async (button) => {
    const text = box.value.trim();
    if (!text || busy) return box.focus();
    busy = true;
    const worked = await attempt(async () => tell(await post(`cases/${encodeURIComponent(conversation)}/say`, { text })), button);
    busy = false;
    if (worked) {
      forget();
      box.value = "";
      reload();
    }
  };

  const takeOver = (button) => decide("take-over", null, button).then((won) => won && note("It is yours. The customer sees that you have joined."));
  const handBack = async (button) => {
    if (!(await confirmed(`Hand this conversation back to the bot? The customer is told that ${shown.review.by === me.full_name ? "you have" : `${me.full_name} has`} left.`, "Hand back"))) return;
    if (await decide("hand-back", null, button)) {
      note("Handed back to the bot.");
      decided();
    }
  };

  const area = (name, label, options = {}) => {
    const field = h("textarea", {
      rows: 3, "aria-label": label, placeholder: options.placeholder, dir: "auto", maxlength: 10000, value: words[name] ?? options.text ?? "",
      oninput: () => {
        words[name] = field.value;
        keep();
        grow();
        if (["mine", "talking"].includes(situation()) && name !== "reject") typing();
      },
      onkeydown: (event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        node.querySelector(".send").click();
      },
    });
    const grow = () => {
      field.style.height = "auto";
      field.style.height = `${Math.min(field.scrollHeight + 2, 260)}px`;
    };
    requestAnimationFrame(grow);
    box = field;
    return field;
  };

  const foot = (hint, action, label, ...others) => h("div", { class: "composer-foot" },
    h("p", { class: "soft small" }, hint), ...others,
    h("button", { type: "button", class: `primary send${mode === "reject" ? " danger" : ""}`, onclick: (event) => action(event.currentTarget) }, label, h("kbd", {}, navigator.platform.startsWith("Mac") ? "⌘↵" : "Ctrl ↵")));

  const hints = () => {
    const inside = shown.review.status === "taken";
    const after = inside ? "you stay in the conversation" : "the conversation is then resolved";
    return {
      approve: `Goes out word for word under your name; ${after}.`,
      edit: `Goes out under your name; ${after}.`,
      reply: `${inside ? "T" : "You join the conversation; t"}he bot is silent until you hand it back.`,
      reject: `Back to the bot. The customer reads: “${me.rejected}”`,
    }[mode];
  };

  const deciding = () => {
    const { review } = shown;
    const modes = Object.keys(MODES).filter((each) => review.has_draft || !["approve", "edit"].includes(each));
    if (!modes.includes(mode)) mode = modes[0];
    const choose = (each) => () => { mode = each; draw(true); if (each === "approve") node.querySelector(".send").focus(); else box?.focus(); };
    const tabs = h("div", { class: "modes", role: "group", "aria-label": "What to do" },
      modes.map((each) => h("button", { type: "button", "aria-pressed": String(each === mode), onclick: choose(each) }, MODES[each].label, h("kbd", {}, MODES[each].key.toUpperCase()))));
    const body = {
      approve: () => { box = null; return h("div", { class: "draft", tabindex: "0", role: "region", "aria-label": "The draft" }, rich(review.draft_html)); },
      edit: () => area("edit", "Your version of the draft", { text: review.draft }),
      reply: () => area("reply", "Your answer", { placeholder: "Write to the customer…" }),
      reject: () => area("reject", "Why (the team reads it, the customer does not)", { placeholder: "Why? The team reads this, the customer does not. (optional)" }),
    }[mode]();
    return [tabs, body, foot(hints(), send, MODES[mode].send)];
  };

  const contents = {
    reading: () => [h("p", { class: "soft quietly" }, "You can read along. Deciding takes the role agent.")],
    open: deciding,
    mine: deciding,
    theirs: () => [h("p", { class: "quietly" }, h("span", { class: "strong" }, shown.review.by), " has taken this over. ", h("span", { class: "soft" }, "You can read along.")), unsent()],
    talking: () => [area("say", "Your message", { placeholder: `Write to the customer…${shown.review.by !== me.full_name ? ` (${shown.review.by} is in this conversation)` : ""}` }), foot("The bot is silent until you hand back.", say, "Send")],
    done: () => [h("p", { class: "soft quietly" }, shown.review ? outcome() : "The bot answers here. Nothing waits for a person."), unsent()],
  };
  const outcome = () => `${shown.review.by ?? "Somebody"} ${VERBS[shown.review.verb] ?? "has decided"}. The conversation is ${{ bot: "with the bot", resolved: "resolved", waiting: "waiting", person: "with a person" }[shown.state]}.`;

  const aside = (now) => {
    const action = (label, key, call) => h("button", { type: "button", class: "quiet", onclick: (event) => call(event.currentTarget) }, label, h("kbd", {}, key));
    if (now === "open") return [action("Take over", "T", takeOver)];
    return ["mine", "theirs", "talking"].includes(now) ? [action("Hand back", "H", handBack)] : [];
  };

  // What somebody was writing while another one decided is theirs to keep.
  const unsent = () => {
    const text = words.edit || words.reply || words.say;
    if (!text) return null;
    return h("div", { class: "unsent" }, h("p", { class: "small strong" }, "You were writing this; it was not sent:"), h("p", { dir: "auto", class: "plain" }, text),
      h("div", { class: "row end" }, h("button", { type: "button", class: "quiet", onclick: () => navigator.clipboard?.writeText(text).then(() => note("Copied.")) }, "Copy"), h("button", { type: "button", class: "quiet", onclick: () => { forget(); draw(true); } }, "Throw away")));
  };

  const draw = (always = false) => {
    const now = situation();
    const key = `${now} ${mode} ${shown.review?.id} ${shown.review?.status} ${shown.review?.draft} ${shown.state} ${shown.review?.by}`;
    if (!always && key === drawn) return;
    const focused = node.contains(document.activeElement);
    const at = focused && box === document.activeElement ? [box.selectionStart, box.selectionEnd] : null;
    if (now !== "talking") mode ??= shown.review?.has_draft ? "approve" : "reply";
    node.replaceChildren(...contents[now]().filter(Boolean));
    actions.replaceChildren(...aside(now));
    node.classList.toggle("still", ["reading", "done", "theirs"].includes(now));
    drawn = `${now} ${mode} ${shown.review?.id} ${shown.review?.status} ${shown.review?.draft} ${shown.state} ${shown.review?.by}`;
    if (at && box) {
      box.focus();
      box.setSelectionRange(...at);
    }
  };

  const view = {
    node,
    actions,
    update(fresh) {
      const before = shown && situation();
      const other = shown?.review?.id !== fresh.review?.id;
      shown = fresh;
      const now = situation();
      if (before && ["open", "mine"].includes(before) && ["theirs", "done", "talking"].includes(now) && fresh.review.by !== me.full_name && !busy) {
        note(`${fresh.review.by} ${VERBS[fresh.review.verb] ?? "has taken this over"}.`, { kind: "warn" });
      }
      if (other && before) mode = null;
      draw();
      if (early) view.key(early);
      early = null;
    },
    key(key) {
      if (!shown) {
        early = key; // whoever knows the keys does not wait for the case to be drawn
        return false;
      }
      const now = situation();
      const wanted = Object.keys(MODES).find((each) => MODES[each].key === key);
      if (["open", "mine"].includes(now) && wanted && (shown.review.has_draft || !["approve", "edit"].includes(wanted))) {
        mode = wanted;
        draw(true);
        if (wanted === "approve") node.querySelector(".send").focus();
        else box?.focus();
        return true;
      }
      if (key === "r" && now === "talking") {
        box.focus();
        return true;
      }
      if (key === "t" && now === "open") {
        takeOver();
        return true;
      }
      if (key === "h" && ["mine", "theirs", "talking"].includes(now)) {
        handBack();
        return true;
      }
      return false;
    },
  };
  return view;
}
