"""The tables of the conversation log."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

SCHEMA_VERSION = 1

metadata = sa.MetaData()


class UtcTime(sa.TypeDecorator[datetime]):
    """A moment in UTC, also on databases that forget the zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Store UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Read UTC."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

schema_version = sa.Table("schema_version", metadata, sa.Column("version", sa.Integer, primary_key=True))

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("visitor", sa.String(200), index=True),
    sa.Column("created", UtcTime, nullable=False),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.ForeignKey("conversations.id"), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("by", sa.String(200)),
    sa.Column("reply", sa.Text),
    sa.Column("sourced", sa.Boolean, nullable=False),
    sa.Index("messages_of_conversation", "conversation", "id"),
)

votes = sa.Table(
    "votes",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("message", sa.ForeignKey("messages.id"), nullable=False, index=True),
    sa.Column("vote", sa.String(8), nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("at", UtcTime, nullable=False),
)

escalations = sa.Table(
    "escalations",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("message", sa.ForeignKey("messages.id"), nullable=False, unique=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("draft", sa.Text, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)
