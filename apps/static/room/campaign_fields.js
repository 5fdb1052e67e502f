// The fields of forms about campaigns, and where one says what is wrong.
import { h } from "./dom.js";

export function segmentChoice(id, segments, chosen = "") {
  return h("select", { id, name: "segment" }, h("option", { value: "" }, "Everybody"), segments.map((each) => h("option", { value: each, selected: each === chosen }, each)));
}

// A label over a field, with what it means under it.
export function field(label, input, hint = null) {
  if (hint) {
    hint = h("span", { class: "soft small", id: `${input.id}-hint` }, hint);
    input.setAttribute("aria-describedby", hint.id);
  }
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input, hint);
}

// What is wrong: under the field of the form that bears its name, or else where `node` was put.
export function problemOf(id) {
  const node = h("p", { id, class: "problem", role: "alert", hidden: true });
  let input = null;
  let home = null;
  const clear = () => {
    node.hidden = true;
    input?.removeAttribute("aria-invalid");
    input?.removeAttribute("aria-errormessage");
    home?.replaceWith(node);
    input = home = null;
  };
  const say = (error) => {
    clear();
    const named = error.field ? node.closest("form").elements.namedItem(error.field) : null;
    if (named && !named.closest("[hidden]")) {
      input = named;
      home = document.createComment("what is wrong stands at its field");
      node.replaceWith(home);
      input.closest(".field").append(node);
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-errormessage", id);
      input.focus();
    }
    node.textContent = error.message;
    node.hidden = false;
  };
  return { node, clear, say };
}
