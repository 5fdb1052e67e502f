// Elements, safe Markdown, and times in words. Text only ever becomes text nodes.
const SVG = "http://www.w3.org/2000/svg";
const ALLOWED = new Set(["P", "UL", "OL", "LI", "STRONG", "EM", "CODE", "PRE", "BLOCKQUOTE", "H1", "H2", "H3", "H4", "H5", "H6", "TABLE", "THEAD", "TBODY", "TR", "TH", "TD", "BR", "HR", "A", "DIV", "SPAN"]);
const ICONS = {
  inbox: "M3 13h5l1.500 3h5L16 13h5M5.500 5h13L21 13v6H3v-6z",
  conversations: "M4 5h16v11H9l-5 4z",
  knowledge: "M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h11",
  weekly: "M4 6h16v14H4zM4 10.500h16M8 3v5m8-5v5M8 17v-2m4 2v-4m4 4v-3",
  campaigns: "M4 10v4h3l8 5V5l-8 5zM18.500 9a4 4 0 0 1 0 6M7 14l1.500 5.500h2.500L9.800 15.700",
  numbers: "M4 20V10m5.300 10V4m5.400 16v-7M20 20V8",
  health: "M3 12.500h4l3-7.500 4 14 3-6.500h4",
  team: "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20c.5-3.700 3-5.500 6.500-5.500s6 1.800 6.500 5.500M16 4.500a3.300 3.300 0 0 1 0 6.300M18 15c2 .6 3.200 2.300 3.500 5",
  back: "M15 5l-7 7 7 7",
  check: "M5 12.500l4.500 4.500L19 7.500",
  bot: "M5 9h14v10H5zM12 9V5m-3 8.500v1m6-1v1M10 5h4",
  person: "M12 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM5 20c.6-4 3.400-6 7-6s6.400 2 7 6",
  search: "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM15.500 15.500 21 21",
  up: "M12 19V5M6 11l6-6 6 6",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  out: "M14 4h5v16h-5M4 12h11m-4-4 4 4-4 4",
};

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export const icon = (name) => svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", class: "icon" }, svg("path", { d: ICONS[name] }));
export const unseen = (text) => h("span", { class: "unseen" }, text);

// Markdown that the server has made safe, copied element by element: what is not on the list does not get in.
export function rich(html, className = "rich") {
  const copy = (from, to) => {
    for (const node of from.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) to.append(node.data);
      else if (node.nodeType === Node.ELEMENT_NODE && ALLOWED.has(node.tagName)) {
        const twin = document.createElement(node.tagName);
        const href = node.tagName === "A" ? node.getAttribute("href") ?? "" : "";
        if (/^(https?:|mailto:|documents\/)/.test(href)) Object.assign(twin, { href, target: "_blank", rel: "noopener noreferrer nofollow" });
        copy(node, twin);
        to.append(twin);
      }
    }
    return to;
  };
  return copy(new DOMParser().parseFromString(html, "text/html").body, h("div", { class: className, dir: "auto" }));
}

export function duration(seconds) {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  if (Math.abs(seconds) < 60) return `${Math.floor(Math.abs(seconds))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 && hours < 10 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  return days === 1 ? "1 day" : `${days} days`;
}

// As short as it can be told, for lists.
export const brief = (seconds) => duration(seconds).replace(/ days?/, "d").replace(" h", "h").replace(" min", "m").replace(" s", "s");

const sameDay = (a, b) => a.toDateString() === b.toDateString();

export function moment(iso, now = new Date()) {
  const at = new Date(iso);
  const clock = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  if (sameDay(at, now)) return clock;
  const year = at.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
  return `${at.toLocaleDateString([], { day: "numeric", month: "short", ...year })}, ${clock}`;
}

export const time = (iso) => h("time", { datetime: iso, title: new Date(iso).toLocaleString() }, moment(iso));
export const plural = (count, one, many = `${one}s`) => `${count.toLocaleString()} ${count === 1 ? one : many}`;

// Runs `call` at most once in `wait` milliseconds.
export function throttled(wait, call) {
  let last = -Infinity;
  return (...given) => {
    if (performance.now() - last < wait) return;
    last = performance.now();
    call(...given);
  };
}

export function debounced(wait, call) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(call, wait, ...given);
  };
}
