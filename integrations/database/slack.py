"""Which Slack message stands for what, and what the channel has yet to be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from agents.domain import Place
from agents.team_channel import ChannelMessage, ChannelStanding, Heard
from integrations.database import campaign_cards, campaign_orders, postings
from integrations.database import outbox as effects
from integrations.database.engine import Store
from integrations.database.slack_notes import (
    HEARD,
    KIND,
    insert_into,
    insert_message,
    newest_review,
    note_case,
)
from integrations.database.tables import (
    conversations,
    outbox,
    reviews,
    slack_connection,
    slack_events,
    slack_messages,
)

HEARD_BY_JOBS_AFTER = timedelta(seconds=15)  # who hears it passes it on; the jobs do where that process died
EVENTS_KEPT = timedelta(days=1)


class SlackBook:
    """Implements `agents.team_channel.ChannelBook`."""

    def __init__(self, store: Store) -> None:
        """Work on the tables of a store."""
        self._store = store

    def turn_on(self, channel: str, now: datetime) -> None:
        """From now on cases go to this channel; those that are open and not there yet go now."""
        known = sa.exists().where(slack_messages.c.review == reviews.c.id, slack_messages.c.ts.is_not(None))
        waits = sa.exists().where(
            outbox.c.review == reviews.c.id,
            outbox.c.kind == KIND,
            # What Slack has refused for good is tried again once a day.
            sa.or_(outbox.c.status == "pending", outbox.c.created > now - timedelta(days=1)),
        )
        query = sa.select(reviews.c.id, reviews.c.conversation).where(
            reviews.c.status != "decided", ~known, ~waits
        )
        with self._store.writing() as connection:
            found = connection.execute(sa.select(slack_connection.c.channel)).scalars().all()
            if list(found) != [channel]:
                connection.execute(slack_connection.delete())
                connection.execute(slack_connection.insert().values(channel=channel, since=now))
            for row in connection.execute(query.order_by(reviews.c.opened)).all():
                note_case(connection, row.id, row.conversation, now)

    def turn_off(self) -> None:
        """Nothing goes there any more; what still waits is let go of."""
        with self._store.writing() as connection:
            connection.execute(slack_connection.delete())
            ours = outbox.c.kind.in_((KIND, postings.SHOWN, campaign_orders.DRAFT, campaign_cards.CARD))
            connection.execute(outbox.delete().where(ours, outbox.c.status != "delivered"))
            for part in (postings, campaign_orders, campaign_cards):
                part.let_go(connection)

    def standing(self) -> ChannelStanding | None:
        """The channel that cases go to, or None."""
        ours = outbox.c.kind.in_((KIND, HEARD))
        late = outbox.select().where(ours, outbox.c.status != "delivered", outbox.c.reason > "")
        with self._store.reading() as connection:
            row = connection.execute(sa.select(slack_connection)).first()
            if row is None:
                return None
            trouble = connection.execute(late.order_by(outbox.c.id).limit(1)).first()
            counted = sa.select(sa.func.count()).select_from(late.subquery())
            waiting = connection.execute(counted).scalar_one()
        return ChannelStanding(
            channel=row.channel,
            since=row.since,
            waiting=waiting,
            trouble=None if trouble is None else trouble.reason,
        )

    def take(self, review: str, holder: str, now: datetime, until: datetime) -> bool:
        """Hold a case for a while; False where somebody else does."""
        free = sa.or_(
            slack_messages.c.held_until.is_(None),
            slack_messages.c.held_until < now,
            slack_messages.c.holder == holder,
        )
        query = sa.select(reviews.c.conversation, reviews.c.episode).where(reviews.c.id == review)
        with self._store.writing() as connection:
            case = connection.execute(query).one_or_none()
            if case is None:
                return False
            card = ChannelMessage(
                key=f"card:{review}",
                kind="card",
                conversation=case.conversation,
                episode=case.episode,
                review=review,
            )
            insert_message(connection, card)
            # An episode has one thread, however many reviews: its first card is held for all of them.
            own = (
                slack_messages.c.conversation == case.conversation,
                slack_messages.c.episode == case.episode,
                slack_messages.c.kind == "card",
            )
            first = sa.select(sa.func.min(slack_messages.c.number)).where(*own).scalar_subquery()
            held = slack_messages.update().where(*own, slack_messages.c.number == first, free)
            taken = connection.execute(held.values(holder=holder, held_until=until))
            return taken.rowcount == 1

    def release(self, holder: str) -> None:
        """Let go of what somebody holds."""
        self._change(slack_messages.c.holder == holder, holder=None, held_until=None)

    def messages(self, conversation: str, episode: int) -> Sequence[ChannelMessage]:
        """The messages of an episode, posted or to be posted, in order."""
        own = slack_messages.c.conversation == conversation, slack_messages.c.episode == episode
        query = slack_messages.select().where(*own).order_by(slack_messages.c.number, slack_messages.c.key)
        with self._store.reading() as connection:
            return [_message(row) for row in connection.execute(query)]

    def add(self, message: ChannelMessage) -> ChannelMessage:
        """A message to be posted; the one of this key that is there stands."""
        with self._store.writing() as connection:
            insert_message(connection, message)
            row = connection.execute(slack_messages.select().where(slack_messages.c.key == message.key)).one()
        return _message(row)

    def tried(self, key: str, at: datetime | None) -> None:
        """It may be there from now on; None: it is not there."""
        self._change(slack_messages.c.key == key, tried=at)

    def posted(self, key: str, place: Place, shown: str | None) -> None:
        """It stands there and shows this."""
        where = {"channel": place.channel, "thread": place.thread, "ts": place.message}
        self._change(slack_messages.c.key == key, **where, shown=shown)

    def wake(self, review: str, at: datetime) -> None:
        """Bring a case up to date then; once for a moment."""
        with self._store.writing() as connection:
            query = sa.select(reviews.c.conversation).where(reviews.c.id == review)
            conversation = connection.execute(query).scalar_one()
            note_case(connection, review, conversation, at, at)

    def case_of(self, channel: str, thread: str) -> tuple[str, str] | None:
        """Conversation and newest review of the case whose thread this is, or None."""
        card = (
            slack_messages.c.channel == channel,
            slack_messages.c.ts == thread,
            slack_messages.c.kind == "card",
        )
        with self._store.reading() as connection:
            row = connection.execute(slack_messages.select().where(*card).limit(1)).first()
            if row is None:
                return None
            known = sa.select(conversations.c.episode).where(conversations.c.id == row.conversation)
            if connection.execute(known).scalar() != row.episode:
                return row.conversation, row.review
            return row.conversation, newest_review(connection, row.conversation) or row.review

    def hear(self, place: Place, member: str, text: str, now: datetime) -> Heard | None:
        """Keep what was written in a thread until it has reached the customer; None where it was heard before."""
        key = f"slack-said:{place.channel}:{place.message}"
        payload = {**place.model_dump(exclude_none=True), "member": member, "text": text}
        case = self.case_of(place.channel, place.thread or "")
        if case is None:
            return None
        with self._store.writing() as connection:
            effect = effects.add(
                connection,
                key=key,
                kind=HEARD,
                payload=payload,
                now=now + HEARD_BY_JOBS_AFTER,
                conversation=case[0],
                review=case[1],
            )
        if effect is None:
            return None
        return Heard(effect=effect, place=place, member=member, text=text)

    def first_time(self, event: str, now: datetime) -> bool:
        """Whether an event comes for the first time; of two processes that ask, one is told True."""
        with self._store.writing() as connection:
            insert = insert_into(connection)(slack_events).values(id=event, at=now)
            put = insert.on_conflict_do_nothing(index_elements=["id"]).returning(slack_events.c.id)
            first = connection.execute(put).first() is not None
            connection.execute(slack_events.delete().where(slack_events.c.at < now - EVENTS_KEPT))
        return first

    def _change(self, *conditions: sa.ColumnElement[bool], **values: object) -> None:
        with self._store.writing() as connection:
            connection.execute(slack_messages.update().where(*conditions).values(values))


def _message(row: Row[Any]) -> ChannelMessage:
    place = None if row.ts is None else Place(channel=row.channel, message=row.ts, thread=row.thread)
    return ChannelMessage(
        key=row.key,
        kind=row.kind,
        conversation=row.conversation,
        episode=row.episode,
        review=row.review,
        subject=row.subject,
        place=place,
        tried=row.tried,
        shown=row.shown,
    )
