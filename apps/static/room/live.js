// The live line: tells when something changed, and when nothing can be heard.
import { address } from "./api.js";

const SILENT = 4000; // ms; a restart of the server is no news
const AGAIN = 5000;

export function listen({ changed, connected, ended }) {
  let source;
  let silent;
  let again;
  let stopped = false;
  const open = () => {
    if (stopped) return;
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
      silent = setTimeout(() => connected(false), SILENT);
      if (source.readyState === EventSource.CLOSED) again = setTimeout(open, AGAIN);
    });
  };
  open();
  return () => {
    stopped = true;
    clearTimeout(silent);
    clearTimeout(again);
    source.close();
  };
}
