// The strip under the head: who answers and when, and where an answer may go by e-mail.
import { call, Unreachable } from "./calls.js";

export class Standing {
  constructor(root) {
    this.strip = root.querySelector(".desk-standing");
    const find = (selector) => this.strip.querySelector(selector);
    [this.title, this.detail, this.form, this.kept] = [find("[data-title]"), find("[data-detail]"), find("form"), find(".kept")];
    [this.field, this.label, this.fault] = [find("input"), find("label"), find(".fault")];
    this.typing = root.querySelector(".desk-person");
    this.leave = find('[data-do="leave"]');
    this.leave.addEventListener("click", () => this.edit(""));
    find('[data-do="change"]').addEventListener("click", () => this.edit(this.now.contact));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save();
    });
    this.form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.editing) return;
      event.stopPropagation();
      this.stopEditing();
    });
    this.show(null);
  }

  // A person is in the conversation, or has yet to come.
  get withPerson() {
    return this.now?.state === "waiting" || this.now?.state === "person";
  }

  // What the box invites to while it leads to a person.
  get invitation() {
    if (this.now?.state === "waiting") return "Add something for our team…";
    return this.now?.state === "person" ? `Write to ${this.now.person ?? "our team"}…` : null;
  }

  show(standing) {
    this.now = standing;
    const { state, person, promise, late, contact } = standing ?? {};
    this.strip.hidden = !this.withPerson;
    this.strip.dataset.state = late ? "late" : (state ?? "bot");
    const name = person ?? "A person";
    this.write(this.title, state === "person" ? `${name} is here` : late ? "This is taking longer than we promised." : "A person will answer here.");
    this.write(this.detail, state === "person" ? "" : late ? "We are sorry; your question is not lost." : promise);
    this.write(this.kept.querySelector("b"), contact ?? "");
    this.write(this.label, late ? "Leave your e-mail, and the answer will also reach you there" : "Leave your e-mail if you would rather not wait");
    const asks = !contact && state === "waiting";
    if (!this.withPerson) this.editing = false;
    this.form.hidden = !asks && !this.editing;
    this.leave.hidden = asks || this.editing || Boolean(contact);
    this.kept.hidden = !contact || this.editing;
    this.typing.hidden = !standing?.typing;
    this.write(this.typing.querySelector("span"), `${name} is typing`);
  }

  write(node, text) {
    if (node.textContent !== text) node.textContent = text; // a screen reader reads what is set again
  }

  edit(address) {
    this.editing = true;
    this.show(this.now);
    this.field.value = address;
    this.field.focus();
  }

  stopEditing() {
    this.editing = false;
    this.complain("");
    this.show(this.now);
    (this.kept.hidden ? this.leave : this.kept.querySelector("button")).focus();
  }

  async save() {
    const email = this.field.value.trim();
    if (!email) return this.complain("Please type your e-mail address first.");
    try {
      const kept = await call("contact", { email });
      if (kept.error) return this.complain(kept.error);
      this.now = { ...this.now, contact: kept.contact };
      this.field.value = "";
      this.stopEditing();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.complain("Your address did not reach us. Please try again in a moment.");
    }
  }

  complain(sentence) {
    this.fault.textContent = sentence;
    this.fault.hidden = !sentence;
    this.field.toggleAttribute("aria-invalid", Boolean(sentence));
    if (sentence) this.field.focus();
  }
}
