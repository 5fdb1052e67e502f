// Adds the chat to any page: <script src="https://YOUR-CHAT/embed.js" async></script>
// data-label: the words on the button; data-side="left": the other corner; data-open: open at once.
(() => {
  const script = document.currentScript;
  if (!script || window.deskEmbedded) return;
  window.deskEmbedded = true;
  const home = new URL(".", script.src);
  const label = script.dataset.label || "Ask us";
  const side = script.dataset.side === "left" ? "left" : "right";
  const style = `
    :host { all: initial; }
    * { box-sizing: border-box; }
    button { font: 600 16px/1.2 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; cursor: pointer; border: 0; margin: 0; }
    button:focus-visible { outline: 3px solid #8a4322; outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
    .launch { position: fixed; z-index: 2147483000; ${side}: max(20px, env(safe-area-inset-${side})); bottom: max(20px, env(safe-area-inset-bottom)); display: flex; align-items: center; gap: 10px; min-height: 52px; padding: 0 22px 0 16px; border-radius: 26px; background: #8a4322; color: #fff; box-shadow: 0 6px 24px rgb(60 30 10 / 28%); }
    .launch:hover { background: #763718; }
    .launch svg { width: 24px; height: 24px; }
    .panel { position: fixed; z-index: 2147483001; ${side}: 20px; bottom: 88px; width: 410px; height: min(680px, calc(100vh - 108px)); border-radius: 18px; overflow: hidden; background: #fbf7f1; box-shadow: 0 12px 48px rgb(40 20 5 / 30%); }
    .panel[hidden] { display: none; }
    iframe { width: 100%; height: 100%; border: 0; display: block; }
    .close { position: absolute; top: 11px; right: 10px; width: 44px; height: 44px; display: grid; place-items: center; border-radius: 50%; background: transparent; color: #6b5c50; }
    .close:hover { background: rgb(140 100 60 / 16%); }
    .close svg { width: 22px; height: 22px; }
    @media (prefers-color-scheme: dark) { .panel { background: #1a1613; } .close { color: #b8a898; } }
    @media (max-width: 560px) { .panel { inset: 0; width: auto; height: auto; border-radius: 0; } .close { top: max(11px, env(safe-area-inset-top)); } }
  `;
  const host = document.createElement("div");
  const shade = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  shade.adoptedStyleSheets = [sheet];
  shade.innerHTML = `
    <button type="button" class="launch" aria-expanded="false" aria-haspopup="dialog">
      <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round" aria-hidden="true"><path d="M4 5h16v11H11l-5 4v-4H4z"/></svg><span></span>
    </button>
    <div class="panel" role="dialog" hidden>
      <button type="button" class="close" aria-label="Close the chat"><svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true"><path d="M6 6l12 12M18 6 6 18"/></svg></button>
    </div>`;
  const launch = shade.querySelector(".launch");
  const panel = shade.querySelector(".panel");
  launch.querySelector("span").textContent = label;
  panel.setAttribute("aria-label", label);
  let frame;

  const enter = () => frame.contentWindow?.postMessage({ desk: "focus" }, home.origin);
  const open = () => {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = label;
      frame.src = new URL("?embed=1", home);
      frame.allow = "clipboard-write";
      frame.addEventListener("load", enter);
      panel.prepend(frame);
    }
    panel.hidden = false;
    launch.setAttribute("aria-expanded", "true");
    frame.focus();
    enter();
  };
  const close = () => {
    if (panel.hidden) return;
    panel.hidden = true;
    launch.setAttribute("aria-expanded", "false");
    launch.focus();
  };
  launch.addEventListener("click", () => (panel.hidden ? open() : close()));
  panel.querySelector(".close").addEventListener("click", close);
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
  window.addEventListener("message", (event) => {
    if (frame && event.source === frame.contentWindow && event.origin === home.origin && event.data?.desk === "close") close();
  });
  const stand = () => {
    document.body.append(host);
    if (script.dataset.open !== undefined) open();
  };
  if (document.body) stand();
  else document.addEventListener("DOMContentLoaded", stand);
})();
