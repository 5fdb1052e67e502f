// The keyboard: single keys while nobody is writing, and a list of them.
import { h } from "./dom.js";

const KEYS = [
  ["J / K", "next, previous"], ["Enter", "open"], ["A", "send the draft"], ["E", "edit the draft"], ["R", "write a reply"],
  ["X", "reject"], ["T", "take over"], ["H", "hand back"], ["Ctrl Enter", "send"], ["Esc", "leave the text, or go back"],
  ["/", "search"], ["G I", "inbox"], ["G C", "conversations"], ["G K", "knowledge"], ["G W", "weekly report"], ["G M", "campaigns"], ["G N", "numbers"], ["?", "this list"],
];

const writing = (target) => target.closest?.("input, textarea, select, [contenteditable]");

// `ours` maps keys, or two in a row ("g i"), to calls; every other key goes to `view`, which says if it used it.
export function onKeys(ours, view) {
  let before = "";
  let timer;
  const press = (event) => {
    if (event.defaultPrevented || event.altKey || event.metaKey || event.ctrlKey || document.querySelector("dialog[open]")) return;
    if (writing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const call = ours[`${before} ${key}`.trim()];
    clearTimeout(timer);
    before = key === "g" && !call ? "g" : "";
    timer = setTimeout(() => { before = ""; }, 1200);
    if (call) {
      event.preventDefault();
      call();
    } else if (!before && view(key)) event.preventDefault();
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}

export function helpDialog() {
  const dialog = h("dialog", { class: "help", "aria-labelledby": "help-title" },
    h("h2", { id: "help-title" }, "Shortcuts"),
    h("dl", {}, KEYS.map(([keys, what]) => h("div", {}, h("dt", {}, keys.split(" ").map((key) => (key === "/" && keys !== "/" ? " / " : h("kbd", {}, key)))), h("dd", {}, what)))),
    h("form", { method: "dialog" }, h("button", { class: "quiet" }, "Close")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
