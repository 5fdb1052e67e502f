// The mails of real customers, as they get them. Each is built element by element in a frame without scripts or links:
// nothing in it can run, load, be followed or count, whatever a customer is called.
import { get, query } from "./api.js";
import { h } from "./dom.js";

const WIDTHS = { desktop: "Desktop", phone: "Phone", text: "Text" };
const PHONE = "(max-width: 760px)";

export function previewsView(path) {
  const who = h("input", { id: "preview-customer", type: "search", autocomplete: "off", placeholder: "Id, name or address", "aria-label": "See it as this customer" });
  const said = h("p", { class: "preview-of", role: "status" });
  const frame = h("iframe", { sandbox: "allow-same-origin", srcdoc: "<!doctype html><title>Mail</title>", title: "The mail", class: "mail" });
  const text = h("pre", { class: "plain mail-text", tabindex: "0", hidden: true, "aria-label": "The text part of the mail", dir: "auto" });
  const stage = h("div", { class: "mail-stage" }, frame, text);
  const widths = Object.entries(WIDTHS).map(([name, label]) => h("button", { type: "button", onclick: () => turn(name) }, label));
  const back = h("button", { type: "button", class: "quiet", onclick: () => step(-1) }, "Previous");
  const next = h("button", { type: "button", class: "quiet", onclick: () => step(1) }, "Next customer");
  const node = h("section", { class: "previews", "aria-label": "Previews" },
    h("div", { class: "row wrap between" },
      h("form", { class: "row preview-search", onsubmit: (event) => { event.preventDefault(); load(); } }, h("span", { class: "soft small" }, "See it as"), who, h("button", { class: "quiet" }, "Show")),
      h("div", { class: "switch", role: "group", "aria-label": "Width" }, widths)),
    h("div", { class: "row wrap between" }, said, h("div", { class: "row" }, back, next)), stage);
  let found = [];
  let at = 0;
  let width = matchMedia(PHONE).matches ? "phone" : "desktop";

  const load = async () => {
    said.textContent = "Looking…";
    try {
      found = (await get(`${path}/previews${query({ customer: who.value.trim() })}`)).previews;
      at = 0;
      draw();
    } catch (error) {
      said.replaceChildren(h("span", { class: "problem" }, error.message));
    }
  };
  const draw = () => {
    const one = found[at];
    back.disabled = at === 0;
    next.disabled = at >= found.length - 1;
    if (!one) return said.replaceChildren("Nobody gets this campaign.");
    said.replaceChildren(h("strong", { dir: "auto" }, one.subject), h("span", { class: "soft small" }, ` Subject ${one.arm}, as ${one.name || "a customer"} (${one.customer}) gets it`));
    text.textContent = one.text;
    build(frame, one.mail);
    turn(width);
  };
  const turn = (name) => {
    width = name;
    widths.forEach((each, index) => each.setAttribute("aria-pressed", String(Object.keys(WIDTHS)[index] === name)));
    stage.dataset.width = name;
    text.hidden = name !== "text";
    frame.hidden = name === "text";
    fit(frame);
  };
  const step = (by) => {
    at = Math.min(found.length - 1, Math.max(0, at + by));
    draw();
  };
  frame.addEventListener("load", () => found.length && draw()); // whenever it is put into the page anew
  new ResizeObserver(() => fit(frame)).observe(stage);
  turn(width);
  return { node, show: load };
}

function build(frame, mail) {
  const inside = frame.contentDocument;
  if (!inside?.body) return; // it is being loaded
  const sheet = new frame.contentWindow.CSSStyleSheet();
  sheet.replaceSync(mail.css);
  inside.adoptedStyleSheets = [sheet];
  inside.documentElement.lang = mail.lang;
  inside.documentElement.dir = mail.dir;
  inside.body.replaceWith(made(mail.body, inside));
}

// Styles are set through the object model alone: the page's policy takes none from a text.
function made(node, inside) {
  if (typeof node === "string") return inside.createTextNode(node);
  const element = inside.createElement(node.tag);
  for (const [name, value] of Object.entries(node.attributes)) element.setAttribute(name, value);
  element.style.cssText = node.style;
  element.append(...node.children.map((child) => made(child, inside)));
  return element;
}

function fit(frame) {
  const inside = frame.contentDocument?.body;
  if (inside && !frame.hidden) frame.style.height = `${inside.scrollHeight}px`;
}
