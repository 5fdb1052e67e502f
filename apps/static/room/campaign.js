// One campaign whole: what it is, what one can do with it, how its sending goes, and what came of it.
import { get } from "./api.js";
import { actionsView } from "./campaign_actions.js";
import { ORIGINS, STATES } from "./campaigns.js";
import { partsOf } from "./campaign_parts.js";
import { previewsView } from "./campaign_preview.js";
import { resultsView } from "./campaign_results.js";
import { h, icon, time } from "./dom.js";
import { note } from "./notes.js";

const SOON = 1500; // ms; while messages go
const LATER = 5000;
const ENDED = ["rejected", "stopped", "sent"];

export function campaignView(room, id) {
  const path = `campaigns/${encodeURIComponent(id)}`;
  const head = h("div", { class: "campaign-head" }, h("p", { class: "soft" }, "Looking…"));
  const actions = actionsView(room, path, { changed: (refresh) => load(refresh) });
  const results = resultsView(path);
  const previews = previewsView(path);
  const parts = h("div", { class: "campaign-parts" });
  const title = h("h1", {}, "Campaign");
  const node = h("div", { class: "sheet campaign" },
    h("header", { class: "sheet-head" }, h("div", { class: "row" }, h("a", { class: "back", href: "#campaigns", "aria-label": "Back to the campaigns" }, icon("back")), title)),
    head, actions.node, results.node, parts);
  let shown = null;
  let timer;
  let left = false;

  const load = async (refresh = false) => {
    try {
      const now = await get(path, { refresh });
      if (left) return;
      if (shown && shown.version !== now.version && refresh) note(`Version ${now.version} by ${now.versions.at(-1).by} is there now.`, { kind: "warn" });
      const known = shown;
      shown = now;
      title.textContent = `${now.kind === "winback" ? "Win-back" : "Campaign"} ${now.id}`;
      head.replaceChildren(...standing(now));
      actions.show(now);
      results.show(now);
      if (!same(known, now)) {
        parts.replaceChildren(...partsOf(now, previews.node));
        previews.show(now);
      }
    } catch (error) {
      if (error.status !== 401 && !shown) head.replaceChildren(h("p", { class: "problem", role: "alert" }, error.message));
    }
  };
  const look = async () => {
    let moving = false;
    if (shown && !document.hidden) {
      const now = await get(`${path}/progress`, { refresh: true }).catch(() => null);
      moving = now && now.sending.open !== shown.sending.open;
      if (now && !same(shown, now)) await load(true);
      else if (now) results.sending(Object.assign(shown, { sending: now.sending }));
    }
    if (!left && !(shown && settled(shown))) timer = setTimeout(look, moving ? SOON : LATER);
  };
  load().then(look);
  return {
    id,
    node,
    key: (key) => actions.key(key),
    leave() {
      left = true;
      clearTimeout(timer);
      actions.leave();
      results.leave();
    },
  };
}

const settled = (now) => ENDED.includes(now.status) && !now.sending.open;
const same = (before, now) => before && before.status === now.status && before.version === now.version && before.trouble === now.trouble && count(before) === count(now);
const count = ({ approvals }) => (Array.isArray(approvals) ? approvals.length : approvals);

function standing(now) {
  const decided = now.decided_by && now.status !== "pending" ? `, ${{ rejected: "by", stopped: "by" }[now.status] ?? "approved by"} ${now.decided_by}` : "";
  return [
    h("p", { class: "row wrap" }, h("span", { class: `state-tag ${now.status}` }, `${STATES[now.status]}${decided}`), h("span", { class: "soft small" }, `version ${now.version}, asked for by ${now.by} ${ORIGINS[now.origin]}, `, time(now.created))),
    now.sample ? h("p", { class: "sample" }, h("strong", {}, "Sample data"), " of an invented shop: no customer here is real.") : null,
    now.reason ? h("p", { class: "notice" }, h("strong", {}, "Because: "), h("span", { dir: "auto" }, now.reason)) : null,
    now.trouble ? h("p", { class: "notice trouble", role: "status" }, now.trouble) : null,
    h("p", { class: `notice where${now.live ? " live" : ""}` }, h("strong", {}, "Where messages go: "), now.where),
  ].filter(Boolean);
}
