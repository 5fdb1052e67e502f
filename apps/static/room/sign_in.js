// Coming in: by name and password, or by the link that the server printed.
import { post } from "./api.js";
import { h } from "./dom.js";

export function signInPage({ brand, ended, byLink }, entered) {
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const name = h("input", { id: "name", name: "username", autocomplete: "username", autocapitalize: "none", spellcheck: "false", required: true });
  const password = h("input", { id: "password", name: "password", type: "password", autocomplete: "current-password", required: true });
  const button = h("button", { type: "submit", class: "primary wide" }, "Sign in");
  const form = h("form", {
    novalidate: true,
    onsubmit: async (event) => {
      event.preventDefault();
      problem.hidden = true;
      button.disabled = true;
      try {
        entered(await post("sign-in", { name: name.value, password: password.value }));
      } catch (error) {
        problem.textContent = error.message;
        problem.hidden = false;
        password.select();
      } finally {
        button.disabled = false;
      }
    },
  },
  h("label", { for: "name" }, "Name"), name,
  h("label", { for: "password" }, "Password"), password,
  problem, button);
  const help = byLink
    ? ["Nobody has a password yet. Open the one-time link that ", h("code", {}, "gtm serve"), " printed, or add somebody with ", h("code", {}, "gtm users add NAME --role admin"), "."]
    : ["Forgotten it? An admin sets a new one with ", h("code", {}, "gtm users password NAME"), "."];
  const page = h("main", { class: "door" },
    h("div", { class: "card" },
      h("img", { src: "room/static/mark.svg", alt: "", width: 44, height: 44 }),
      h("h1", {}, brand),
      h("p", { class: "soft" }, ended ? "Your session has ended. Sign in to go on; what you were writing is still here." : "Control room of the support team"),
      form,
      h("p", { class: "soft small" }, help)));
  queueMicrotask(() => name.focus());
  return page;
}

export async function enterByLink(token, entered, failed) {
  try {
    entered(await post("enter", { token }));
  } catch (error) {
    failed(error.message);
  }
}
