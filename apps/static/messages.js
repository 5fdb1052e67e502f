// One message of the conversation as a list item.
import { call, Unreachable } from "./calls.js";

const THUMB = "M7 10.500v9.500H4v-9.500zM7 10.500 11 3.500c1.400 0 2.300 1 2 2.500l-.7 3.500H18c1.400 0 2.300 1.200 1.900 2.500l-1.700 6.500c-.3 1-1 1.500-2 1.500H7";
const LONG = 28; // units; a longer answer appears at once

function make(tag, options = {}, ...children) {
  const { className, ...attributes } = options;
  const node = document.createElement(tag);
  if (className) node.className = className;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function icon(path, flipped = false) {
  const holder = document.createElement("span");
  holder.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"${flipped ? ' class="flipped"' : ""}><path d="${path}"/></svg>`;
  return holder.firstChild;
}

export function customerMessage(text) {
  return make("li", { className: "said mine" }, make("span", { className: "unseen" }, "You: "), make("div", { className: "words", dir: "auto" }, text));
}

export function systemMessage(text) {
  return make("li", { className: "told" }, make("p", { dir: "auto" }, text));
}

export function personMessage(message, chat) {
  const body = make("div", { className: "words", dir: "auto" });
  body.innerHTML = message.html;
  const name = message.by ?? "A person";
  const face = make("span", { className: "face", "aria-hidden": "true" }, [...name][0].toUpperCase());
  const who = make("p", { className: "who" }, make("b", {}, make("bdi", {}, name)), " from our team");
  const under = make("div", { className: "under" }, make("div", { className: "row" }, votes(message, chat)));
  return make("li", { className: "said theirs person" }, face, make("div", { className: "inner" }, who, body, under));
}

export function botMessage(message, words, chat) {
  const escalated = message.decision === "escalate";
  const body = make("div", { className: "words", dir: "auto" });
  body.innerHTML = message.html;
  const inner = make("div", { className: "inner" }, make("span", { className: "unseen" }, `${words.brand}: `));
  if (escalated) inner.append(make("p", { className: "handed" }, icon("M12 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM5 20c.6-4 3.400-6 7-6s6.400 2 7 6"), "A person will answer"));
  inner.append(body);
  const face = make("img", { className: "face", src: "chat/favicon.svg", alt: "", width: "28", height: "28" });
  const item = make("li", { className: `said theirs${escalated ? " escalated" : ""}` }, face, inner);
  if (message.decision === "answer") inner.append(under(message, chat));
  if (message.decision === "clarify") inner.append(offer(message.options, chat));
  return item;
}

// An answer that is still being written; `grow` shows more of it, and leaves alone what stands there already.
export function unfinishedMessage(words) {
  const body = make("div", { className: "words", dir: "auto" });
  const inner = make("div", { className: "inner" }, make("span", { className: "unseen" }, `${words.brand}: `), body);
  const face = make("img", { className: "face", src: "chat/favicon.svg", alt: "", width: "28", height: "28" });
  return make("li", { className: "said theirs unfinished" }, face, inner);
}

export function grow(item, html) {
  const next = make("div");
  next.innerHTML = html;
  merge(item.querySelector(".words"), next);
}

function merge(shown, next) {
  [...next.children].forEach((node, at) => {
    const before = shown.children[at];
    const source = node.outerHTML;
    if (before?.source === source) return;
    const added = node.textContent.slice(before?.textContent.length);
    if (before && node.matches("ul, ol") && before.tagName === node.tagName) merge(before, node);
    else if (before && node.matches("p") && !node.children.length && node.textContent.startsWith(before.textContent))
      before.append(make("span", { className: "came" }, added));
    else if (before) before.replaceWith(node);
    else {
      node.classList.add("came");
      shown.append(node);
    }
    shown.children[at].source = source;
  });
}

// What was asked back, as buttons: the sections offered while nothing has been said to it, and a person.
function offer(options, chat) {
  const sections = options.map((heading) => pill(heading, () => chat.send(heading)));
  for (const button of sections) button.classList.add("option");
  const person = pill("Talk to a person", () => chat.find('[data-do="person"]').click());
  const group = make("div", { className: "offer", role: "group", "aria-label": "What do you mean?" }, ...sections, person);
  return make("div", { className: "under" }, group);
}

function pill(words, pressed) {
  const button = make("button", { type: "button", className: "pill" }, make("bdi", {}, words));
  button.addEventListener("click", pressed);
  return button;
}

function under(message, chat) {
  const { word, percent } = message.confidence;
  const sure = make("span", { className: "sure", title: `${percent}% likely to be right`, "data-level": percent >= 85 ? "high" : "fair" }, word.charAt(0).toUpperCase() + word.slice(1), make("span", { className: "unseen" }, ` (${percent}% likely)`));
  const sources = make("div", { className: "sources", role: "group", "aria-label": "Sources" }, ...message.sources.map(source));
  const row = make("div", { className: "row" }, sure, votes(message, chat));
  return make("div", { className: "under" }, sources, row);
}

function source({ title, section, html, href }) {
  const quote = make("blockquote", { dir: "auto" });
  quote.innerHTML = html;
  const link = make("a", { href, target: "_blank", rel: "noopener" }, "Read the whole document", make("span", { className: "unseen" }, ` ${title} (opens in a new tab)`));
  const label = make("bdi", {}, section && !title.endsWith(section) ? `${title}, ${/^\d/.test(section) ? "section " : ""}${section}` : title);
  return make("details", {}, make("summary", {}, label), make("div", { className: "opened" }, quote, link));
}

function votes(message, chat) {
  const group = make("div", { className: "votes", role: "group", "aria-label": "Was this helpful?" });
  const up = make("button", { type: "button", "aria-label": "Helpful", title: "Helpful" }, icon(THUMB));
  const down = make("button", { type: "button", "aria-label": "Not helpful", title: "Not helpful" }, icon(THUMB, true));
  const show = (vote) => {
    up.setAttribute("aria-pressed", String(vote === "up"));
    down.setAttribute("aria-pressed", String(vote === "down"));
  };
  const rate = async (vote, reason = "") => {
    try {
      const rated = await call("rate", { message: message.id, vote, reason });
      if (rated.error) return chat.warn(rated.error);
      show(rated.vote);
      chat.say("Thank you for telling us.");
      return true;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      chat.warn("Your vote did not reach us. Please try again in a moment.");
    }
  };
  show(message.vote);
  up.addEventListener("click", () => {
    group.closest(".under").querySelector(".why")?.remove();
    rate("up");
  });
  down.addEventListener("click", async () => {
    if ((await rate("down")) && !group.closest(".under").querySelector(".why")) askWhy(group, message, rate);
  });
  group.append(up, down);
  return group;
}

function askWhy(group, message, rate) {
  const id = `why-${message.id}`;
  const field = make("input", { id, type: "text", maxlength: "500", autocomplete: "off" });
  const form = make("form", { className: "why" }, make("label", { for: id }, "What was wrong? (optional)"), field, make("button", { type: "submit", className: "pill" }, "Send"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await rate("down", field.value)) form.replaceChildren(make("p", { className: "thanks" }, "Thank you. We read every one of these."));
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    form.remove();
    group.lastChild.focus();
  });
  group.closest(".under").append(form);
  field.focus();
  form.scrollIntoView({ block: "nearest" });
}

// Lets an answer appear unit by unit (sentence, list item, table row), then what stands under it.
export async function reveal(item, grown) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const body = item.querySelector(".words");
  const units = [...split(body)];
  if (units.length > LONG) return;
  const after = item.querySelectorAll(".under");
  for (const node of [...units, ...after]) node.classList.add("coming");
  for (const node of [...units, ...after]) {
    node.classList.replace("coming", "came");
    const bare = node.closest(".coming");
    if (bare) bare.classList.replace("coming", "came");
    grown();
    await new Promise((done) => setTimeout(done, Math.min(40 + node.textContent.length / 2, 110)));
  }
}

function* split(node) {
  for (const child of [...node.children]) {
    if (child.matches("ul, ol, tbody, blockquote, table, .table, thead")) yield* split(child);
    else if (child.matches("p") && !child.children.length) yield* sentences(child);
    else yield child;
  }
}

function sentences(paragraph) {
  const parts = paragraph.textContent.match(/[^.!?]+[.!?]*\s*(?=[A-Z“"(]|$)|[^]+?(?=\s[A-Z])|[^]+$/g) ?? [];
  if (parts.join("") !== paragraph.textContent || parts.length < 2) return [paragraph];
  const spans = parts.map((part) => make("span", {}, part));
  paragraph.replaceChildren(...spans);
  return spans;
}
