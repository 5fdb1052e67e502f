"""Weekly reports, and those that the channel is to get."""

from __future__ import annotations

import sqlalchemy as sa

from integrations.database.tables.columns import UtcTime, metadata

editions = sa.Table(
    "editions",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("created", UtcTime, nullable=False, index=True),
    sa.Column("by", sa.String(200), nullable=False),
    sa.Column("origin", sa.String(16), nullable=False),
    sa.Column("week", sa.Date, nullable=False),
    sa.Column("sample", sa.Boolean, nullable=False),
    sa.Column("headline", sa.Text, nullable=False),
    sa.Column("failed", sa.Integer, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
)

weekly_posts = sa.Table(
    "weekly_posts",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),  # its report's too
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("by", sa.String(200), nullable=False),
    sa.Column("origin", sa.String(16), nullable=False),
    sa.Column("channel", sa.String(100)),  # as it was given: an id or a name; NULL: shown nowhere
    sa.Column("due", UtcTime),  # the moment of a scheduled one
    sa.Column("created", UtcTime, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # of `agents.weekly.posting.PostingState`
    sa.Column("reason", sa.Text),
)
