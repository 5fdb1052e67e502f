// The chat page: draws what the session decided and sends what the customer says. Text of customers is only ever
// set as text; HTML comes from the server, which makes it from Markdown with HTML switched off.
import { ask, call, isUp, Unreachable } from "./calls.js";
import { botMessage, customerMessage, reveal } from "./messages.js";

const NEAR_LIMIT = 0.85; // of the length limit: from here on the counter shows
const PERSON = "I would like to talk to a person, please.";

export function start(element, words) {
  const root = element.querySelector(".desk");
  if (!root || root.dataset.started) return;
  root.dataset.started = "yes";
  new Chat(root, words).open();
}

class Chat {
  constructor(root, words) {
    this.root = root;
    this.words = words;
    this.find = (selector) => root.querySelector(selector);
    this.log = this.find(".desk-log");
    this.scroll = this.find(".desk-scroll");
    this.box = this.find("#desk-box");
    this.notice = this.find(".desk-notice");
    this.busy = false;
    this.fill();
    this.listen();
  }

  fill() {
    this.find('[data-fill="welcome"]').textContent = this.words.welcome;
    this.find('[data-fill="offline"]').textContent = this.words.offline;
    this.box.placeholder = this.words.placeholder;
    const chips = this.words.examples.map((question) => {
      const item = document.createElement("li");
      const chip = document.createElement("button");
      chip.type = "button";
      chip.textContent = question;
      chip.addEventListener("click", () => this.send(question));
      item.append(chip);
      return item;
    });
    this.find(".desk-examples").replaceChildren(...chips);
    const embedded = new URLSearchParams(location.search).has("embed");
    document.documentElement.classList.toggle("embedded", embedded);
  }

  listen() {
    this.find(".desk-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(this.box.value);
    });
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.send(this.box.value);
      }
    });
    this.box.addEventListener("input", () => this.measure());
    this.find('[data-do="person"]').addEventListener("click", () => this.send(PERSON));
    this.find('[data-do="begin"]').addEventListener("click", () => this.begin());
    this.find('[data-do="down"]').addEventListener("click", () => this.toEnd());
    this.scroll.addEventListener("scroll", () => this.offerWayDown(), { passive: true });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && parent !== window) parent.postMessage({ desk: "close" }, "*");
    });
    window.addEventListener("message", (event) => {
      if (event.source === parent && event.data?.desk === "focus") this.box.focus();
    });
    this.measure();
  }

  async open() {
    try {
      const opened = await call("open");
      if (opened.error) this.warn(opened.error);
      else this.draw(opened.messages);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.recover("");
    }
    this.root.dataset.state = "open";
    if (parent === window && matchMedia("(hover: hover)").matches) this.box.focus();
  }

  draw(messages) {
    this.log.replaceChildren(...messages.map((message) => this.item(message)));
    this.root.classList.toggle("talking", messages.length > 0);
    this.toEnd();
  }

  item(message) {
    return message.role === "customer" ? customerMessage(message.text) : botMessage(message, this.words, this);
  }

  async send(raw) {
    const text = raw.trim();
    if (!text || this.busy) return this.box.focus();
    if (raw.length > this.words.limit) return this.warnTooLong(raw.length);
    this.quiet();
    const fromBox = this.box.value.trim() === text;
    const mine = customerMessage(text);
    this.log.append(mine);
    this.root.classList.add("talking");
    if (fromBox) this.write("");
    this.wait(true);
    try {
      const answer = await ask(text);
      this.wait(false);
      if (answer.error) this.giveBack(mine, text, fromBox, answer.error);
      else await this.show(answer.message);
    } catch (error) {
      this.wait(false);
      if (!(error instanceof Unreachable)) throw error;
      mine.classList.add("unsent");
      this.giveBack(mine, text, true, "We cannot be reached just now. Your message is back in the box; we keep trying.");
      this.recover(text);
    } finally {
      this.box.focus({ preventScroll: true });
    }
  }

  async show(message) {
    const item = this.item(message);
    this.log.setAttribute("aria-busy", "true");
    this.log.append(item);
    await reveal(item, () => this.toEnd());
    this.log.removeAttribute("aria-busy");
    this.toEnd();
  }

  giveBack(item, text, intoBox, sentence) {
    item.remove();
    if (intoBox && !this.box.value.trim()) this.write(text);
    this.root.classList.toggle("talking", this.log.childElementCount > 0);
    this.warn(sentence);
  }

  async recover(text) {
    // The message may have been stored before the line broke: the log says, so that nothing is asked twice.
    if (this.recovering) return;
    this.recovering = true;
    while (!(await isUp())) await new Promise((done) => setTimeout(done, 1500));
    this.recovering = false;
    const opened = await call("open").catch(() => null);
    if (!opened || opened.error) return this.warn(opened?.error ?? "Please reload the page.");
    this.draw(opened.messages);
    const [last, reply] = opened.messages.slice(-2);
    const arrived = text && reply && last.text === text && reply.role !== "customer";
    if (arrived && this.box.value.trim() === text) this.write("");
    this.quiet();
    this.say(this.box.value ? "We are back. Your message is still in the box." : "We are back.");
  }

  async begin() {
    if (this.busy) return;
    try {
      const begun = await call("begin");
      if (begun.error) return this.warn(begun.error);
      this.quiet();
      this.draw([]);
      this.say("A new conversation has begun.");
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.warn("We cannot be reached just now. Please try again in a moment.");
    }
    this.box.focus();
  }

  wait(yes) {
    this.busy = yes;
    this.root.classList.toggle("busy", yes);
    this.find(".desk-typing").hidden = !yes;
    this.find(".send").setAttribute("aria-disabled", String(yes));
    if (yes) this.toEnd();
  }

  warnTooLong(length) {
    const [has, may] = [length, this.words.limit].map((count) => count.toLocaleString("en"));
    this.warn(`That message has ${has} characters; we can read up to ${may} at once. Please shorten it, or send it in parts.`);
  }

  warn(sentence) {
    this.notice.textContent = sentence;
    this.notice.hidden = false;
    this.box.focus({ preventScroll: true });
  }

  quiet() {
    this.notice.hidden = true;
    this.notice.textContent = "";
  }

  say(sentence) {
    this.find("[data-say]").textContent = sentence;
  }

  write(text) {
    this.box.value = text;
    this.measure();
  }

  measure() {
    const atEnd = this.belowView() < 40;
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, 168)}px`;
    const [length, limit] = [this.box.value.length, this.words.limit];
    const count = this.find(".desk-count");
    count.textContent = length > limit * NEAR_LIMIT ? `${length.toLocaleString("en")} of ${limit.toLocaleString("en")}` : "";
    count.classList.toggle("over", length > limit);
    this.root.classList.toggle("counting", count.textContent !== "");
    this.root.classList.toggle("written", this.box.value.trim() !== "");
    if (atEnd) this.toEnd();
  }

  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  belowView() {
    return this.scroll.scrollHeight - this.scroll.clientHeight - this.scroll.scrollTop;
  }

  offerWayDown() {
    this.find(".desk-down").hidden = this.belowView() < 160;
  }
}
