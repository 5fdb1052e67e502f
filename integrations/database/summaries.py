"""The list of conversations, searched and filtered."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agents.domain import ConversationFilter, ConversationSummary, Reply
from integrations.database.tables import conversations, messages, votes

_ESCAPE = "\\"


def find(connection: Connection, admitted: ConversationFilter) -> list[ConversationSummary]:
    """The conversations that a filter admits, last active first.

    What the last reply decided stands in its JSON, so that a filter by it reads on until enough are found.
    """
    found: list[ConversationSummary] = []
    skip = admitted.offset
    for row in connection.execute(_query(admitted)):
        last = None if row.last_reply is None else Reply.model_validate_json(row.last_reply)
        if not _admits(admitted, last):
            continue
        if skip:
            skip -= 1
            continue
        found.append(_summary(row, last))
        if len(found) == admitted.limit:
            break
    return found


def _query(admitted: ConversationFilter) -> sa.Select[Any]:
    own = messages.c.conversation == conversations.c.id
    newest_reply = sa.select(messages.c.reply).where(own, messages.c.reply.is_not(None))
    newest_vote = sa.select(votes.c.vote).join(messages, votes.c.message == messages.c.id).where(own)
    first = sa.select(messages.c.text).where(own, messages.c.role == "customer")
    last_at = sa.select(sa.func.max(messages.c.at)).where(own).scalar_subquery()
    last_vote = newest_vote.order_by(votes.c.id.desc()).limit(1).scalar_subquery()
    query = sa.select(
        conversations,
        sa.select(sa.func.count()).select_from(messages).where(own).scalar_subquery().label("said"),
        first.order_by(messages.c.id).limit(1).scalar_subquery().label("first_question"),
        newest_reply.order_by(messages.c.id.desc()).limit(1).scalar_subquery().label("last_reply"),
        last_vote.label("vote"),
        last_at.label("last_at"),
    ).where(sa.exists().where(own))
    if admitted.state is not None:
        query = query.where(conversations.c.state == admitted.state)
    if admitted.vote is not None:
        query = query.where(last_vote == admitted.vote)
    if admitted.since is not None:
        query = query.where(last_at >= admitted.since)
    if admitted.until is not None:
        query = query.where(last_at < admitted.until)
    if admitted.text:
        like = f"%{_escaped(admitted.text)}%"
        query = query.where(sa.exists().where(own, messages.c.text.ilike(like, escape=_ESCAPE)))
    return query.order_by(last_at.desc(), conversations.c.id)


def _escaped(text: str) -> str:
    for special in (_ESCAPE, "%", "_"):
        text = text.replace(special, _ESCAPE + special)
    return text


def _admits(admitted: ConversationFilter, last: Reply | None) -> bool:
    if admitted.decision is not None and (last is None or last.decision != admitted.decision):
        return False
    below = admitted.confidence_below
    return below is None or (last is not None and last.confidence < below)


def _summary(row: sa.Row[Any], last: Reply | None) -> ConversationSummary:
    return ConversationSummary(
        id=row.id,
        state=row.state,
        episode=row.episode,
        started=row.created,
        last_at=row.last_at,
        first_question=row.first_question or "",
        messages=row.said,
        decision=last.decision if last else None,
        confidence=last.confidence if last else None,
        vote=row.vote,
        person=row.person,
    )
