"""What is to be done outside, and who does it."""

from __future__ import annotations

import sqlalchemy as sa

from integrations.database.tables.columns import UtcTime, key, metadata

outbox = sa.Table(
    "outbox",
    metadata,
    key(),
    sa.Column("key", sa.String(200), nullable=False, unique=True),  # idempotency
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("payload", sa.Text, nullable=False),  # JSON
    sa.Column("conversation", sa.String(64), index=True),
    sa.Column("review", sa.String(64)),
    sa.Column("created", UtcTime, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),  # pending, delivered, failed
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_attempt", UtcTime, nullable=False),
    sa.Column("reason", sa.Text),  # why the last attempt failed
    sa.Column("delivered", UtcTime),
    sa.Index("outbox_by_due", "status", "next_attempt"),
)

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("host", sa.String(200), nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("started", UtcTime, nullable=False),
    sa.Column("beat", UtcTime, nullable=False),
)
