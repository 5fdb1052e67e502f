"""Whom campaigns may write to, and what became of their mail."""

from __future__ import annotations

import sqlalchemy as sa

from integrations.database.tables.columns import UtcTime, metadata

link_keys = sa.Table(
    "link_keys",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),  # in their order; the last one signs
    sa.Column("key", sa.String(64), nullable=False),  # hex
    sa.Column("created", UtcTime, nullable=False),
)

suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("contact", sa.String(24), primary_key=True),  # a mark, no address
    sa.Column("reason", sa.String(16), primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("campaign", sa.String(64)),
    sa.Column("lifted", UtcTime),  # since then they want to hear of us again
)

mail_outcomes = sa.Table(
    "mail_outcomes",
    metadata,
    sa.Column("id", sa.String(200), primary_key=True),  # the teller's own: the same event twice is one
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("campaign", sa.String(64), nullable=False),
    sa.Column("contact", sa.String(24), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("detail", sa.String(500), nullable=False),
    sa.Index("mail_outcomes_of_campaign", "campaign", "kind", "contact", "at"),
)
