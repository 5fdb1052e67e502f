// The chat page: draws what the session decided and sends what the customer says. Text of customers is only ever
// set as text; HTML comes from the server, which makes it from Markdown with HTML switched off.
import { call, isUp, Unreachable } from "./calls.js";
import { LiveLine } from "./live.js";
import { Log } from "./log.js";
import { botMessage, customerMessage, grow, personMessage, reveal, systemMessage, unfinishedMessage } from "./messages.js";
import { Standing } from "./standing.js";

const NEAR_END = 120; // px below the view that still count as being at the end
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
    this.list = this.find(".desk-log");
    this.log = new Log(this.list, (message) => this.item(message));
    this.standing = new Standing(root);
    this.live = new LiveLine(
      (news) => this.take(news),
      () => this.standing.withPerson || Boolean(this.standing.now?.contact),
    );
    this.held = []; // news that came while an answer of the desk was on its way
    this.turn = Promise.resolve();
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
    document.addEventListener("visibilitychange", () => this.markTitle(false));
    this.measure();
  }

  async open() {
    try {
      const opened = await call("open");
      if (opened.error) this.warn(opened.error);
      else {
        this.draw(opened);
        this.live.start();
      }
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.recover();
    }
    this.root.dataset.state = "open";
    if (parent === window && matchMedia("(hover: hover)").matches) this.box.focus();
  }

  draw({ messages, standing }) {
    this.held = [];
    this.list.removeAttribute("aria-busy");
    this.live.has(messages);
    this.log.replace(messages);
    this.stand(standing);
    this.toEnd();
  }

  item(message) {
    if (message.role === "customer") return customerMessage(message.text);
    if (message.role === "system") return systemMessage(message.text);
    return message.role === "person" ? personMessage(message, this) : botMessage(message, this.words, this);
  }

  // News of the live line: messages of the log, of which some may be here already, and how it stands.
  take(news) {
    if (this.busy) return this.held.push(news);
    const atEnd = this.belowView() < NEAR_END;
    if (news.whole) this.log.keepOnly(news.messages);
    const fresh = news.messages.filter((message) => this.log.add(message));
    this.stand(news.standing);
    if (atEnd && (fresh.length || news.standing?.typing)) this.toEnd();
    else this.offerWayDown();
    if (!fresh.some((message) => message.role === "person")) return;
    this.markTitle(document.hidden);
    this.live.present();
  }

  stand(standing) {
    this.standing.show(standing);
    this.box.placeholder = this.standing.invitation ?? this.words.placeholder;
    this.root.classList.toggle("with-person", this.standing.withPerson);
    this.root.classList.toggle("talking", !this.log.empty);
  }

  markTitle(news) {
    const title = document.title.replace(/^● /, "");
    document.title = news ? `● ${title}` : title;
  }

  async send(raw) {
    const text = raw.trim();
    if (!text || this.busy) return this.box.focus();
    if (raw.length > this.words.limit) return this.warnTooLong(raw.length);
    this.quiet();
    const fromBox = this.box.value.trim() === text;
    const known = this.live.last;
    const mine = this.log.addOwn(text);
    this.root.classList.add("talking");
    if (fromBox) this.write("");
    this.toEnd();
    if (!this.standing.withPerson) this.wait(true); // a person answers in their own time: nothing to wait for
    const unfinished = unfinishedMessage(this.words);
    try {
      const answer = await this.inTurn(() => call("ask", { text }, (html) => this.showPart(unfinished, html, mine)));
      this.wait(false);
      if (answer.error) {
        unfinished.remove();
        this.giveBack(mine, text, fromBox, answer.error);
      }
      const shown = answer.message && this.show(answer.message, mine, unfinished);
      if (answer.standing) this.stand(answer.standing);
      for (const news of this.held.splice(0)) this.take(news);
      await shown;
    } catch (error) {
      this.wait(false);
      if (!(error instanceof Unreachable)) throw error;
      if (unfinished.isConnected) {
        this.warn("We cannot be reached just now. The rest of the answer follows; we keep trying.");
        return this.recover();
      }
      mine.classList.add("unsent");
      this.giveBack(mine, text, true, "We cannot be reached just now. Your message is back in the box; we keep trying.");
      this.recover(text, known);
    } finally {
      if (!this.find(".desk-standing").contains(document.activeElement)) this.box.focus({ preventScroll: true });
    }
  }

  // Messages reach the desk in the order in which they were sent.
  inTurn(job) {
    const done = this.turn.then(job);
    this.turn = done.catch(() => {});
    return done;
  }

  // What is sure of an answer that is still being written; it is read out once it is whole.
  showPart(item, html, answered) {
    const atEnd = this.belowView() < NEAR_END;
    this.list.setAttribute("aria-busy", "true");
    if (!item.isConnected) this.log.addUnfinished(item, answered);
    grow(item, html);
    if (atEnd) this.toEnd();
  }

  async show(message, answered, unfinished) {
    const begun = unfinished.isConnected;
    const atEnd = !begun || this.belowView() < NEAR_END;
    const item = this.log.add(message, answered);
    unfinished.remove();
    if (item && !begun) {
      this.list.setAttribute("aria-busy", "true");
      await reveal(item, () => this.toEnd());
    }
    this.list.removeAttribute("aria-busy");
    if (item && atEnd) this.toEnd();
  }

  giveBack(item, text, intoBox, sentence) {
    this.log.remove(item);
    if (intoBox) this.write([text, this.box.value.trim()].filter(Boolean).join("\n"));
    this.root.classList.toggle("talking", !this.log.empty);
    this.warn(sentence);
  }

  async recover(text = "", known = 0) {
    // The message may have been stored before the line broke: the log says, so that nothing is asked twice.
    if (this.recovering) return;
    this.recovering = true;
    while (!(await isUp())) await new Promise((done) => setTimeout(done, 1500));
    this.recovering = false;
    const opened = await call("open").catch(() => null);
    if (!opened || opened.error) return this.warn(opened?.error ?? "Please reload the page.");
    this.draw(opened);
    this.live.start();
    const arrived = opened.messages.some(({ id, role, text: stored }) => id > known && role === "customer" && stored === text);
    if (arrived && this.box.value.startsWith(text)) this.write(this.box.value.slice(text.length).trim());
    this.quiet();
    this.say(this.box.value ? "We are back. Your message is still in the box." : "We are back.");
  }

  async begin() {
    if (this.busy) return;
    try {
      const begun = await call("begin");
      if (begun.error) return this.warn(begun.error);
      this.quiet();
      this.draw(begun);
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
