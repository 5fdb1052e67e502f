"""The desk's numbers, counted from the conversation log and the reviews."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from agents.domain import DayFigures, DeskFigures, Reply, ReplyDecision
from agents.policy import People
from integrations.database.engine import Store
from integrations.database.tables import messages, votes


@dataclass
class _Episode:
    """From a customer's first message until the conversation rests."""

    begun: datetime
    ended: datetime
    questions: int = 0
    decisions: list[ReplyDecision] = field(default_factory=list)
    bot_at: datetime | None = None
    escalated: datetime | None = None
    person_at: datetime | None = None
    disliked: bool = False

    @property
    def answered_by_bot(self) -> bool:
        return "answer" in self.decisions and self.escalated is None


class LedgerBook:
    """Implements `Ledger`; reads only."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def figures(self, since: datetime, until: datetime, people: People) -> DeskFigures:
        """The figures of the episodes begun in a period.

        Resolved (also: deflected) is an episode that the bot answered, that was not escalated, not reopened
        within the policy's days, and got no thumb down; deflection is their share of all episodes. A first
        response runs from the episode's first message to the bot's first answer, a person's from the
        escalation to the person's first message.
        """
        episodes, likes = self._read(since, until + timedelta(days=people.reopened_days))
        counted = {key: one for key, one in episodes.items() if since <= one.begun < until}
        reopened = {key for key in counted if _reopened(key, episodes, people)}
        resolved = [
            key
            for key, one in counted.items()
            if one.answered_by_bot and not one.disliked and key not in reopened
        ]
        decisions = Counter(decision for one in counted.values() for decision in one.decisions)
        bot = [(one.bot_at - one.begun).total_seconds() for one in counted.values() if one.bot_at]
        person = [
            (one.person_at - one.escalated).total_seconds()
            for one in counted.values()
            if one.person_at and one.escalated
        ]
        return DeskFigures(
            asked=sum(one.questions for one in counted.values()),
            answered=decisions["answer"],
            clarified=decisions["clarify"],
            escalated=sum(one.escalated is not None for one in counted.values()),
            resolved=len(resolved),
            reopened=len(reopened),
            deflection=len(resolved) / len(counted) if counted else None,
            bot_response_p50=_quantile(bot, 0.5),
            bot_response_p95=_quantile(bot, 0.95),
            person_response_p50=_quantile(person, 0.5),
            person_response_p95=_quantile(person, 0.95),
            helpful=likes["up"],
            unhelpful=likes["down"],
            days=_days(list(counted.values()), ZoneInfo(people.timezone)),
        )

    def _read(self, since: datetime, until: datetime) -> tuple[dict[tuple[str, int], _Episode], Counter[str]]:
        newest = sa.select(sa.func.max(votes.c.id)).group_by(votes.c.message)
        vote = sa.select(votes.c.message, votes.c.vote).where(votes.c.id.in_(newest)).subquery()
        columns = (
            messages.c.conversation,
            messages.c.episode,
            messages.c.role,
            messages.c.at,
            messages.c.reply,
        )
        query = (
            sa.select(*columns, vote.c.vote)
            .outerjoin(vote, vote.c.message == messages.c.id)
            .where(messages.c.at >= since, messages.c.at < until)
            .order_by(messages.c.id)
        )
        episodes: dict[tuple[str, int], _Episode] = {}
        likes: Counter[str] = Counter()
        with self._store.reading() as connection:
            for row in connection.execute(query):
                key = (row.conversation, row.episode)
                if row.role == "customer" and key not in episodes:
                    episodes[key] = _Episode(row.at, row.at)
                if key in episodes:
                    _count(episodes[key], row)
                if row.vote:
                    likes[row.vote] += 1
        return episodes, likes


def _count(episode: _Episode, row: Any) -> None:
    episode.ended = row.at
    if row.role == "customer":
        episode.questions += 1
    elif row.role == "person":
        episode.person_at = episode.person_at or row.at
    elif row.role == "bot" and row.reply is not None:
        decision = Reply.model_validate_json(row.reply).decision
        episode.decisions.append(decision)
        if decision == "escalate":
            episode.escalated = episode.escalated or row.at
        else:
            episode.bot_at = episode.bot_at or row.at
    episode.disliked = episode.disliked or row.vote == "down"


def _reopened(key: tuple[str, int], episodes: dict[tuple[str, int], _Episode], people: People) -> bool:
    following = episodes.get((key[0], key[1] + 1))
    if following is None:
        return False
    return following.begun - episodes[key].ended <= timedelta(days=people.reopened_days)


def _quantile(seconds: Sequence[float], share: float) -> float | None:
    """The nearest-rank quantile; None of nothing."""
    if not seconds:
        return None
    ranked = sorted(seconds)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def _days(episodes: Sequence[_Episode], zone: ZoneInfo) -> tuple[DayFigures, ...]:
    asked: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    escalated: Counter[str] = Counter()
    for one in episodes:
        day = f"{one.begun.astimezone(zone):%Y-%m-%d}"
        asked[day] += one.questions
        answered[day] += one.decisions.count("answer")
        escalated[day] += one.escalated is not None
    return tuple(
        DayFigures(day=day, asked=asked[day], answered=answered[day], escalated=escalated[day])
        for day in sorted(asked)
    )
