"""The team: who may sign in, who has, and what they did."""

from __future__ import annotations

import sqlalchemy as sa

from integrations.database.append_only import keep_for_good
from integrations.database.tables.columns import UtcTime, key, metadata

users = sa.Table(
    "users",
    metadata,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("full_name", sa.String(200), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("password", sa.String(300), nullable=False),  # a hash
    sa.Column("created", UtcTime, nullable=False),
)

sign_ins = sa.Table(
    "sign_ins",
    metadata,
    key(),
    sa.Column("name", sa.String(100), nullable=False, index=True),
    sa.Column("address", sa.String(100), nullable=False, index=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("succeeded", sa.Boolean, nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    key(),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("origin", sa.String(200), nullable=False),  # shell, room 10.0.0.1, slack U01
    sa.Column("what", sa.String(64), nullable=False),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
)

keep_for_good(audit)

team_sessions = sa.Table(
    "team_sessions",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),  # the hash of what the cookie holds
    sa.Column("name", sa.String(100), nullable=False, index=True),
    sa.Column("credential", sa.String(64)),  # of the password it began with; NULL where a link opened it
    sa.Column("opened", UtcTime, nullable=False),
    sa.Column("seen", UtcTime, nullable=False),
)

entry_links = sa.Table(
    "entry_links",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),  # the hash of what the link holds
    sa.Column("until", UtcTime, nullable=False),
    sa.Column("used", UtcTime),
)
