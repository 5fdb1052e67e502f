// The live line: news of the conversation as they come, also after the line broke or the server was away.
import { call } from "./calls.js";

const SILENCE = 40_000; // ms; the server sends a beat every 15 s
const [FIRST, LONGEST] = [500, 15_000]; // ms before a new attempt
const PRESENT = 20_000; // ms between two signs that the customer is here
const RESTS = 30_000; // ms after which a hidden page that waits for nobody hangs up

export class LiveLine {
  // `take` gets the news; `expecting` tells whether somebody may write without being asked.
  constructor(take, expecting) {
    this.take = take;
    this.expecting = expecting;
    this.last = 0;
    this.failures = 0;
  }

  start() {
    if (this.started) return;
    this.started = true;
    this.connect();
    setInterval(() => this.present(), PRESENT);
    document.addEventListener("visibilitychange", () => {
      clearTimeout(this.resting);
      if (document.hidden) this.resting = setTimeout(() => this.rest(), RESTS);
      else if (!this.source) this.connect();
      this.present();
    });
    addEventListener("online", () => this.connect());
  }

  // The newest message that the page has; earlier ones are not sent again.
  has(messages) {
    this.last = Math.max(0, ...messages.map((message) => message.id));
  }

  connect() {
    this.hangUp();
    this.source = new EventSource(new URL(`chat/events?last=${this.last}`, document.baseURI));
    this.source.addEventListener("open", () => this.alive());
    this.source.addEventListener("beat", () => this.alive());
    this.source.addEventListener("news", (event) => {
      this.failures = 0;
      this.alive();
      const news = JSON.parse(event.data);
      if (news.whole || news.messages.length) this.has(news.messages);
      this.take(news);
    });
    this.source.addEventListener("error", () => this.again());
    this.alive();
  }

  alive() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.again(), SILENCE);
  }

  again() {
    this.hangUp();
    const pause = Math.min(LONGEST, FIRST * 2 ** this.failures++);
    this.timer = setTimeout(() => this.connect(), pause * (0.75 + Math.random() / 2));
  }

  hangUp() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  rest() {
    if (document.hidden && !this.expecting()) this.hangUp();
  }

  // Tells the desk that an answer need not go out by e-mail.
  present() {
    if (!document.hidden && this.expecting()) call("seen").catch(() => {});
  }
}
