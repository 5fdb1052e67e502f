// The live line: tells when something changed, and when nothing can be heard.
import { address } from "./api.js";

export function listen({ changed, connected, ended }) {
  let source;
  let silent;
  const open = () => {
    source = new EventSource(address("live"));
    source.addEventListener("ready", () => {
      clearTimeout(silent);
      connected(true);
    });
    source.addEventListener("change", (event) => changed(JSON.parse(event.data).conversations));
    source.addEventListener("ended", () => {
      source.close();
      ended();
    });
    source.addEventListener("error", () => {
      clearTimeout(silent);
      silent = setTimeout(() => connected(false), 4000);
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 5000);
    });
  };
  open();
  return () => {
    clearTimeout(silent);
    source.close();
  };
}
