// The weekly report: made on a click, opened again, and taken along.
import { get, reportFile } from "./api.js";
import { h, moment, plural, time } from "./dom.js";
import { attempt } from "./notes.js";
import { runsView } from "./runs.js";
import { closeTips, reportView } from "./weekly_report.js";

const ORIGINS = { shell: "from the shell", slack: "from Slack", room: "here", schedule: "by the schedule" };
const PAPERS = [["html", "HTML"], ["pdf", "PDF"], ["md", "Markdown"]];
const TABLES = [["csv", "CSV"], ["xlsx", "Excel"]];
const NAMES = { finance: "Finance", marketing: "Marketing", insights: "Customers", support: "Support" };
const STEPS = { waiting: "waits", measuring: "is counting", writing: "is writing", done: "is done", failed: "could not do it" };
const SHARE = { waiting: 0, measuring: 1, writing: 2, done: 3, failed: 3 };

export function weeklyView(room) {
  const body = h("div", { class: "weekly" }, h("p", { class: "soft" }, "Looking…"));
  const past = h("div", { class: "past" });
  const asOf = h("input", { type: "date", id: "weekly-as-of" });
  const runs = runsView({ place: "weekly/runs", title: "A report is being made", kept: "among the past reports", worker, done: (report) => { location.hash = `weekly/${report}`; load(); } });
  const form = h("form", { class: "row wrap run-form", hidden: !room.me.may("agent"), onsubmit: (event) => { event.preventDefault(); attempt(() => runs.start({ as_of: asOf.value || null }), form.querySelector("button")); } },
    h("label", { for: "weekly-as-of" }, "Last whole week before"), asOf, h("button", { class: "primary" }, "Make the report"));
  const node = h("div", { class: "sheet" }, h("header", { class: "sheet-head" }, h("h1", {}, "Weekly report"), form), runs.node, body, past);
  let wanted = null;
  let drawn = null;

  const load = async () => {
    try {
      const { reports, runs: under } = await get("weekly");
      under.forEach(runs.follow);
      past.replaceChildren(pastReports(reports, wanted ?? reports[0]?.id));
      if (!reports.length && !wanted) return clear(h("div", { class: "empty" }, h("p", { class: "strong" }, "No report yet"), h("p", { class: "soft" }, room.me.may("agent") ? "Make the first one above. It covers the last whole week, Monday to Sunday." : "Somebody who may decide can make the first one.")));
      await open(wanted ?? reports[0].id);
    } catch (error) {
      if (error.status !== 401) clear(h("p", { class: "empty" }, error.message));
    }
  };
  const open = async (id) => {
    if (drawn?.id === id) return;
    const report = await get(`weekly/reports/${encodeURIComponent(id)}`);
    if (id !== wanted && wanted) return; // another one was asked for meanwhile
    const view = reportView(report, room);
    clear(head(report, room), view.node);
    drawn = { id, view };
    view.draw();
  };
  const clear = (...nodes) => {
    drawn?.view.leave();
    drawn = null;
    body.replaceChildren(...nodes);
  };
  return {
    node,
    show([id]) {
      wanted = id || null;
      load();
    },
    key: (key) => key === "Escape" && closeTips(),
    leave() {
      drawn?.view.leave();
      runs.leave();
    },
  };
}

function worker({ specialist, step = "waiting", attempt = 1 }) {
  return { name: NAMES[specialist], step, share: SHARE[step], words: `${STEPS[step]}${attempt > 1 ? `, attempt ${attempt}` : ""}` };
}

function head(report, room) {
  const link = ([kind, label]) => h("a", { class: "quiet button", href: reportFile(report.id, kind), download: "" }, label);
  return h("div", { class: "weekly-head" },
    h("div", {}, h("h2", { class: "week" }, report.week), h("p", { class: "soft small" }, "made ", time(report.created), ` by ${report.by}, ${ORIGINS[report.origin]}`)),
    h("div", { class: "row wrap take", role: "group", "aria-label": "Download" }, h("span", { class: "soft small" }, "Download"), PAPERS.map(link), room.me.may("admin") ? TABLES.map(link) : null));
}

function pastReports(reports, current) {
  if (!reports.length) return "";
  return h("details", { class: "panel" }, h("summary", {}, h("strong", {}, `Past reports (${reports.length})`)),
    h("ul", { class: "plain-list" }, reports.map((each) => h("li", {}, h("a", { class: "past-report", href: `#weekly/${encodeURIComponent(each.id)}`, "aria-current": each.id === current ? "page" : null },
      h("strong", {}, `Week of ${new Date(`${each.week}T12:00:00`).toLocaleDateString([], { day: "numeric", month: "long", year: "numeric" })}`),
      each.sample ? h("span", { class: "tag warn" }, "sample data") : null, each.failed ? h("span", { class: "tag warn" }, `${plural(each.failed, "section")} missing`) : null,
      h("span", { class: "soft small" }, `${moment(each.created)}, ${each.by}, ${ORIGINS[each.origin]}`), h("span", { class: "small clip headline" }, each.headline))))));
}
