"""What a person's decision does: which words the customer reads, and what has to happen outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from agents.cases import Case, Conversation, Line, NewEffect, Opening, Plan
from agents.domain import Decision, first_name
from agents.episodes import Step, step
from agents.errors import AlreadyDecided, BadInput
from agents.hours import due
from agents.policy import SupportPolicy

ADDED = "written while a person was answering"


@dataclass(frozen=True, slots=True)
class Letter:
    """What an answer by e-mail says."""

    question: str
    answer: str
    by: str


def plan(policy: SupportPolicy, case: Case, decision: Decision, now: datetime) -> Plan:
    """The whole of a decision, before anything is done. Raises `AlreadyDecided` and `BadInput`."""
    review, conversation = case.review, case.conversation
    if review.episode != conversation.episode or case.followed:
        raise AlreadyDecided(f"The conversation has gone on since; {review.by} had decided this.")
    holder = review.by if review.status != "decided" else conversation.person or review.by
    done = step(decision.verb, review.status, conversation.state, holder=holder, by=decision.by)
    text = _text(case, decision)
    follow_up = None
    if case.added and done.status == "decided" and done.state != "person":
        follow_up = Opening(case.added, "", 0.0, ADDED, due(policy.people, now))
    words = None
    if done.answers and text:
        away = timedelta(seconds=policy.people.away_seconds)
        words = email(conversation, Letter(review.question, text, decision.by), now, away)
    return Plan(
        step=done,
        verb=decision.verb,
        by=decision.by,
        text=text,
        lines=_lines(policy, done, decision, text),
        effects=_effects(case, done, words),
        origin=decision.origin,
        follow_up=follow_up,
        place=decision.place,
    )


def _text(case: Case, decision: Decision) -> str | None:
    """The words of a decision: the answer, or the reason of a rejection."""
    given = (decision.text or "").strip() or None
    if decision.verb == "approve":
        if given is not None:
            raise BadInput("To approve is to send the draft as it is; use edit to change it.")
        if not case.review.draft:
            raise BadInput("There is no draft to approve; use reply and write the answer.")
        return case.review.draft
    if decision.verb in ("edit", "reply") and given is None:
        raise BadInput(
            f"{decision.verb} needs the text that the customer shall read (--text on the command line)."
        )
    return given


def _lines(policy: SupportPolicy, done: Step, decision: Decision, text: str | None) -> tuple[Line, ...]:
    texts, name = policy.texts, first_name(decision.by)
    lines = []
    if done.joins:
        lines.append(Line("system", texts.joined.format(name=name)))
    if done.answers and text:
        lines.append(Line("person", text, decision.by, answers=True))
    if done.leaves:
        lines.append(Line("system", texts.left.format(name=name)))
    if decision.verb == "reject":
        lines.append(Line("system", texts.rejected))
    return tuple(lines)


def _effects(case: Case, done: Step, words: NewEffect | None) -> tuple[NewEffect, ...]:
    review = case.review
    effects = [] if words is None else [words]
    if done.answers:
        effects.append(NewEffect("propose", f"propose:{review.id}", {}))
    if done.status == "decided" and review.status != "decided":
        effects.append(NewEffect("resume", f"resume:{review.id}", {}))
        effects.append(NewEffect("ticket", f"ticket-close:{review.id}", {"action": "close"}))
    return tuple(effects)


def email(conversation: Conversation, letter: Letter, now: datetime, away: timedelta) -> NewEffect | None:
    """The answer by e-mail, for a customer who has left an address.

    Where the page was open less than `away` ago it waits as long: if the customer reads on there, it is withdrawn.
    """
    if conversation.contact is None:
        return None
    here = conversation.seen is not None and conversation.seen > now - away
    payload = {
        "to": conversation.contact,
        "question": letter.question,
        "answer": letter.answer,
        "by": letter.by,
    }
    return NewEffect("email", "email:{message}", payload, now + away if here else None)
