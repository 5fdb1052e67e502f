// Starts the room: who is here, what the address shows, and what the keyboard does.
import { get, onSignedOut, post, remember } from "./api.js";
import { campaignsView } from "./campaigns.js";
import { conversationsView } from "./conversations.js";
import { h, icon, unseen } from "./dom.js";
import { inboxView } from "./inbox.js";
import { healthView } from "./health.js";
import { helpDialog, onKeys } from "./keys.js";
import { knowledgeView } from "./knowledge.js";
import { listen } from "./live.js";
import { attempt, note } from "./notes.js";
import { numbersView } from "./numbers.js";
import { accountDialog } from "./account.js";
import { enterByLink, signInPage } from "./sign_in.js";
import { teamView } from "./team.js";
import { weeklyView } from "./weekly.js";

const app = document.getElementById("app");
const PLACES = [
  { id: "inbox", title: "Inbox", view: inboxView },
  { id: "conversations", title: "Conversations", view: conversationsView },
  { id: "knowledge", title: "Knowledge", view: knowledgeView },
  { id: "weekly", title: "Weekly", view: weeklyView },
  { id: "campaigns", title: "Campaigns", view: campaignsView, key: "m" },
  { id: "numbers", title: "Numbers", view: numbersView },
  { id: "health", title: "Health", view: healthView },
  { id: "team", title: "Team", view: teamView, role: "admin" },
];
const RANKS = ["viewer", "agent", "admin"];

let stop = () => {};

async function start() {
  const link = location.hash.match(/^#enter=(.+)$/);
  if (link) {
    history.replaceState(null, "", location.pathname);
    return enterByLink(decodeURIComponent(link[1]), open, async (sentence) => {
      showDoor(await get("me"));
      note(sentence, { kind: "bad" });
    });
  }
  const me = await get("me");
  if (me.signed_in) open(me);
  else showDoor(me);
}

function showDoor(me, ended = false) {
  if (app.querySelector(".door")) return; // several calls find out at once; what is typed there already stays
  stop();
  remember({});
  document.title = `Control room · ${me.brand}`;
  app.replaceChildren(signInPage({ brand: me.brand, ended, byLink: me.by_link }, open));
}

function open(me) {
  remember(me);
  onSignedOut(async () => showDoor(await get("me"), true));
  me.may = (role) => RANKS.indexOf(me.role) >= RANKS.indexOf(role);
  const places = PLACES.filter((place) => !place.role || me.may(place.role));
  const counts = { inbox: h("span", { class: "count", hidden: true }) };
  const stage = h("main", { class: "stage", id: "stage", tabindex: "-1" });
  const offline = h("p", { class: "offline", role: "alert", hidden: true }, "No connection. What you see may be old.");
  const links = Object.fromEntries(places.map((place) => [place.id, h("a", { href: `#${place.id}` }, icon(place.id), h("span", {}, place.title), counts[place.id])]));
  const account = h("button", { type: "button", class: "account", "aria-haspopup": "dialog", onclick: () => accountDialog(me, signOut, open) },
    h("span", { class: "face", "aria-hidden": "true" }, me.full_name.charAt(0)),
    h("span", { class: "who" }, h("strong", {}, me.full_name), h("span", { class: "soft small" }, me.role)), unseen(", your account"));
  const rail = h("nav", { class: "rail", "aria-label": "Main" },
    h("div", { class: "brand" }, h("img", { src: "room/static/mark.svg", alt: "", width: 28, height: 28 }), h("span", {}, me.brand)),
    h("div", { class: "places" }, ...Object.values(links)),
    h("button", { type: "button", class: "shortcuts", onclick: helpDialog }, h("kbd", {}, "?"), " Shortcuts"),
    account);
  const hint = me.needs_users
    ? h("p", { class: "hint" }, "You came in by the one-time link. ", h("a", { href: "#team" }, "Add yourself as a user"), " before your session ends: the link is spent.")
    : null;
  app.replaceChildren(h("a", { class: "skip", href: "#stage", onclick: (event) => { event.preventDefault(); stage.focus(); } }, "Skip to the content"), h("div", { class: "shell" }, rail, h("div", { class: "main" }, hint, offline, stage)));

  let current;
  const room = {
    me,
    count(number, late) {
      counts.inbox.textContent = number;
      counts.inbox.hidden = !number;
      counts.inbox.classList.toggle("late", late);
      document.title = `${number ? `(${number}) ` : ""}${current?.place.title ?? "Control room"} · ${me.brand}`;
    },
  };
  const show = () => {
    const [id, ...rest] = location.hash.slice(1).split("/");
    const wanted = { review: "inbox", trace: "health" }[id] ?? id;
    const place = places.find((each) => each.id === wanted) ?? places[0];
    const path = id === wanted ? rest : [id, ...rest];
    if (current?.place !== place) {
      current?.view.leave?.();
      current = { place, view: place.view(room) };
      stage.replaceChildren(current.view.node);
      for (const [name, link] of Object.entries(links)) {
        if (name === place.id) {
          link.setAttribute("aria-current", "page");
          link.scrollIntoView({ block: "nearest", inline: "nearest" }); // on a phone not all places fit
        } else link.removeAttribute("aria-current");
      }
    }
    current.view.show(path.map(decodeURIComponent));
    if (place.id !== "inbox") refreshCount();
  };
  const refreshCount = async () => {
    const { waiting } = await get("inbox", { refresh: true }).catch(() => ({ waiting: null }));
    if (waiting) room.count(waiting.length, waiting.some((each) => new Date(each.due) < new Date()));
  };
  const quiet = listen({
    changed: (conversations) => {
      current?.view.live?.(conversations);
      if (current?.place.id !== "inbox") refreshCount();
    },
    connected: (there) => {
      if (there && !offline.hidden) current?.view.live?.(null);
      offline.hidden = there;
      if (!there) get("me", { refresh: true }).then((now) => now.signed_in || showDoor(now, true)).catch(() => {});
    },
    ended: async () => showDoor(await get("me"), true),
  });
  const noKeys = onKeys({
    ...Object.fromEntries(places.map((place) => [`g ${place.key ?? place.id[0]}`, () => { location.hash = place.id; }])),
    "?": helpDialog,
  }, (key) => current?.view.key?.(key));
  window.addEventListener("hashchange", show);
  stop = () => {
    quiet();
    noKeys();
    window.removeEventListener("hashchange", show);
    current?.view.leave?.();
    stop = () => {};
  };
  show();
}

async function signOut() {
  await attempt(async () => {
    await post("sign-out");
    showDoor(await get("me"));
  });
}

start().catch((error) => {
  app.replaceChildren(h("main", { class: "door" }, h("div", { class: "card" }, h("h1", {}, "The control room does not answer"), h("p", {}, error.message), h("button", { class: "primary", onclick: () => location.reload() }, "Try again"))));
});
