// Campaigns: those there are, the form for a new one, and one whole.
import { get } from "./api.js";
import { campaignView } from "./campaign.js";
import { draftForm } from "./campaign_draft.js";
import { h, plural, time } from "./dom.js";

export const ORIGINS = { shell: "from the shell", slack: "from Slack", room: "here", report: "from a weekly report" };
export const STATES = { pending: "waits for approval", approved: "is being sent", paused: "is paused", stopped: "was stopped", sent: "is sent", rejected: "was rejected" };
const LOOK = 4000;

export function campaignsView(room) {
  const rows = h("div", {}, h("p", { class: "soft" }, "Looking…"));
  const form = draftForm(room, { done: (campaign) => { location.hash = `campaigns/${campaign}`; } });
  const list = h("div", { class: "sheet" },
    h("header", { class: "sheet-head" }, h("h1", {}, "Campaigns"), room.me.may("agent") ? h("a", { class: "primary", href: "#campaigns/new" }, "New campaign") : null),
    form.node, rows);
  const node = h("div", {}, list);
  let one = null;
  let path = [];
  let ids = [];

  const load = async (refresh = false) => {
    try {
      const { campaigns, segments, runs } = await get("campaigns", { refresh });
      ids = campaigns.map((each) => each.id);
      form.segments(segments);
      if (!refresh) runs.forEach(form.follow);
      form.node.hidden = !room.me.may("agent") || (path[0] !== "new" && campaigns.length > 0 && !form.busy());
      const focused = rows.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
      rows.replaceChildren(campaigns.length ? h("ul", { class: "plain-list panel campaign-list" }, campaigns.map(row)) : empty(room));
      if (focused) rows.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
    } catch (error) {
      if (error.status !== 401 && !refresh) rows.replaceChildren(h("p", { class: "empty" }, error.message));
    }
  };
  const step = (by) => {
    if (!ids.length) return true;
    const at = ids.indexOf(path[0]);
    location.hash = `campaigns/${ids[Math.min(ids.length - 1, Math.max(0, at + by))]}`;
    return true;
  };
  const look = setInterval(() => { if (!one && !document.hidden) load(true); }, LOOK);
  return {
    node,
    show(wanted) {
      path = wanted;
      const id = wanted[0] && wanted[0] !== "new" ? wanted[0] : null;
      if (one && one.id === id) return;
      one?.leave();
      one = id ? campaignView(room, id) : null;
      node.replaceChildren(one ? one.node : list);
      if (ids.includes(id)) return;
      load().then(() => path[0] === "new" && form.open({ segment: path[1] === "at-risk" ? "At Risk" : "" }));
    },
    key(key) {
      if (key === "j") return step(1);
      if (key === "k") return step(-1);
      if (one?.key(key)) return true;
      if (key === "Escape" && path.length) {
        location.hash = "campaigns";
        return true;
      }
      return false;
    },
    leave() {
      clearInterval(look);
      one?.leave();
      form.leave();
    },
  };
}

function row(each) {
  const kind = each.kind === "winback" ? "Win-back" : "Campaign";
  return h("li", {}, h("a", { class: "campaign-row", href: `#campaigns/${encodeURIComponent(each.id)}` },
    h("span", { class: "row wrap" }, h("strong", {}, `${kind} ${each.id}`), h("span", { class: `state-tag ${each.status}` }, STATES[each.status]),
      each.sample ? h("span", { class: "tag warn" }, "sample data") : null),
    h("span", { class: "small headline", dir: "auto" }, each.concept),
    h("span", { class: "facts" }, h("span", {}, `version ${each.version}`), h("span", {}, plural(each.eligible, "customer")), h("span", {}, `by ${each.by}`), time(each.created),
      each.sending ? h("span", { class: "strong" }, `${each.sending.sent.toLocaleString()} of ${each.sending.total.toLocaleString()} sent`) : null)));
}

function empty(room) {
  return h("div", { class: "empty" }, h("p", { class: "strong" }, "No campaign yet"), h("p", { class: "soft" }, room.me.may("agent") ? "Draft the first one above. Nothing is sent before somebody approves it." : "Somebody who may decide can draft the first one."));
}
