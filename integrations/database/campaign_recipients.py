"""The frozen recipients of campaigns, and how far each message is: a row changes only in the hands of its holder."""

from __future__ import annotations

import secrets
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from agents.campaigns.book import SHARDS
from agents.campaigns.campaign import Addressee, Person, RecipientStatus, SendCounts, Side
from integrations.database.engine import Store
from integrations.database.tables import campaign_recipients as rows
from integrations.database.tables import gtm_campaigns, mail_outcomes

_BATCH = 1000
_UNDER_WAY = ("queued", "claimed", "handed over")


def freeze(connection: Connection, recipients: Iterable[Addressee], due: datetime) -> None:
    """Write the recipients of a campaign, some at a time, within the caller's transaction; all may go from `due` on."""
    coming = iter(recipients)
    while batch := list(islice(coming, _BATCH)):
        connection.execute(rows.insert(), [_values(each, due) for each in batch])


def forget_recipients(connection: Connection, found: Iterable[Mapping[str, Any]]) -> None:
    """Take name, address and fields out of these rows, and give them and what came of them a mark that is nobody's.

    What has not gone will not, and the counts stay.
    """
    for row in found:
        one = sa.and_(rows.c.campaign == row["campaign"], rows.c.contact == row["contact"])
        nobody = Person(customer=row["customer"], address="").model_dump_json()
        waits = sa.and_(rows.c.held_out.is_(False), rows.c.status.in_(_UNDER_WAY))
        status = sa.case((waits, "withheld"), else_=rows.c.status)
        mark = secrets.token_hex(12)
        connection.execute(
            rows.update().where(one).values(person=nobody, status=status, note=None, contact=mark)
        )
        came = sa.and_(mail_outcomes.c.campaign == row["campaign"], mail_outcomes.c.contact == row["contact"])
        renamed = sa.func.replace(mail_outcomes.c.id, row["contact"], mark)  # our own ids name the mark
        connection.execute(mail_outcomes.update().where(came).values(contact=mark, id=renamed))


class RecipientTable:
    """Implements `agents.campaigns.book.SendList`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def claim(
        self,
        campaign: str,
        shard: int,
        holder: str,
        pick: Callable[[str], str],
        *,
        now: datetime,
        limit: int,
    ) -> Sequence[Addressee]:
        """Take recipients of a shard whose time has come, while the campaign is approved."""
        approved = sa.exists().where(gtm_campaigns.c.id == campaign, gtm_campaigns.c.status == "approved")
        chosen = (
            rows.select()
            .where(_of(campaign, shard), rows.c.status == "queued", rows.c.due <= now, approved)
            .order_by(rows.c.due, rows.c.contact)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        with self._store.writing() as connection:
            found = connection.execute(chosen).all()
            mine = sa.and_(rows.c.campaign == campaign, rows.c.contact == sa.bindparam("who"))
            taken = rows.update().where(mine)
            taken = taken.values(status="claimed", holder=holder, arm=sa.bindparam("which"))
            arms = {row.contact: row.arm or pick(row.customer) for row in found}
            if arms:
                connection.execute(taken, [{"who": who, "which": arm} for who, arm in arms.items()])
        return [
            _addressee(row).model_copy(update={"status": "claimed", "arm": arms[row.contact]})
            for row in found
        ]

    def hand_over(self, campaign: str, contact: str, holder: str) -> bool:
        """Say that a claimed message goes to the mailer now."""
        mine = _held(campaign, [contact], holder, ("claimed",))
        with self._store.writing() as connection:
            return connection.execute(rows.update().where(mine).values(status="handed over")).rowcount == 1

    def settle(
        self, campaign: str, contact: str, holder: str, status: RecipientStatus, note: str | None = None
    ) -> None:
        """Say what became of a message that was not sent."""
        mine = _held(campaign, [contact], holder)
        with self._store.writing() as connection:
            connection.execute(rows.update().where(mine).values(status=status, note=_short(note)))

    def sent(self, campaign: str, holder: str, messages: Mapping[str, str | None], at: datetime) -> None:
        """Say that messages have gone."""
        if not messages:
            return
        mine = sa.and_(
            rows.c.campaign == campaign,
            rows.c.contact == sa.bindparam("who"),
            rows.c.holder == holder,
            sa.or_(rows.c.status == "claimed", rows.c.status == "handed over"),
        )
        gone = rows.update().where(mine)
        gone = gone.values(status="sent", sent=at, note=None, reference=sa.bindparam("known_as"))
        with self._store.writing() as connection:
            connection.execute(
                gone, [{"who": who, "known_as": reference} for who, reference in messages.items()]
            )

    def release(
        self,
        campaign: str,
        contacts: Collection[str],
        holder: str,
        due: datetime,
        *,
        note: str | None = None,
        handed_over: bool = False,
    ) -> None:
        """Give messages back that were surely not sent."""
        statuses = ("claimed", "handed over") if handed_over else ("claimed",)
        back = rows.update().where(_held(campaign, contacts, holder, statuses))
        tried = rows.c.attempts + (0 if note is None else 1)
        with self._store.writing() as connection:
            connection.execute(
                back.values(status="queued", holder=None, due=due, note=_short(note), attempts=tried)
            )

    def take_over(self, campaign: str, shard: int, holder: str, *, repeatable: bool) -> int:
        """Settle what attempts before `holder` have left in a shard."""
        left = sa.and_(_of(campaign, shard), rows.c.holder != holder)
        again = ("claimed", "handed over") if repeatable else ("claimed",)
        doubtful = "The worker ended between handing the message over and hearing that it was taken."
        with self._store.writing() as connection:
            connection.execute(
                rows.update().where(left, rows.c.status.in_(again)).values(status="queued", holder=None)
            )
            done = connection.execute(
                rows.update()
                .where(left, rows.c.status == "handed over")
                .values(status="uncertain", note=doubtful)
            )
        return done.rowcount

    def next_due(self, campaign: str, shard: int) -> datetime | None:
        """When the next message of a shard may go, or None where all are settled."""
        first = sa.func.min(rows.c.due, type_=rows.c.due.type)
        query = sa.select(first).where(_of(campaign, shard), rows.c.status.in_(_UNDER_WAY))
        with self._store.reading() as connection:
            return connection.execute(query).scalar()

    def counts(self, campaign: str) -> SendCounts:
        """How far a campaign is."""
        query = sa.select(rows.c.held_out, rows.c.status, sa.func.count()).where(rows.c.campaign == campaign)
        with self._store.reading() as connection:
            found = connection.execute(query.group_by(rows.c.held_out, rows.c.status)).all()
        counted: dict[str, int] = defaultdict(int)
        for held_out, status, count in found:
            counted["held_out" if held_out else status.replace(" ", "_")] += count
        return SendCounts.model_validate(counted)

    def recipients(
        self, campaign: str, statuses: Collection[RecipientStatus], limit: int = 1000
    ) -> Sequence[Addressee]:
        """Recipients of these statuses, without those held out."""
        query = rows.select().where(
            rows.c.campaign == campaign, rows.c.held_out.is_(False), rows.c.status.in_(statuses)
        )
        with self._store.reading() as connection:
            found = connection.execute(query.order_by(rows.c.contact).limit(limit)).all()
        return [_addressee(row) for row in found]

    def sides(self, campaign: str) -> Sequence[Side]:
        """Every customer of a campaign: on which side chance put them, and what they got."""
        query = sa.select(rows.c.customer, rows.c.contact, rows.c.held_out, rows.c.arm)
        query = query.where(rows.c.campaign == campaign).order_by(rows.c.customer)
        with self._store.reading() as connection:
            found = connection.execute(query).all()
        return [Side(customer=who, contact=mark, held_out=held, arm=arm) for who, mark, held, arm in found]

    def written_to(self, since: datetime) -> Collection[str]:
        """The customers who got a message of any campaign since a moment, or are about to."""
        stopped = sa.exists().where(
            gtm_campaigns.c.id == rows.c.campaign, gtm_campaigns.c.status == "stopped"
        )
        waits = sa.and_(rows.c.status.in_(("queued", "claimed")), ~stopped)
        may_have = rows.c.status.in_(("handed over", "uncertain"))
        under_way = sa.and_(sa.or_(waits, may_have), rows.c.held_out.is_(False))
        query = sa.select(rows.c.customer).where(sa.or_(rows.c.sent >= since, under_way)).distinct()
        with self._store.reading() as connection:
            return set(connection.execute(query).scalars())


def _of(campaign: str, shard: int) -> sa.ColumnElement[bool]:
    return sa.and_(rows.c.campaign == campaign, rows.c.shard == shard, rows.c.held_out.is_(False))


def _held(
    campaign: str,
    contacts: Collection[str],
    holder: str,
    statuses: Collection[str] = ("claimed", "handed over"),
) -> sa.ColumnElement[bool]:
    return sa.and_(
        rows.c.campaign == campaign,
        rows.c.contact.in_(contacts),
        rows.c.holder == holder,
        rows.c.status.in_(statuses),
    )


def _values(each: Addressee, due: datetime) -> dict[str, object]:
    return {
        "campaign": each.campaign,
        "contact": each.contact,
        "customer": each.person.customer,
        "person": each.person.model_dump_json(),
        "shard": zlib.crc32(each.contact.encode()) % SHARDS,
        "held_out": each.held_out,
        "status": each.status,
        "due": due,
    }


def _addressee(row: Row[Any]) -> Addressee:
    return Addressee(
        campaign=row.campaign,
        contact=row.contact,
        person=Person.model_validate_json(row.person),
        arm=row.arm,
        held_out=row.held_out,
        status=row.status,
        attempts=row.attempts,
        note=row.note,
        sent=row.sent,
    )


def _short(note: str | None) -> str | None:
    return None if note is None else note[:500]
