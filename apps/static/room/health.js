// How the desk is: what to know first, then how quickly, how well and at what cost it answers. And one answer's trace.
import { get } from "./api.js";
import { debounced, duration, h, plural, time } from "./dom.js";
import { timeChart } from "./health_chart.js";
import { traceView } from "./trace.js";

const PERIODS = { day: "24 hours", month: "30 days" };
const NOT_KNOWN = "–";
const EVERY = 15_000;
const AIMS = { p50: "median", p95: "95th percentile", p99: "99th percentile", errors: "errors" };
const OFFLINE = { budget: "the day's budget was spent", busy: "the host's limits were reached", down: "the host did not answer", late: "it took too long", misused: "the host did not understand", outage: "the model was left alone", refused: "the host refused our key", unusable: "the words did not hold" };
const ENDINGS = { ok: "used", ungrounded: "did not hold", malformed: "not in the asked form", down: "no answer", refused: "key refused", misused: "not understood", late: "too late", gone: "the customer left" };
const BREAKERS = { closed: "in use", "half-open": "is tried again", open: "left alone for a while" };

export function healthView(room) {
  const body = h("div", { class: "numbers" });
  let period = "day";
  let health = null;
  let opened = null;
  const buttons = Object.entries(PERIODS).map(([name, label]) => h("button", { type: "button", onclick: () => { period = name; draw(); } }, label));
  const sheet = h("div", { class: "sheet" },
    h("header", { class: "sheet-head" }, h("h1", {}, "Health"), h("div", { class: "switch", role: "group", "aria-label": "Period" }, buttons)), body);
  const node = h("div", {}, sheet);

  const draw = () => {
    Object.keys(PERIODS).forEach((name, at) => buttons[at].setAttribute("aria-pressed", String(name === period)));
    if (health) body.replaceChildren(...page(health, health[period], body));
  };
  const load = async (refresh = false) => {
    try {
      health = await get("health", { refresh });
      draw();
    } catch (error) {
      if (error.status !== 401 && !health) body.replaceChildren(h("p", { class: "empty" }, error.message));
    }
  };
  const refreshed = debounced(2500, () => opened || load(true));
  const clock = setInterval(() => document.hidden || opened || load(true), EVERY);
  return {
    node,
    show([what, trace]) {
      opened = what === "trace" ? trace : null;
      if (!opened && !health) load();
      node.replaceChildren(opened ? traceView(opened) : sheet);
    },
    live: refreshed,
    leave: () => clearInterval(clock),
  };
}

function page(health, period, before) {
  const open = before.querySelector(".as-table")?.open;
  const drawn = [notices(health), tiles(health, period), times(period, health.limits), desk(health.work, health.at), models(health), ...specialists(period)];
  if (open) drawn[2].querySelector(".as-table").open = true;
  return drawn.filter(Boolean);
}

function notices({ notices: told }) {
  return h("ul", { class: "notices", "aria-label": "What to know" }, told.map((each) => h("li", { class: `notice ${each.gravity}` },
    h("p", { class: "strong" }, each.sentence), each.remedy ? h("p", { class: "small" }, coded(each.remedy)) : null)));
}

// Commands stand between backticks.
const coded = (sentence) => sentence.split("`").map((each, at) => (at % 2 ? h("code", {}, each) : each));
const seconds = (value) => (value === null ? NOT_KNOWN : value < 0.1 ? `${Math.round(value * 1000)} ms` : value < 10 ? `${value.toFixed(1)} s` : duration(value));
const share = (value) => (value === null ? NOT_KNOWN : `${(100 * value).toFixed(value && value < 0.1 ? 1 : 0)}%`);
const dollars = (value) => (value === null ? NOT_KNOWN : value && value < 0.01 ? `$${value.toFixed(4)}` : `$${value.toFixed(2)}`);
const aimed = (target) => h("span", { class: `aim ${target.verdict}`, title: target.reason }, target.name === "errors" ? share(target.value) : seconds(target.value));
const aim = (target) => (target.name === "errors" ? `under ${share(target.limit)}` : `under ${target.limit} s`);

function tiles(health, { answers, specialists: all, dollars: cost }) {
  const { budget } = health;
  const texts = all.reduce((sum, each) => sum + each.texts, 0);
  const cached = all.reduce((sum, each) => sum + Object.values(each.cached).reduce((one, other) => one + other, 0), 0);
  const written = answers.by_mode.model ?? 0;
  const tile = (label, value, explained) => h("div", { class: "tile" }, h("p", { class: "label" }, label), h("p", { class: "value" }, value), h("p", { class: "soft small" }, explained));
  const used = Math.min(100, (100 * budget.spent) / budget.usd_a_day);
  const bar = h("div", { class: `gauge${budget.left <= 0 ? " late" : used >= 100 * budget.warn_at ? " soon" : ""}`, role: "img", "aria-label": `${Math.round(used)}% of today's budget is spent` }, h("span", {}));
  bar.firstChild.style.width = `${used}%`;
  const of = (name) => answers.targets.find((each) => each.name === name);
  return h("div", { class: "tiles" },
    tile("Answers", answers.answers.toLocaleString(), answers.answers ? `${written.toLocaleString()} in a model's words` : "nothing was asked"),
    tile("Half within", aimed(of("p50")), aim(of("p50"))),
    tile("95% within", aimed(of("p95")), aim(of("p95"))),
    tile("99% within", aimed(of("p99")), aim(of("p99"))),
    tile("Cost", dollars(cost), texts ? `${dollars(cost / texts)} a text` : "no text was asked for"),
    tile("From cache", texts ? share(cached / texts) : NOT_KNOWN, texts ? `${cached} of ${plural(texts, "text")}` : "no text was asked for"),
    h("div", { class: "tile" }, h("p", { class: "label" }, "Budget today"), h("p", { class: "value" }, dollars(budget.spent)), bar, h("p", { class: "soft small" }, `of ${dollars(budget.usd_a_day)}; ${dollars(budget.left)} left`)),
    tile("For a person", health.work.waiting.reviews.toLocaleString(), health.work.waiting.late ? `${health.work.waiting.late} longer than promised` : "none longer than promised"));
}

function times(period, limits) {
  return h("section", { class: "panel" }, h("h2", {}, "Time and cost"), timeChart(period.moments, limits));
}

function facts(rows) {
  return h("dl", { class: "pairs" }, rows.filter(Boolean).map(([name, ...value]) => h("div", {}, h("dt", {}, name), h("dd", {}, ...value))));
}

const ago = (iso, now) => `${duration((new Date(now) - new Date(iso)) / 1000)} ago`;

function desk(work, now) {
  return h("section", { class: "panel" }, h("h2", {}, "The desk"), facts([
    ["Documents", work.documents === null || work.index !== "ok" ? work.index_message || work.index : `${plural(work.documents, "document")}, ${plural(work.passages, "passage")}`],
    work.last_ingest ? ["Last ingest", ago(work.last_ingest, now)] : null,
    ["Jobs", work.heartbeat ? `last heartbeat ${ago(work.heartbeat, now)}` : "never done"],
    ["Outbox", `${work.outbox.pending} wait, ${work.outbox.delivered.toLocaleString()} delivered, ${work.outbox.failed} failed`],
    work.waiting.oldest ? ["Oldest question", "since ", time(work.waiting.oldest)] : null]));
}

function models(health) {
  if (!health.models_on) return null;
  const whom = (model) => [model.specialists.join(", "), model.fallback_of.length ? `stands in for ${model.fallback_of.join(", ")}` : ""].filter(Boolean).join("; ");
  const left = (model) => [model.requests_left === null ? null : plural(model.requests_left, "request"), model.tokens_left === null ? null : plural(model.tokens_left, "token")].filter(Boolean).join(", ");
  return h("section", { class: "panel" }, h("h2", {}, "Models"), h("ul", { class: "plain-list" }, health.models.map((model) => h("li", { class: "member" },
    h("div", { class: "who" }, h("strong", {}, model.model), h("span", { class: "soft small" }, whom(model))),
    h("span", { class: "small soft" }, model.known === null ? "not called yet" : left(model) ? `${left(model)} left at the host` : "the host does not say its limits"),
    h("span", { class: `breaker ${model.breaker}` }, model.known === null ? NOT_KNOWN : BREAKERS[model.breaker], model.breaker === "closed" ? null : `, ${plural(model.failures, "failure")} in a row`)))));
}

function specialists(period) {
  const asked = period.specialists.filter((each) => each.texts);
  const idle = period.specialists.filter((each) => !each.texts).map((each) => each.specialist);
  const list = (counts, names) => Object.entries(counts).map(([name, count]) => `${count} ${names[name] ?? name}`).join(", ") || "none";
  const sections = asked.map((each) => h("section", { class: "panel specialist", "data-specialist": each.specialist },
    h("h2", {}, each.specialist.charAt(0).toUpperCase() + each.specialist.slice(1)),
    h("div", { class: "aims" }, each.targets.map((target) => h("div", { class: "aimed" }, h("span", { class: "label soft small" }, AIMS[target.name]), aimed(target), h("span", { class: "soft small" }, `aim: ${aim(target)}`)))),
    facts([
      ["Texts", `${each.texts.toLocaleString()}, ${share(each.success)} written by a model`],
      ["Quoted instead", list(each.offline, OFFLINE)],
      ["Written by the fallback", String(each.by_fallback_model)],
      ["Calls", `${each.calls.toLocaleString()}: ${list(each.calls_by_ending, ENDINGS)}`],
      ["Tried again", String(each.retries)],
      ["Did not hold", String(each.ungrounded)],
      ["Tokens", `${each.input_tokens.toLocaleString()} given, ${each.output_tokens.toLocaleString()} written`],
      ["Cost", `${dollars(each.dollars)}, ${dollars(each.dollars_a_text)} a text`],
      ["From cache", `${share(each.hits)}${Object.keys(each.cached).length ? ` (${list(each.cached, {})})` : ""}`]])));
  if (idle.length) sections.push(h("p", { class: "soft small" }, `No text was asked of ${idle.join(", ")} in this time.`));
  return sections;
}
