"""The people's side of the session: reviews, decisions, promises, and what customers are told meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Literal

from agents.cases import Line
from agents.domain import (
    Decided,
    Decision,
    Message,
    Place,
    Review,
    ReviewStatus,
    Standing,
    first_name,
)
from agents.errors import AlreadyDecided, BadInput
from agents.hours import promise
from agents.ports import Services
from agents.reviewing import Letter, email, plan

STATUSES: dict[str, tuple[ReviewStatus, ...]] = {
    "open": ("pending", "taken"),
    "pending": ("pending",),
    "taken": ("taken",),
    "decided": ("decided",),
    "all": ("pending", "taken", "decided"),
}
TYPING_SECONDS = 6
TEXT_LENGTH = 10_000  # characters that a person may send at once
_EMAIL = re.compile(
    r"[^\s@<>\"',;:()\[\]\\]{1,64}@(?=.{4,255}$)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}"
)

Resume = Callable[[str, str, dict[str, str]], None]


class ReviewDesk:
    """Reviews and conversations as people work on them; `resume` lets a graph go on."""

    def __init__(self, services: Services, resume: Resume) -> None:
        self._services = services
        self._policy = services.policy
        self._log = services.log
        self._reviews = services.reviews
        self._resume_graph = resume

    def reviews(self, status: str = "open", limit: int = 1000) -> list[Review]:
        """The reviews of a status (open, pending, taken, decided, all), oldest first."""
        if status not in STATUSES:
            raise BadInput(f"{status!r} is no status of a review; there are {', '.join(STATUSES)}.")
        return self._reviews.list(STATUSES[status], limit)

    def review(self, review: str) -> Review:
        """One review. Raises `BadInput` for an id that there is not."""
        found = self._reviews.get(review)
        if found is None:
            raise BadInput(f"There is no review {review!r} here. `gtm reviews` lists those that wait.")
        return found

    def decide(self, review: str, decision: Decision) -> Decided:
        """Decide a review, or learn who was first. Raises `BadInput` where the decision makes no sense."""
        _check_words(decision.by, decision.text)
        now = self._services.now()
        try:
            done = self._reviews.decide(
                review,
                lambda case: plan(self._policy, case, decision, now),
                decision.seen,
                decision.place,
            )
        except AlreadyDecided:
            first = self.review(review)
            return Decided(review=review, status="already_decided", by=first.by or "", text=first.text)
        return Decided(review=review, status="done", by=decision.by, text=done.text)

    def say(
        self, conversation: str, text: str, by: str, origin: str, place: Place | None = None
    ) -> Message | Decided:
        """A person's further words to a customer; where a review waits, they are its answer."""
        text = text.strip()
        _check_words(by, text)
        if not text:
            raise BadInput("Write what the customer shall read.")
        open_review = self._reviews.latest(conversation)
        if open_review is not None and open_review.status != "decided":
            return self.decide(
                open_review.id, Decision(verb="reply", by=by, text=text, origin=origin, place=place)
            )
        standing = self._log.conversation(conversation)
        if standing is None:
            raise BadInput(f"There is no conversation {conversation!r} here.")
        question = "" if open_review is None else open_review.question
        away = timedelta(seconds=self._policy.people.away_seconds)
        letter = email(standing, Letter(question, text, by), self._services.now(), away)
        message = self._reviews.say(conversation, Line("person", text, by), origin, letter, place)
        if message is None:
            raise BadInput("Nobody is in this conversation any more. Take it over to write in it.")
        return message

    def settle(self, review: str) -> None:
        """Let the graph of a decided review go on; nothing where it has."""
        waiting = self._reviews.interrupt(review)
        if waiting is not None:
            self._resume_graph(*waiting)
            self._reviews.settled(review)

    def typing(self, conversation: str) -> None:
        """The person in the conversation is typing just now."""
        self._log.set_typing(conversation, self._services.now() + timedelta(seconds=TYPING_SECONDS))

    def standing(self, conversation: str) -> Standing:
        """How a conversation stands, as its customer may know it."""
        known = self._log.conversation(conversation)
        if known is None:
            raise BadInput(f"There is no conversation {conversation!r} here.")
        now = self._services.now()
        review = self._reviews.latest(conversation) if known.state in ("waiting", "person") else None
        waits = review is not None and review.status != "decided" and review.episode == known.episode
        return Standing(
            conversation=conversation,
            state=known.state,
            person=first_name(known.person) if known.person else None,
            typing=known.typing_until is not None and known.typing_until > now,
            due=review.due if review and waits else None,
            promise=promise(self._policy, review.opened) if review and waits else "",
            late=bool(review and waits and review.due < now),
            contact=known.contact,
        )

    def leave_contact(self, conversation: str, address: str) -> str:
        """Remember the customer's e-mail address; gives it as stored. A wrong one raises `BadInput`."""
        address = address.strip()
        if len(address) > 320 or not _EMAIL.fullmatch(address):
            raise BadInput(self._policy.texts.contact_wrong)
        self._log.set_contact(conversation, address)
        return address

    def keep_promises(self) -> dict[Literal["late", "rested"], int]:
        """Tell those who wait too long, and let conversations rest in which nobody says anything any more."""
        now = self._services.now()
        quiet = timedelta(hours=self._policy.people.quiet_hours)
        texts = self._policy.texts
        return {
            "late": self._reviews.remind_late(now, texts.late),
            "rested": self._reviews.let_rest(now - quiet, texts.went_quiet),
        }


def _check_words(by: str, text: str | None) -> None:
    if not by.strip():
        raise BadInput("A decision needs the name of the person who takes it.")
    if len(by) > 100 or any(ord(letter) < 32 for letter in by):
        raise BadInput("A name has up to 100 characters and stands on one line.")
    if text is not None and len(text) > TEXT_LENGTH:
        raise BadInput(f"That has {len(text)} characters; {TEXT_LENGTH} can be sent at once.")
