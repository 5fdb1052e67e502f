// What the desk knows: to be filled.
import { h } from "./dom.js";

export function knowledgeView() {
  return { node: h("div", { class: "sheet" }, h("header", { class: "sheet-head" }, h("h1", {}, "Knowledge"))), show() {} };
}
