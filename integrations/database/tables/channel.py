"""What stands in the team's channel."""

from __future__ import annotations

import sqlalchemy as sa

from integrations.database.tables.columns import Id, UtcTime, metadata

slack_connection = sa.Table(
    "slack_connection",
    metadata,
    sa.Column("channel", sa.String(64), primary_key=True),  # where cases go; no row: nowhere
    sa.Column("since", UtcTime, nullable=False),
)

slack_messages = sa.Table(
    "slack_messages",
    metadata,
    sa.Column("key", sa.String(100), primary_key=True),  # stands in the message too, as its first block's id
    sa.Column("number", sa.Integer, nullable=False),  # its order within the thread
    sa.Column("kind", sa.String(16), nullable=False),  # of `agents.team_channel.NoteKind`
    sa.Column("conversation", sa.String(64), nullable=False, index=True),
    sa.Column("episode", sa.Integer, nullable=False),
    sa.Column("review", sa.String(64)),
    sa.Column("subject", Id),  # the message or the entry that it shows
    sa.Column("channel", sa.String(64)),
    sa.Column("thread", sa.String(32)),
    sa.Column("ts", sa.String(32)),  # Slack's id of it; NULL until it is known to be there
    sa.Column("tried", UtcTime),  # since then it may be there
    sa.Column("shown", sa.String(64)),  # the mark of what it shows
    sa.Column("holder", sa.String(32)),  # who works on the case, of a card
    sa.Column("held_until", UtcTime),
    sa.Index("slack_messages_by_place", "channel", "ts"),
)

slack_events = sa.Table(
    "slack_events",
    metadata,
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("at", UtcTime, nullable=False, index=True),
)

posted_messages = sa.Table(
    "posted_messages",
    metadata,
    sa.Column("key", sa.String(100), primary_key=True),  # stands in the message too, as its first block's id
    sa.Column(
        "subject", sa.String(64), nullable=False, index=True
    ),  # the report or campaign that it is about
    sa.Column("tried", UtcTime),  # since then it may be there
    sa.Column("channel", sa.String(64)),
    sa.Column("thread", sa.String(32)),
    sa.Column("ts", sa.String(32)),  # its vendor's id; NULL until it is known to be there
)
