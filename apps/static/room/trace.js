// How one answer came about: its parts under each other, each where it lies in the time, with what it came to.
import { get } from "./api.js";
import { h, icon, moment } from "./dom.js";

const TITLES = { answer: "The whole answer", memory: "Taking up the conversation", rules: "Rules", retrieval: "Retrieval", query: "A better query", draft: "The documents' own words", words: "A model's words", text: "Text", decision: "Decision", log: "Storing it" };
const NAMES = { input_tokens: "tokens given", output_tokens: "tokens written", dollars: "cost", "by rule": "by a rule", said: "said to the customer" };
const QUIET = new Set(["sections", "scores"]);

export function traceView(id) {
  const body = h("div", { class: "numbers" }, h("p", { class: "soft" }, "Looking it up …"));
  load(id, body);
  return h("div", { class: "sheet trace" },
    h("header", { class: "sheet-head" }, h("div", { class: "row" }, h("a", { class: "back", href: "#health", "aria-label": "Back", onclick: back }, icon("back")), h("h1", {}, "How this answer came about"))), body);
}

function back(event) {
  if (history.length < 2) return;
  event.preventDefault();
  history.back();
}

async function load(id, body) {
  try {
    const trace = await get(`traces/${encodeURIComponent(id)}`);
    body.replaceChildren(head(trace), h("ol", { class: "waterfall panel" }, trace.spans.map((span, at) => part(trace, span, at))), h("p", { class: "soft small" }, "In the shell: ", h("code", {}, `gtm trace ${trace.id}`)));
  } catch (error) {
    if (error.status !== 401) body.replaceChildren(h("p", { class: "empty" }, error.message));
  }
}

const short = (seconds) => (seconds < 1 ? `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms` : `${seconds.toFixed(2)} s`);

function head(trace) {
  const { facts } = trace.spans[0];
  return h("div", { class: "facts" }, h("span", {}, moment(trace.at)),
    h("span", { class: "strong" }, short(trace.seconds)),
    facts.decision ? h("span", {}, `${{ answer: "answered", clarify: "asked back", escalate: "passed to a person" }[facts.decision]}: ${facts.reason}`) : null,
    h("span", {}, facts.mode === "model" ? "in a model's words" : "in the documents' own words"),
    trace.conversation ? h("a", { class: "link", href: `#conversations/${trace.conversation}` }, "Read the conversation") : null);
}

function depth(spans, at) {
  let deep = 0;
  for (let parent = spans[at].parent; parent !== null; parent = spans[parent].parent) deep += 1;
  return deep;
}

function part(trace, span, at) {
  const title = span.name === "call" ? `Call of ${span.facts.model}` : TITLES[span.name] ?? span.name;
  const whole = trace.seconds || 1;
  const bar = h("span", { class: "span", "aria-hidden": "true" }, h("span", {}));
  const begins = Math.min(99, (100 * span.began) / whole);
  bar.firstChild.style.insetInlineStart = `${begins}%`;
  bar.firstChild.style.width = `${Math.max(0.7, Math.min(100 - begins, (100 * span.seconds) / whole))}%`;
  const bad = span.failed || (span.name === "call" && span.facts.ending !== "ok");
  const line = h("li", { class: `part${bad ? " bad" : ""}`, "data-part": span.name },
    h("p", { class: "part-name" }, h("span", {}, title)), bar, h("p", { class: "part-time soft small" }, short(span.seconds)), details(span));
  line.firstChild.style.paddingInlineStart = `${Math.max(0, depth(trace.spans, at) - 1) * 16}px`;
  return line;
}

function details(span) {
  const known = Object.entries(span.facts).filter(([name, value]) => value !== null && !QUIET.has(name));
  const plain = known.filter(([name]) => !name.startsWith("sign."));
  const signs = known.filter(([name]) => name.startsWith("sign."));
  const pairs = plain.map(([name, value]) => h("span", {}, h("span", { class: "soft" }, `${NAMES[name] ?? name.replaceAll("_", " ")} `), told(name, value)));
  if (span.failed) pairs.unshift(h("span", { class: "wrong" }, `failed: ${span.failed}`));
  return h("div", { class: "part-facts small" }, pairs.length ? h("p", {}, pairs) : null,
    span.facts.sections?.length ? h("ul", { class: "places-seen" }, span.facts.sections.map((place, at) => h("li", {}, h("span", {}, place), h("span", { class: "soft" }, span.facts.scores[at].toFixed(2))))) : null,
    signs.length ? h("details", {}, h("summary", {}, "What the confidence was computed from"), h("p", {}, signs.map(([name, value]) => h("span", {}, h("span", { class: "soft" }, `${name.slice(5).replaceAll("_", " ")} `), value.toFixed(2))))) : null);
}

function told(name, value) {
  if (name === "dollars") return value && value < 0.01 ? `$${value.toFixed(5)}` : `$${value.toFixed(2)}`;
  if (name === "confidence") return `${Math.round(100 * value)}%`;
  if (typeof value === "boolean") return value ? "yes" : "no";
  return Array.isArray(value) ? value.join(", ") : String(value);
}
