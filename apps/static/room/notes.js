// Short notes at the edge of the page, with a way back where there is one.
import { h } from "./dom.js";

const SHOWN = 6000;

export function note(text, { kind = "info", undo, undoLabel = "Undo" } = {}) {
  const place = document.getElementById("notes");
  const item = h("div", { class: `note ${kind}` }, h("span", {}, text));
  let timer;
  const close = () => {
    clearTimeout(timer);
    item.remove();
  };
  if (undo) {
    item.append(h("button", { type: "button", onclick: () => { close(); undo(); } }, undoLabel));
  }
  item.append(h("button", { type: "button", class: "close", "aria-label": "Close", onclick: close }, "×"));
  const wait = () => { timer = setTimeout(close, kind === "info" ? SHOWN : SHOWN * 2); };
  item.addEventListener("mouseenter", () => clearTimeout(timer));
  item.addEventListener("mouseleave", wait);
  place.append(item);
  while (place.children.length > 3) place.firstChild.remove();
  wait();
}

// Runs a call and says what went wrong, if it did; gives whether it went well.
export async function attempt(call, button) {
  if (button) button.disabled = true;
  try {
    await call();
    return true;
  } catch (error) {
    if (error.status !== 401) note(error.message, { kind: "bad" });
    if (error.status === undefined) throw error;
    return false;
  } finally {
    if (button) button.disabled = false;
  }
}

// A second look before something that cannot be taken back.
export function confirmed(question, action) {
  return new Promise((done) => {
    const dialog = h("dialog", { class: "confirm", "aria-labelledby": "confirm-question" });
    const close = (answer) => {
      dialog.close();
      dialog.remove();
      done(answer);
    };
    dialog.append(
      h("p", { id: "confirm-question" }, question),
      h("div", { class: "row end" },
        h("button", { type: "button", class: "quiet", onclick: () => close(false) }, "Cancel"),
        h("button", { type: "button", class: "primary danger", onclick: () => close(true) }, action)),
    );
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); close(false); });
    document.body.append(dialog);
    dialog.showModal();
  });
}
