// The list of messages: each once, in the order of the log, also where the same message arrives on two ways.
import { customerMessage } from "./messages.js";

const plain = (text) => text.replace(/[\s\x00-\x1f\x7f-\x9f\ufffd]+|[\ud800-\udfff]+/g, "");

export class Log {
  // `draw` makes the list item of a message.
  constructor(list, draw) {
    this.list = list;
    this.draw = draw;
    this.unconfirmed = []; // the customer's own messages that the log has not shown back yet
  }

  get empty() {
    return this.list.childElementCount === 0;
  }

  replace(messages) {
    this.unconfirmed = [];
    this.list.replaceChildren();
    for (const message of messages) this.add(message);
  }

  // Adds what is not there yet, an answer right after what it answers; gives the new item, or null.
  add(message, answered = null) {
    if (this.item(message.id) || this.confirms(message)) return null;
    const item = this.draw(message);
    item.dataset.id = message.id;
    const later = (other) => !other.dataset.id || Number(other.dataset.id) > message.id;
    this.list.insertBefore(item, answered ? answered.nextSibling : ([...this.list.children].find(later) ?? null));
    return item;
  }

  addOwn(text) {
    const item = customerMessage(text);
    this.unconfirmed.push({ text: plain(text), item });
    this.list.append(item);
    return item;
  }

  // Adds what is still being written, right after what it answers; it gives way to the answer.
  addUnfinished(item, answered) {
    this.list.insertBefore(item, answered.nextSibling);
  }

  remove(item) {
    this.unconfirmed = this.unconfirmed.filter((own) => own.item !== item);
    item.remove();
  }

  keepOnly(messages) {
    const known = new Set(messages.map((message) => String(message.id)));
    for (const item of [...this.list.children]) if (item.dataset.id && !known.has(item.dataset.id)) item.remove();
  }

  item(id) {
    return this.list.querySelector(`[data-id="${Number(id)}"]`);
  }

  confirms(message) {
    if (message.role !== "customer") return false;
    const own = this.unconfirmed.find((each) => each.text === plain(message.text));
    if (!own) return false;
    own.item.dataset.id = message.id;
    this.unconfirmed = this.unconfirmed.filter((each) => each !== own);
    return true;
  }
}
