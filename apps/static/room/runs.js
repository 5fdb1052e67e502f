// What is being made in the background: the specialists at work, as they tell it.
import { address, post } from "./api.js";
import { h } from "./dom.js";

// `place` is where the runs are on the server; `title` and `kept` say what is made, and where it stands when it is done.
// `worker` gives of what a specialist has told: their name, how far they are (of 3), and in words what they do.
export function runsView({ place, title, kept, worker, done }) {
  const node = h("div", { class: "runs", role: "status" });
  const lines = new Map();
  const follow = (run) => {
    if (lines.has(run)) return;
    const card = h("section", { class: "panel run", "aria-label": title }, h("p", { class: "soft" }, "Starting…"));
    const source = new EventSource(address(`${place}/${run}/events`));
    lines.set(run, source);
    node.append(card);
    const end = () => {
      source.close();
      lines.delete(run);
    };
    source.addEventListener("message", (event) => {
      const now = JSON.parse(event.data);
      if (now.error) refuse(card, now.error);
      else draw(card, now);
      if (now.running) return;
      end();
      if (now.made) {
        card.remove();
        done(now.made);
      }
    });
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
      end();
      card.replaceChildren(h("p", { class: "problem" }, `How far it is cannot be told any more. If it comes to an end, it stands ${kept}.`));
    });
  };
  const draw = (card, now) => card.replaceChildren(h("h2", {}, title), h("ul", { class: "workers" }, now.specialists.map((told) => {
    const { name, step, share, words } = worker(told);
    const bar = h("progress", { max: 3, value: share, "aria-label": name });
    bar.value = share;
    return h("li", { class: step, "data-specialist": told.specialist }, h("span", { class: "strong" }, name), bar, h("span", { class: "soft small" }, words));
  })), h("p", { class: "soft small" }, `Started by ${now.by}. You can leave this page: it stands ${kept} when it is done.`));
  return {
    node,
    follow,
    async start(wanted, path = place) {
      follow((await post(path, wanted)).run);
    },
    clear: () => node.replaceChildren(...[...node.children].filter((card) => !card.querySelector(".problem"))),
    leave: () => lines.forEach((source) => source.close()),
  };
}

function refuse(card, sentence) {
  card.replaceChildren(h("div", { class: "row between" }, h("p", { class: "problem grow", role: "alert" }, coded(sentence)), h("button", { type: "button", class: "quiet", onclick: () => card.remove() }, "Close")));
}

// Commands stand between backticks.
const coded = (sentence) => sentence.split("`").map((each, at) => (at % 2 ? h("code", {}, each) : each));
