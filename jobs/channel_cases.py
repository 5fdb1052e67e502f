"""Brings what the team's channel shows of a case up to date: card, thread, offer to learn, reminders."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from agents.domain import Message, Review
from agents.entries import Entry
from agents.errors import ChannelClosed, Permanent, Throttled
from agents.hours import due, is_open
from agents.policy import People
from agents.ports import Services
from agents.session import Session
from agents.team_channel import (
    Card,
    CardSource,
    ChannelMessage,
    Note,
    Offer,
    Reminder,
    TeamChannel,
    ThreadLine,
)

HELD: Final = timedelta(seconds=20)
"""For which a process works on a case alone; longer than the vendor takes for one message."""

LOOK_BACK: Final = timedelta(minutes=2)
"""Clocks differ: a message that was posted at a moment is looked for from so long before."""

BUSY: Final = ""  # another process is at it, which nobody needs to be told

ROUNDS: Final = 20  # in which a case that changes meanwhile is looked at again

log = logging.getLogger(__name__)


class ChannelCases:
    """Compares what the channel shows of a case with how the case stands, and posts or changes what differs.

    Whatever happened, and in whatever order it is heard of, one such look makes everything right. A message is
    noted before it is posted; where a process died in between, it is looked for before it is posted again.
    """

    def __init__(
        self, session: Session, services: Services, channel: TeamChannel, held: timedelta = HELD
    ) -> None:
        """Post nothing yet."""
        self._session, self._services, self._channel, self._held = session, services, channel, held
        self._book, self._now = services.channel_book, services.now
        self._mask = session.privacy.mask_for("slack")

    def bring_up_to_date(self, review: str) -> None:
        """Let the channel show how a case stands. Raises `Throttled` while another process does so."""
        found = self._services.reviews.get(review)
        if found is None or self._book.standing() is None:
            return  # erased meanwhile, or Slack was let go of
        holder = secrets.token_hex(8)
        if not self._hold(review, holder):
            raise Throttled(BUSY, 1.0)
        try:
            for _ in range(ROUNDS):
                if not self._one_step(review, holder):
                    return
        finally:
            self._book.release(holder)

    def _hold(self, review: str, holder: str) -> bool:
        now = self._now()
        return self._book.take(review, holder, now, now + self._held)

    def _one_step(self, review_id: str, holder: str) -> bool:
        """Look at the case afresh and make one pass; False where nothing had to be done."""
        review = self._session.review(review_id)
        known = {each.key: each for each in self._book.messages(review.conversation, review.episode)}
        root = next((each.place for each in known.values() if each.kind == "card" and each.place), None)
        thread = None if root is None else root.thread or root.message
        done = False

        def show(message: ChannelMessage, note: Note) -> None:
            nonlocal done
            if not self._hold(review_id, holder):
                raise Throttled(BUSY, 1.0)
            done = self._show(message, note, thread) or done

        show(known[f"card:{review_id}"], self._card(review))
        if thread is None:
            return done  # the next look knows the thread
        for line in (each for each in known.values() if each.kind == "line"):
            self._line(line, show)
        self._offer(review, known, show)
        self._remind(review, known, show)
        return done

    def _show(self, message: ChannelMessage, note: Note, thread: str | None) -> bool:
        """Post or change one message, unless it shows just that."""
        mark = hashlib.sha256(note.model_dump_json().encode()).hexdigest()[:32]
        if message.place is not None:
            if message.shown == mark:
                return False
            self._channel.update(message.place, message.key, note)
            self._book.posted(message.key, message.place, mark)
            return True
        place = None
        if message.tried is not None:
            place = self._channel.find(message.key, message.tried - LOOK_BACK, thread)
        if place is not None:
            self._book.posted(message.key, place, None)
            return True
        self._book.tried(message.key, self._now())
        try:
            place = self._channel.post(message.key, note, thread)
        except (Throttled, ChannelClosed, Permanent):
            self._book.tried(message.key, None)
            raise
        self._book.posted(message.key, place, mark)
        return True

    def _card(self, review: Review) -> Card:
        standing = self._services.log.conversation(review.conversation)
        joined = standing.person if standing and standing.state == "person" else None
        if standing and standing.episode != review.episode:
            joined = None
        url, people = self._services.public_url, self._session.policy.people
        zone = ZoneInfo(people.timezone)
        return Card(
            review=review.id,
            question=self._mask(review.question),
            draft=self._mask(review.draft),
            reason=review.reason,
            confidence=review.confidence,
            confidence_word=self._session.policy.confidence_word(review.confidence),
            sources=tuple(
                CardSource(title=self._title(each.document), section=each.section)
                for each in {(each.document, each.section): each for each in review.citations}.values()
            ),
            contact=self._mask(review.contact) if review.contact else None,
            opened=review.opened.astimezone(zone),
            due=review.due.astimezone(zone),
            zone=people.zone_name,
            status=review.status,
            by=review.by,
            verb=review.verb,
            decided=review.decided,
            joined=joined,
            # A decided card bears no buttons that need it, and must not change with every further message.
            seen=review.seen if review.status != "decided" else 0,
            room=f"{url.rstrip('/')}/room#review/{review.id}" if url else None,
        )

    def _title(self, name: str) -> str:
        document = self._session.document(name)
        return document.title if document else name

    def _line(self, line: ChannelMessage, show: Callable[[ChannelMessage, Note], None]) -> None:
        if line.place is not None:
            return  # said in Slack, or shown: what was said does not change
        message = self._message(line)
        if message is not None:
            note = ThreadLine(role=message.role, text=self._mask(message.text), by=message.by)
            show(line, note)

    def _message(self, line: ChannelMessage) -> Message | None:
        return None if line.subject is None else self._services.log.message(line.subject)

    def _offer(
        self,
        review: Review,
        known: dict[str, ChannelMessage],
        show: Callable[[ChannelMessage, Note], None],
    ) -> None:
        """What may be learned from the answer, once it is proposed."""
        entry = self._services.entries.of_review(review.id)
        if entry is None or review.status != "decided":
            return
        key = f"offer:{entry.id}"
        message = known.get(key) or self._book.add(
            ChannelMessage(
                key=key,
                kind="offer",
                conversation=review.conversation,
                episode=review.episode,
                review=review.id,
                subject=entry.id,
            )
        )
        undo_until = entry.changed + timedelta(minutes=self._services.channel_policy.undo_minutes)
        can_undo = entry.status in ("accepted", "dismissed") and self._now() < undo_until
        if can_undo:
            self._book.wake(review.id, undo_until)
        show(message, self._offer_of(entry, undo=can_undo))

    def _offer_of(self, entry: Entry, *, undo: bool) -> Offer:
        if entry.status != "proposed":
            return Offer(
                entry=entry.id,
                question=self._mask(entry.question),
                answer=self._mask(entry.answer),
                status=entry.status,
                by=entry.by,
                undo=undo,
            )
        proposal = self._session.learning.proposal(entry.id)
        comparison = proposal.comparison
        return Offer(
            entry=entry.id,
            question=proposal.question,
            answer=proposal.answer,
            personal=tuple(part.kind for part in proposal.personal),
            contradictions=tuple(each.theirs for each in comparison.contradictions) if comparison else (),
            status="proposed",
            note=proposal.note,
        )

    def _remind(
        self,
        review: Review,
        known: dict[str, ChannelMessage],
        show: Callable[[ChannelMessage, Note], None],
    ) -> None:
        """Bring a customer who waits too long back to mind; nobody is reminded while the shop is closed."""
        if review.status == "decided":
            return
        policy, people, now = self._services.channel_policy, self._session.policy.people, self._now()
        if now < review.due:
            self._book.wake(review.id, review.due)
            return
        if not is_open(people, now):
            self._book.wake(review.id, _after(people, now, 0))
            return
        waiting = waiting_words(review.waiting_seconds(now))
        first, second = f"reminder:{review.id}:1", f"reminder:{review.id}:2"
        if first not in known:
            show(self._reminder(review, first), Reminder(text=policy.reminder.format(waiting=waiting)))
        mention_at = _after(people, review.due, policy.mention_after_minutes)
        if now < mention_at:
            self._book.wake(review.id, mention_at)
        elif policy.on_call and second not in known:
            text = policy.mention.format(waiting=waiting, people="{people}")
            show(self._reminder(review, second), Reminder(text=text, people=policy.on_call))

    def _reminder(self, review: Review, key: str) -> ChannelMessage:
        return self._book.add(
            ChannelMessage(
                key=key,
                kind="reminder",
                conversation=review.conversation,
                episode=review.episode,
                review=review.id,
            )
        )


def waiting_words(seconds: float) -> str:
    """How long somebody has waited, as people say it."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return f"{minutes} minute{'s' if minutes > 1 else ''}"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest} min" if rest else f"{hours} hour{'s' if hours > 1 else ''}"
    days, hours = divmod(hours, 24)
    return f"{days} day{'s' if days > 1 else ''}" + (f" {hours} h" if hours else "")


def _after(people: People, moment: datetime, minutes: int) -> datetime:
    """So many open minutes after a moment."""
    return due(people.model_copy(update={"first_response_minutes": minutes}), moment)
