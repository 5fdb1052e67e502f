// Vega-Lite charts that follow the page's width and its light or dark paper.
import { h } from "./dom.js";

const DARK = matchMedia("(prefers-color-scheme: dark)");
const OPTIONS = { actions: false, ast: true, renderer: "svg", defaultStyle: false, tooltip: { theme: "room", disableDefaultStyle: true } };
let library;

// The library is large: it comes with the first chart, and from this server.
const vega = () => (library ??= import(new URL("room/vega.js", document.baseURI)).then(() => window.vegaEmbed));

export function chartBox({ specification, words }, dark) {
  const place = h("div", { class: "vega" });
  const node = h("div", { class: "vega-box", role: "img", "aria-label": words }, place);
  let drawn;
  let wish = 0;
  const draw = async () => {
    const mine = ++wish;
    try {
      const embed = await vega();
      const wide = { ...specification, width: "container", autosize: { type: "fit-x", contains: "padding" }, config: DARK.matches ? dark : specification.config };
      const next = await embed(place, wide, OPTIONS);
      if (mine !== wish) return next.finalize();
      drawn?.finalize();
      drawn = next;
    } catch {
      if (mine === wish) node.replaceWith(h("p", { class: "soft" }, "This chart cannot be drawn here. ", words));
    }
  };
  DARK.addEventListener("change", draw);
  return {
    node,
    draw,
    leave() {
      wish += 1;
      DARK.removeEventListener("change", draw);
      drawn?.finalize();
    },
  };
}
