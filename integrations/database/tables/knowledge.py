"""Answers of persons that the knowledge base takes up."""

from __future__ import annotations

import sqlalchemy as sa

from integrations.database.tables.columns import UtcTime, key, metadata

entries = sa.Table(
    "entries",
    metadata,
    key(),
    sa.Column("review", sa.String(64), unique=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False, index=True),  # of `agents.entries.EntryStatus`
    sa.Column("not_personal", sa.Text, nullable=False),  # JSON: the parts that somebody confirmed not to be
    sa.Column("answered", UtcTime, nullable=False),
    sa.Column("changed", UtcTime, nullable=False),
    sa.Column("by", sa.String(200)),  # who accepted, dismissed or withdrew it
    sqlite_autoincrement=True,  # the audit and the links to an answer name it for good
)
