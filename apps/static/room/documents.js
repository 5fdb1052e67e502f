// The documents: a list, a button that reads them again, and a place to drop new ones.
import { get, post, put } from "./api.js";
import { h, icon, moment, plural } from "./dom.js";
import { attempt, confirmed, note } from "./notes.js";

const TYPES = ".md,.markdown,.txt,.html,.htm,.pdf,.docx,.csv,.xlsx";
const LARGEST = 25 * 2 ** 20;
const PHASES = { starting: "Starting", waiting: "Waiting for another ingest", reading: "Reading files", embedding: "Understanding passages", storing: "Storing" };
const LOOK = 700;

export function documentsTab(room) {
  const manages = room.me.may("admin");
  const head = h("p", { class: "soft" });
  const progress = h("div", { class: "ingest", role: "status" });
  const rows = h("tbody");
  const picker = h("input", { type: "file", accept: TYPES, multiple: true, class: "unseen", "aria-label": "Choose documents", onchange: () => { upload([...picker.files]); picker.value = ""; } });
  const read = h("button", { type: "button", class: "primary", hidden: !manages, onclick: () => attempt(async () => follow((await post("ingest")).ingest), read) }, "Read them again");
  const drop = h("div", { class: "drop", hidden: !manages }, icon("file"), h("span", {}, "Drop documents here, or "), h("button", { type: "button", class: "link", onclick: () => picker.click() }, "choose some"), h("span", { class: "soft small" }, "Markdown, text, HTML, PDF, DOCX, CSV, XLSX; 25 MB each"), picker);
  for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", over);
      if (name === "drop") upload([...event.dataTransfer.files]);
    });
  }
  const node = h("div", { class: "stack-wide" }, h("div", { class: "row between wrap" }, head, read), drop, progress,
    h("section", { class: "panel" }, h("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": "Documents" }, h("table", { class: "documents" },
      h("thead", {}, h("tr", {}, ["Document", "Passages", "Size", "Taken in", ""].map((each) => h("th", { scope: "col" }, each)))), rows))));
  let timer;
  let left = false;

  const upload = async (files) => {
    for (const file of files) {
      if (file.size > LARGEST) {
        note(`${file.name} is larger than 25 MB.`, { kind: "bad" });
        continue;
      }
      await settled();
      if (!(await attempt(async () => follow((await put(`documents/${encodeURIComponent(file.name)}`, file)).ingest)))) note(`${file.name} was not added.`, { kind: "bad" });
    }
  };
  // One ingest at a time: the next file waits until the one before is in.
  const settled = async () => {
    for (;;) {
      const { ingest } = await get("ingest", { refresh: true });
      if (!ingest?.running) return;
      await new Promise((done) => setTimeout(done, LOOK));
    }
  };
  const follow = (ingest) => {
    clearTimeout(timer);
    if (left) return;
    draw(progress, ingest);
    read.disabled = Boolean(ingest?.running);
    if (ingest?.running) timer = setTimeout(async () => {
      const fresh = await get("ingest", { refresh: true }).catch(() => ({ ingest }));
      follow(fresh.ingest);
      if (!fresh.ingest.running) load();
    }, LOOK);
  };
  const load = () => attempt(async () => {
    const answer = await get("documents");
    head.textContent = answer.state === "ok" ? `${plural(answer.documents.length, "document")}, ${plural(answer.passages, "passage")}; last ingest ${moment(answer.last_ingest)}.` : answer.message;
    rows.replaceChildren(...answer.documents.map((each) => h("tr", {},
      h("th", { scope: "row" }, h("a", { href: `documents/${encodeURIComponent(each.name)}`, target: "_blank", rel: "noopener" }, each.title), h("span", { class: "soft small" }, each.title === each.name ? "" : ` ${each.name}`), each.learned ? h("span", { class: "tag" }, " answers of the team") : null, each.uploaded ? h("span", { class: "tag" }, " uploaded") : null),
      h("td", {}, each.passages), h("td", {}, size(each.size)), h("td", {}, moment(each.ingested)),
      h("td", {}, manages && each.uploaded ? h("button", { type: "button", class: "link danger", onclick: async (event) => {
        const button = event.currentTarget;
        if (await confirmed(`Remove ${each.name}? The desk answers from it no more.`, "Remove")) attempt(async () => follow((await post(`documents/${encodeURIComponent(each.name.split("/").pop())}/remove`)).ingest), button);
      } }, "Remove") : null))));
    follow(answer.ingest);
  });
  load();
  return { node, leave: () => { left = true; clearTimeout(timer); } };
}

const size = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 2 ** 20 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`);

function draw(place, ingest) {
  if (!ingest) return place.replaceChildren();
  if (ingest.running) {
    const bar = ingest.total ? h("progress", { max: ingest.total, value: ingest.done }) : h("progress", {});
    bar.value = ingest.done;
    return place.replaceChildren(h("p", {}, `${PHASES[ingest.phase] ?? ingest.phase}${ingest.total ? `: ${ingest.done} of ${ingest.total}` : "…"}`), bar, h("p", { class: "soft small" }, "Customers are answered from the old index meanwhile."));
  }
  if (ingest.error) return place.replaceChildren(h("p", { class: "problem" }, ingest.error));
  const { added, changed, removed, unchanged, failed, seconds } = ingest.report;
  return place.replaceChildren(
    h("p", { class: "done" }, icon("check"), `${added} added, ${changed} changed, ${removed} removed, ${unchanged} unchanged in ${seconds.toFixed(1)} s, started by ${ingest.by}.`),
    failed.length ? h("ul", { class: "failed" }, failed.map((each) => h("li", {}, h("strong", {}, each.path.split("/").pop()), ` was not read: ${each.reason}`))) : "");
}
