// Who works here, and what was done: for admins.
import { get, post } from "./api.js";
import { h, time } from "./dom.js";
import { attempt, confirmed, note } from "./notes.js";

const ROLES = { viewer: "viewer: reads", agent: "agent: also decides", admin: "admin: also manages" };

export function teamView(room) {
  const users = h("div", { class: "people" });
  const lines = h("tbody");
  const more = h("button", { type: "button", class: "quiet wide", hidden: true, onclick: () => loadAudit(lines.children.length) }, "Show more");
  const node = h("div", { class: "sheet" },
    h("header", { class: "sheet-head" }, h("h1", {}, "Team")),
    h("div", { class: "columns" },
      h("section", { class: "panel" }, h("h2", {}, "Who works here"), users),
      h("section", { class: "panel" }, h("h2", {}, "Add somebody"), addForm(() => load()))),
    h("section", { class: "panel" }, h("h2", {}, "What was done"), h("p", { class: "soft small" }, "Nobody can change or remove a line of this."),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Audit" }, h("table", { class: "audit" },
        h("thead", {}, h("tr", {}, ["When", "Who", "From where", "What", "To what"].map((each) => h("th", { scope: "col" }, each)))), lines)), more));

  const load = () => attempt(async () => {
    const answer = await get("team");
    users.replaceChildren(answer.users.length
      ? h("ul", { class: "plain-list" }, answer.users.map((each) => h("li", {}, person(each, room.me, load))))
      : h("p", { class: "soft" }, "Nobody yet. Add yourself as an admin first."));
    loadAudit(0);
  });
  const loadAudit = (offset) => attempt(async () => {
    const answer = await get(`audit?offset=${offset}`);
    const rows = answer.lines.map((each) => h("tr", {}, h("td", {}, time(each.at)), h("td", {}, each.who), h("td", { class: "soft" }, each.origin), h("td", {}, each.what), h("td", {}, each.subject, each.subject && each.detail ? " · " : "", each.detail ? h("span", { class: "detail soft", title: each.detail }, ` ${each.detail}`) : null)));
    if (offset) lines.append(...rows);
    else lines.replaceChildren(...rows);
    more.hidden = !answer.more;
  });
  load();
  return { node, show() {} };
}

function person(user, me, reload) {
  const role = h("select", { "aria-label": `Role of ${user.full_name}`, disabled: user.fixed, onchange: async () => {
    if (!(await attempt(() => post(`team/${encodeURIComponent(user.name)}/role`, { role: role.value }), role))) role.value = user.role;
    else { note(`${user.full_name} is ${role.value} now.`); reload(); }
  } }, Object.entries(ROLES).map(([value, label]) => h("option", { value, selected: value === user.role }, label)));
  const remove = h("button", { type: "button", class: "link danger", onclick: async () => {
    if (!(await confirmed(`Remove ${user.full_name}? They are signed out everywhere at once.`, "Remove"))) return;
    if (await attempt(() => post(`team/${encodeURIComponent(user.name)}/remove`), remove)) reload();
  } }, "Remove");
  return h("div", { class: "member" }, h("span", { class: "face", "aria-hidden": "true" }, user.full_name.charAt(0)),
    h("span", { class: "who" }, h("strong", {}, user.full_name, user.name === me.name ? " (you)" : ""), h("span", { class: "soft small" }, user.fixed ? `${user.name}, from GTM_USERS` : user.name)),
    role, user.fixed ? null : remove);
}

function addForm(added) {
  const field = (id, label, options) => [h("label", { for: id }, label), h("input", { id, required: true, ...options })];
  const form = h("form", { class: "stack", autocomplete: "off", onsubmit: async (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    if (!(await attempt(() => post("team", given), event.submitter))) return;
    note(`${given.full_name || given.name} can sign in now.`);
    form.reset();
    added();
  } },
  field("new-name", "Name to sign in with", { name: "name", autocapitalize: "none", spellcheck: "false", autocomplete: "off" }),
  field("new-full", "Full name (customers see the first)", { name: "full_name", required: false, autocomplete: "off" }),
  h("label", { for: "new-role" }, "Role"), h("select", { id: "new-role", name: "role" }, Object.entries(ROLES).map(([value, label]) => h("option", { value, selected: value === "agent" }, label))),
  field("new-password", "Password, 10 characters or more", { name: "password", type: "password", autocomplete: "new-password", minlength: 10 }),
  h("button", { class: "primary" }, "Add"));
  return form;
}
