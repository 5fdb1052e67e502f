// What the desk knows: proposals, entries in use, what nobody could answer, documents.
import { get } from "./api.js";
import { documentsTab } from "./documents.js";
import { entriesTab, proposalsTab } from "./entries.js";
import { h, moment, plural } from "./dom.js";

const TABS = {
  proposed: { label: "Proposed", build: proposalsTab },
  learned: { label: "Learned", build: entriesTab },
  gaps: { label: "Gaps", build: gapsTab },
  documents: { label: "Documents", build: documentsTab },
};

export function knowledgeView(room) {
  const body = h("div", { class: "tab-body" });
  const links = Object.entries(TABS).map(([id, tab]) => h("a", { href: `#knowledge/${id}`, "data-tab": id }, tab.label, h("span", { class: "count", hidden: true })));
  const node = h("div", { class: "sheet" },
    h("header", { class: "sheet-head" }, h("h1", {}, "Knowledge"), h("nav", { class: "switch", "aria-label": "Knowledge" }, links)), body);
  let open = null;
  const count = (id, number) => {
    const badge = links.find((link) => link.dataset.tab === id).lastChild;
    badge.textContent = number;
    badge.hidden = !number;
  };
  get("knowledge/proposals", { refresh: true }).then(({ proposals }) => count("proposed", proposals.length)).catch(() => {});
  return {
    node,
    show([wanted]) {
      const id = TABS[wanted] ? wanted : "proposed";
      if (open?.id === id) return;
      open?.tab.leave?.();
      open = { id, tab: TABS[id].build(room, (number) => count(id, number)) };
      body.replaceChildren(open.tab.node);
      for (const link of links) {
        if (link.dataset.tab === id) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
    },
    live: () => open?.tab.live?.(),
    leave: () => open?.tab.leave?.(),
  };
}

function gapsTab() {
  const days = h("select", { "aria-label": "Since when", onchange: () => load() }, [[7, "the last 7 days"], [30, "the last 30 days"], [90, "the last 90 days"], [365, "the last year"]].map(([value, label]) => h("option", { value, selected: value === 30 }, label)));
  const list = h("div", { class: "cards" }, h("p", { class: "soft" }, "Looking…"));
  const node = h("div", { class: "stack-wide" }, h("p", { class: "row wrap soft" }, "What customers asked and no document answers, in", days), list);
  const load = async () => {
    try {
      const { gaps } = await get(`knowledge/gaps?days=${days.value}`);
      const most = Math.max(1, ...gaps.map((gap) => gap.questions));
      list.replaceChildren(...(gaps.length ? gaps.map((gap) => gapCard(gap, most)) : [h("div", { class: "empty" }, h("p", { class: "strong" }, "No gaps"), h("p", { class: "soft" }, "Every question was answered from a document, or was one for a person anyway."))]));
    } catch (error) {
      list.replaceChildren(h("p", { class: "problem" }, error.message));
    }
  };
  load();
  return { node };
}

function gapCard(gap, most) {
  const bar = h("span", { class: "gauge", "aria-hidden": "true" }, h("span", {}));
  bar.firstChild.style.width = `${Math.round((100 * gap.questions) / most)}%`;
  return h("article", { class: "panel gap" },
    h("div", { class: "row between" }, h("h2", { dir: "auto" }, gap.topic), h("span", { class: "figure" }, gap.questions)),
    bar,
    h("p", { class: "soft small" }, `${plural(gap.questions, "question")} in ${plural(gap.conversations, "conversation")}, last ${moment(gap.last)}`, gap.answered_now ? h("span", { class: "tag good" }, "answered by now") : null),
    h("ul", { class: "examples" }, gap.examples.map((each) => h("li", { dir: "auto" }, each))));
}
