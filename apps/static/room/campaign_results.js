// How far the sending of a campaign is, and what came of it so far.
import { get } from "./api.js";
import { intervalChart } from "./campaign_chart.js";
import { h, plural } from "./dom.js";

const MEASURE = 6000; // ms between two looks at what came back, while it is being sent
const REST = [["open", "wait for their hour or turn"], ["refused", "refused"], ["withheld", "may not be written to any more"], ["uncertain", "uncertain, listed and not sent again"]];

export function resultsView(path) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Messages sent" });
  const count = h("p", { class: "figure" });
  const rest = h("p", { class: "facts" });
  const sendingBox = h("section", { class: "panel sending", hidden: true }, h("h2", {}, "Sending"), count, bar, rest);
  const came = h("div", { class: "campaign-parts" });
  const node = h("div", { class: "campaign-parts results" }, sendingBox, came);
  let measured = 0;
  let wanted = 0;
  let drawn = "";

  const sending = ({ sending: now }) => {
    bar.max = Math.max(1, now.total);
    bar.value = now.sent;
    count.textContent = `${now.sent.toLocaleString()} of ${now.total.toLocaleString()} sent`;
    rest.replaceChildren(...REST.filter(([name]) => now[name]).map(([name, words]) => h("span", { class: name }, `${now[name].toLocaleString()} ${words}`)), h("span", {}, `${now.held_out.toLocaleString()} held out`));
    if (!sendingBox.hidden && Date.now() - measured > MEASURE) measure();
  };
  const measure = async () => {
    measured = Date.now();
    const mine = ++wanted;
    try {
      const standing = await get(`${path}/standing`, { refresh: true });
      if (mine === wanted) draw(standing);
    } catch (error) {
      if (mine === wanted && error.status !== 401) came.replaceChildren(h("p", { class: "problem" }, error.message));
    }
  };
  const draw = (standing) => {
    const told = JSON.stringify(standing);
    if (told === drawn) return;
    const scrolled = came.querySelector(".missed .scroll")?.scrollTop ?? 0; // who reads there is not thrown back
    drawn = told;
    came.replaceChildren(...standingParts(standing));
    came.querySelector(".missed .scroll")?.scrollTo(0, scrolled);
  };
  return {
    node,
    sending,
    show(now) {
      sendingBox.hidden = !now.approved;
      if (!now.approved) return came.replaceChildren();
      measured = 0;
      sending(now);
    },
    leave: () => { wanted += 1; },
  };
}

function standingParts({ words, came, arms, effect, listed, unlisted }) {
  return [
    h("section", { class: "panel" }, h("h2", {}, "What can be said"), h("ul", { class: "dotted" }, words.map((each) => h("li", {}, each))),
      h("dl", { class: "came" }, came.map(cameBack))),
    effect ? h("section", { class: "panel" }, h("h2", {}, "Against those held out"), intervalChart(effect.intervals, effect.level), sides(effect)) : null,
    arms.length ? armTable(arms) : null,
    listed.length ? missed(listed, unlisted) : null,
  ].filter(Boolean);
}

function cameBack({ label, value, reason }) {
  return h("div", {}, h("dt", {}, label), value === null
    ? h("dd", { class: "unknown" }, "unknown", h("span", { class: "soft small" }, reason))
    : h("dd", {}, value.toLocaleString()));
}

function sides({ sides: both, until, window_days: days }) {
  const said = both.map((each) => `${each.ordered.toLocaleString()} of ${each.customers.toLocaleString()} ${each.label} have ordered`);
  return h("p", { class: "soft small" }, `${said.join(", ")}, in ${plural(days, "day")} until ${new Date(`${until}T12:00:00`).toLocaleDateString([], { day: "numeric", month: "long" })}. The intervals hold however often one looks.`);
}

const percent = (share) => `${(100 * share).toFixed(1)}%`;

function armTable(arms) {
  const rows = arms.map((arm) => [`${arm.name}: ${arm.subject}`, arm.sent.toLocaleString(), arm.successes.toLocaleString(), arm.rate === null ? "unknown: nothing sent yet" : `${percent(arm.rate)} (${percent(arm.low)} to ${percent(arm.high)})`, `${Math.round(100 * arm.best)}%`]);
  return h("section", { class: "panel" }, h("h2", {}, "Subjects"), table(["Subject", "Sent", "Clicked or ordered", "Share, with 95% interval", "Likely the best"], rows));
}

function missed(listed, unlisted) {
  const uncertain = listed.some((each) => each.status === "uncertain");
  const line = (each) => h("li", {}, h("p", {}, h("strong", { dir: "auto" }, each.name || each.customer), h("span", { class: "soft small" }, each.name ? ` ${each.customer} ` : " "), h("span", { class: `state-tag ${each.status}` }, each.status)), each.note ? h("p", { class: "soft small" }, each.note) : null);
  return h("section", { class: "panel missed" }, h("h2", {}, "Refused, or nobody can tell"),
    uncertain ? h("p", { class: "soft" }, "Uncertain messages may have arrived, so they are never sent again.") : null,
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Refused, or nobody can tell" }, h("ul", { class: "plain-list" }, listed.map(line))),
    unlisted > 0 ? h("p", { class: "soft small" }, `and ${unlisted.toLocaleString()} more; `, h("code", {}, "gtm campaign status"), " lists a thousand.") : null);
}

function table(columns, rows) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": columns[0] }, h("table", {},
    h("thead", {}, h("tr", {}, columns.map((each) => h("th", { scope: "col" }, each)))),
    h("tbody", {}, rows.map(([first, ...others]) => h("tr", {}, h("th", { scope: "row", dir: "auto" }, first), others.map((each) => h("td", {}, each)))))));
}
