// A question about the numbers: the answer, its chart and parts, what it means, and what can be asked instead.
import { post } from "./api.js";
import { h } from "./dom.js";
import { chartBox } from "./weekly_charts.js";

const EXAMPLES = ["Which channel had the best ROAS last month?", "Why did revenue change last week?", "How many customers are at risk?"];
const TURNS = 12;

export function askBox() {
  const input = h("input", { id: "ask-question", type: "text", autocomplete: "off", placeholder: EXAMPLES[0], enterkeyhint: "send" });
  const button = h("button", { class: "primary" }, "Ask");
  const answers = h("div", { class: "findings", "aria-live": "polite" });
  const tries = h("div", { class: "row wrap tries" }, EXAMPLES.map((one) => choice(one)));
  const form = h("form", { class: "ask-form", onsubmit: (event) => { event.preventDefault(); ask(input.value); } },
    h("label", { for: "ask-question" }, "Ask about revenue, channels, customers or support"), h("div", { class: "row" }, input, button));
  const node = h("section", { class: "panel ask", "aria-label": "Ask about the numbers" }, form, tries, answers);
  const drawn = [];
  let said = [];
  let asking = false;

  function choice(question) {
    return h("button", { type: "button", class: "quiet try", onclick: () => ask(question) }, question);
  }

  async function ask(question) {
    if (asking || !question.trim()) return;
    asking = true;
    button.disabled = true;
    const card = h("article", { class: "finding" }, h("h3", {}, question), h("p", { class: "soft" }, "Looking…"));
    answers.prepend(card);
    try {
      const found = await post("inquiries", { question, history: said.slice(-TURNS) });
      said = [...said, { role: "customer", text: question }, { role: "bot", text: found.text }];
      card.replaceChildren(h("h3", {}, question), ...shown(found));
      input.value = "";
      tries.hidden = true;
    } catch (error) {
      if (error.status !== 401) card.replaceChildren(h("h3", {}, question), h("p", { class: "problem" }, error.message));
    } finally {
      asking = false;
      button.disabled = false;
    }
  }

  function shown(found) {
    const parts = [h("p", { class: "said" }, found.text)];
    if (found.sample) parts.push(h("p", { class: "soft small" }, "Sample data of an invented shop."));
    if (found.chart) {
      const box = chartBox(found.chart, found.chart.dark);
      drawn.push(box);
      parts.push(h("div", { class: "weekly-chart" }, box.node));
      requestAnimationFrame(box.draw);
    }
    if (found.choices.length) parts.push(h("div", { class: "row wrap tries" }, found.choices.map(choice)));
    if (found.lines.length) parts.push(table("The same as a table", found.lines));
    found.splits.forEach((split) => parts.push(table(split.title, split.lines)));
    found.notes.forEach((one) => parts.push(h("p", { class: "soft small" }, one)));
    if (found.kind === "number") parts.push(behind(found));
    return parts;
  }

  return {
    node,
    focus: () => input.focus(),
    leave: () => drawn.forEach((box) => box.leave()),
  };
}

function table(title, lines) {
  const two = lines.some((one) => one.previous !== null);
  const share = lines.some((one) => one.share !== null);
  return h("details", { class: "as-table" }, h("summary", {}, title),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, h("table", {},
      h("tbody", {}, lines.map((one) => h("tr", {}, h("th", { scope: "row" }, one.label), h("td", {}, one.text),
        share ? h("td", {}, one.share === null ? "" : `${Math.round(100 * one.share)}%`) : null,
        two && one.value !== null && one.previous ? h("td", { class: "soft" }, `${one.value >= one.previous ? "+" : ""}${Math.round((100 * (one.value - one.previous)) / Math.abs(one.previous))}%`) : null))))));
}

function behind(found) {
  const rows = [["What it means", found.definition], ["Days", found.period ? `${found.period.start} to ${found.period.end}` : null],
    ["Held against", found.against ? `${found.against.start} to ${found.against.end}` : null], ["Who looked", found.specialists.join(", ")],
    ["Question read by", found.read_by]].filter(([, value]) => value);
  return h("details", { class: "as-table" }, h("summary", {}, "How it was counted"),
    h("dl", { class: "pairs" }, rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
    found.sql ? h("pre", { class: "sql", tabindex: "0" }, found.sql) : null);
}
