// What one can do with a campaign: its buttons, and the forms that some of them open.
import { post } from "./api.js";
import { audienceFields, testFields, wordFields } from "./campaign_forms.js";
import { worker } from "./campaign_draft.js";
import { field, problemOf } from "./campaign_fields.js";
import { h, plural } from "./dom.js";
import { note } from "./notes.js";
import { runsView } from "./runs.js";

const BUTTONS = { approve: "Approve…", edit: "Edit…", audience: "Change audience…", test: "Send me a test…", reject: "Reject…", pause: "Pause", resume: "Resume", stop: "Stop for good…" };
const ROWS = { pending: ["approve", "edit", "audience", "test", "reject"], approved: ["pause", "stop"], paused: ["resume", "stop"] };
const AT_ONCE = ["pause", "resume"];
const DANGER = ["reject", "stop"];

export function actionsView(room, path, { changed }) {
  const bar = h("div", { class: "row wrap", role: "group", "aria-label": "What to do" });
  const place = h("div", {});
  const runs = runsView({ place: "campaigns/runs", title: "A new version is being made", kept: "here", worker, done: () => made() });
  const node = h("div", { class: "campaign-actions drafting" }, bar, place, runs.node);
  let now = null;
  let open = null;
  let making = false;

  const close = () => {
    const verb = open?.verb;
    open = null;
    place.replaceChildren();
    draw();
    bar.querySelector(`[data-verb="${verb}"]`)?.focus();
  };
  // A version that somebody else has made must not close what is being written here.
  const made = () => {
    if (!making) return changed(true);
    making = false;
    close();
    note("The new version is here.");
    changed();
  };
  const draw = () => {
    const mine = now.approvals.some((each) => each.counts && each.by === room.me.full_name); // it takes somebody else then
    const verbs = room.me.may("agent") ? (ROWS[now.status] ?? []).filter((verb) => verb !== "approve" || !mine) : [];
    bar.hidden = !verbs.length;
    bar.replaceChildren(...verbs.map((verb) => h("button", { type: "button", "data-verb": verb, class: verb === "approve" ? "primary" : "quiet", "aria-expanded": AT_ONCE.includes(verb) ? null : String(open?.verb === verb),
      onclick: (event) => (AT_ONCE.includes(verb) ? decide(verb, null, event.currentTarget) : toggle(verb)) }, BUTTONS[verb])));
  };
  const toggle = (verb) => {
    if (open?.verb === verb) return close();
    const form = FORMS[verb](now, verb, room);
    open = { verb, seen: now.version, problem: problemOf("action-problem") };
    place.replaceChildren(panel(form, open.problem, { cancel: close, submit: (button) => submit(verb, form.values(), button) }));
    draw();
    place.querySelector("input, textarea, select, .primary")?.focus();
  };
  const submit = async (verb, values, button) => {
    if (verb === "test") return attempt(button, async () => {
      note((await post(`${path}/test`, values)).sent);
      close();
    });
    if (verb === "edit" || verb === "audience") return attempt(button, async () => {
      runs.clear();
      making = false;
      await runs.start({ seen: open.seen, ...values }, `${path}/${verb === "edit" ? "texts" : "audience"}`);
      making = true;
    });
    return decide(verb, values.reason, button);
  };
  const decide = (verb, text, button) => attempt(button, async () => {
    const answer = await post(`${path}/decision`, { verb, text: text || null, seen: open?.seen ?? now.version });
    if (answer.status === "already_decided") note(`${answer.by} was first: the campaign is ${answer.campaign}. Nothing of yours was done.`, { kind: "warn" });
    else note(told(verb, answer));
    close();
  }).finally(() => changed());
  // What goes wrong stands beside what was pressed.
  const attempt = async (button, call) => {
    const problem = open?.problem;
    problem?.clear();
    button.disabled = true;
    try {
      await call();
    } catch (error) {
      if (error.status === undefined) throw error;
      if (problem && error.status !== 401) problem.say(error);
      else if (error.status !== 401) note(error.message, { kind: "bad" });
    } finally {
      button.disabled = false;
    }
  };
  return {
    node,
    show(campaign) {
      const before = now;
      now = campaign;
      now.runs.forEach(runs.follow);
      if (open && before.status !== now.status) return close();
      if (open && before.version !== now.version) outdated(open.problem, now);
      draw();
    },
    key(key) {
      if (key === "Escape" && open) {
        close();
        return true;
      }
      if (key === "e" && now?.status === "pending" && room.me.may("agent") && !open) {
        toggle("edit");
        return true;
      }
      return false;
    },
    leave: runs.leave,
  };
}

const told = (verb, { campaign, text }) => ({ approve: campaign === "pending" ? `Your approval counts: ${text}.` : "It is approved and goes out.", reject: "It is rejected.", pause: "It is paused.", resume: "It goes on.", stop: "It is stopped for good." }[verb]);

function panel({ title, words, fields, label, danger }, problem, { cancel, submit }) {
  const button = h("button", { class: danger ? "primary danger" : "primary" }, label);
  return h("form", { class: "panel action-form", "aria-label": title, onsubmit: (event) => { event.preventDefault(); submit(button); } },
    h("h2", {}, title), words.map((each) => h("p", {}, each)), fields,
    problem.node,
    h("div", { class: "row wrap" }, button, h("button", { type: "button", class: "quiet", onclick: cancel }, "Cancel")));
}

function outdated(problem, now) {
  if (!problem.node.hidden) return; // it says already what is wrong
  problem.say({ message: `Version ${now.version} by ${now.versions.at(-1).by} is there now, and this form is about an older one. Look at it first: cancel, and begin anew.` });
}

const FORMS = { approve: approval, reject: ending, stop: ending, test: testFields, edit: wordFields, audience: audienceFields };

function approval(now) {
  const objections = now.prospects.objections;
  const reason = h("textarea", { id: "approve-reason", rows: 2, dir: "auto", required: true, maxlength: 1000 });
  const recipients = now.audience.eligible - now.audience.holdout;
  const given = now.approvals.filter((each) => each.counts).length;
  const words = [`${plural(recipients, "customer")} get it. From the last approval on, audience, texts and holdout are frozen.`, now.where];
  if (now.needs > 1) words.push(`Two different people have to approve it: this is approval ${given + 1} of ${now.needs}.`);
  return {
    title: `Approve version ${now.version}`, words, label: objections.length ? "Approve all the same" : "Approve",
    fields: objections.length ? [h("ul", { class: "failed" }, objections.map((each) => h("li", {}, `Finance says no: ${each}.`))), field("Why it shall go out all the same", reason, "Stands on the campaign and in the log.")] : [],
    values: () => ({ reason: reason.value.trim() }),
  };
}

function ending(now, verb) {
  const reason = h("textarea", { id: `${verb}-reason`, rows: 2, dir: "auto", maxlength: 1000 });
  const words = verb === "stop" ? "What has not gone will not go, and this cannot be undone." : "It will never be sent. A new one can be drafted at any time.";
  return { title: verb === "stop" ? "Stop it for good" : "Reject it", words: [words], fields: [field("Why (you may leave it empty)", reason)], label: verb === "stop" ? "Stop for good" : "Reject", danger: DANGER.includes(verb), values: () => ({ reason: reason.value.trim() }) };
}
