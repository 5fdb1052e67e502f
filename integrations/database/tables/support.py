"""Customers' conversations, and what a person has to decide in them."""

from __future__ import annotations

import sqlalchemy as sa

from integrations.database.tables.columns import UtcTime, key, metadata

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("visitor", sa.String(200), index=True),
    sa.Column("created", UtcTime, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, server_default="bot"),
    sa.Column("episode", sa.Integer, nullable=False, server_default="1"),
    sa.Column("person", sa.String(200)),  # who is in the conversation
    sa.Column("contact", sa.String(320)),  # the customer's e-mail address
    sa.Column("seen", UtcTime),  # when the customer last had the page open
    sa.Column("typing_until", UtcTime),  # the person is typing
)

messages = sa.Table(
    "messages",
    metadata,
    key(),
    sa.Column("conversation", sa.ForeignKey("conversations.id"), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("by", sa.String(200)),
    sa.Column("reply", sa.Text),
    sa.Column("sourced", sa.Boolean, nullable=False),
    sa.Column("episode", sa.Integer, nullable=False, server_default="1"),
    sa.Column("review", sa.String(64)),  # the review that it answers
    sa.Index("messages_of_conversation", "conversation", "id"),
    sa.Index("messages_by_time", "at"),
)

votes = sa.Table(
    "votes",
    metadata,
    key(),
    sa.Column("message", sa.ForeignKey("messages.id"), nullable=False, index=True),
    sa.Column("vote", sa.String(8), nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("at", UtcTime, nullable=False),
)

reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("conversation", sa.ForeignKey("conversations.id"), nullable=False, index=True),
    sa.Column("episode", sa.Integer, nullable=False),
    sa.Column("message", sa.ForeignKey("messages.id"), nullable=False),  # the last that it is about
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("draft", sa.Text, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("citations", sa.Text, nullable=False),  # JSON
    sa.Column("sources", sa.Text, nullable=False),  # JSON
    sa.Column("opened", UtcTime, nullable=False),
    sa.Column("due", UtcTime, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("by", sa.String(200)),
    sa.Column("verb", sa.String(16)),
    sa.Column("text", sa.Text),  # what was decided, in words
    sa.Column("decided", UtcTime),
    sa.Column("interrupt", sa.String(64)),  # where the graph waits; NULL once it has gone on
    sa.Column("late", sa.Boolean, nullable=False),  # the customer was told that it takes longer
    sa.Index("reviews_by_status", "status", "opened"),
)

tickets = sa.Table(
    "tickets",
    metadata,
    key(),
    sa.Column("review", sa.ForeignKey("reviews.id"), nullable=False, unique=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("opened", UtcTime, nullable=False),
    sa.Column("closed", UtcTime),
)

changes = sa.Table(
    "changes",
    metadata,
    key(),
    sa.Column("conversation", sa.String(64), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sqlite_autoincrement=True,  # a cursor must never meet a number twice
)
