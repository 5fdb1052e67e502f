// One's own account: the password, and the way out.
import { post } from "./api.js";
import { h } from "./dom.js";
import { attempt, note } from "./notes.js";

export function accountDialog(me, signOut, open) {
  const old = h("input", { id: "old", type: "password", autocomplete: "current-password", required: true });
  const fresh = h("input", { id: "fresh", type: "password", autocomplete: "new-password", minlength: 10, required: true });
  const form = h("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      await attempt(async () => {
        const again = await post("password", { old: old.value, new: fresh.value });
        dialog.close();
        open(again);
        note("Your password is changed. You are signed out everywhere else.");
      }, event.submitter);
    },
  }, h("label", { for: "old" }, "Present password"), old, h("label", { for: "fresh" }, "New password"), fresh, h("button", { class: "quiet" }, "Change password"));
  const dialog = h("dialog", { class: "account-dialog", "aria-labelledby": "account-title" },
    h("h2", { id: "account-title" }, me.full_name),
    h("p", { class: "soft" }, `Signed in as ${me.name}, ${me.role}.`),
    me.fixed ? null : form,
    h("div", { class: "row end" },
      h("button", { class: "quiet", onclick: () => dialog.close() }, "Close"),
      h("button", { class: "primary", onclick: () => { dialog.close(); signOut(); } }, "Sign out")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
