"""What models were asked, how long it took, and how they are."""

from __future__ import annotations

import sqlalchemy as sa

from integrations.database.tables.columns import UtcTime, key, metadata

model_calls = sa.Table(
    "model_calls",
    metadata,
    key(),
    sa.Column("at", UtcTime, nullable=False, index=True),
    sa.Column("specialist", sa.String(16), nullable=False),
    sa.Column("model", sa.String(100), nullable=False),
    sa.Column("prompt", sa.String(100), nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("input_tokens", sa.Integer, nullable=False),
    sa.Column("output_tokens", sa.Integer, nullable=False),
    sa.Column("micro_dollars", sa.BigInteger, nullable=False),
    sa.Column("ending", sa.String(16), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("conversation", sa.String(64), index=True),
)

traces = sa.Table(
    "traces",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("conversation", sa.String(64), index=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("decision", sa.String(16)),  # NULL where it failed, or nobody waited for it
    sa.Column("mode", sa.String(16)),
    sa.Column("spans", sa.Text, nullable=False),  # JSON
    sa.Index("traces_by_time", "at", "seconds", "decision", "mode"),  # figures need not read the spans
)

tallies = sa.Table(
    "tallies",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("labels", sa.String(500), primary_key=True),  # JSON
    sa.Column("edge", sa.String(16), primary_key=True),
    sa.Column("value", sa.Float, nullable=False),
)

model_texts = sa.Table(
    "model_texts",
    metadata,
    key(),
    sa.Column("at", UtcTime, nullable=False, index=True),
    sa.Column("specialist", sa.String(16), nullable=False),
    sa.Column("model", sa.String(100)),  # NULL where none wrote it
    sa.Column("prompt", sa.String(100), nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("ending", sa.String(16), nullable=False),
    sa.Column("cache", sa.String(2)),  # NULL where it was written for this
    sa.Column("fallback", sa.Boolean, nullable=False),
    sa.Column("conversation", sa.String(64), index=True),
    sa.Column("trace", sa.String(32)),
)

model_answers = sa.Table(
    "model_answers",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),  # the digest of all that was asked
    sa.Column("kept", sa.Text),  # JSON; NULL while it is being written
    sa.Column("until", UtcTime, nullable=False, index=True),
    sa.Column("conversation", sa.String(64), index=True),
    sa.Column("holder", sa.String(32)),  # who writes it
    sa.Column("held_until", UtcTime),
)

alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
)

model_states = sa.Table(
    "model_states",
    metadata,
    sa.Column("model", sa.String(100), primary_key=True),
    sa.Column("breaker", sa.String(16), nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("opened", UtcTime),
    sa.Column("requests_left", sa.Integer),
    sa.Column("tokens_left", sa.BigInteger),
    sa.Column("at", UtcTime, nullable=False),
)
