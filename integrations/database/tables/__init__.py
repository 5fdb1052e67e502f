"""All tables, given out in one place so that they are made together; a file for each subject."""

from __future__ import annotations

import sqlalchemy as sa

from integrations.database.tables.accounts import audit, entry_links, sign_ins, team_sessions, users
from integrations.database.tables.campaigns import (
    campaign_channel,
    campaign_orders,
    campaign_posts,
    campaign_recipients,
    campaign_versions,
    gtm_campaigns,
)
from integrations.database.tables.channel import (
    posted_messages,
    slack_connection,
    slack_events,
    slack_messages,
)
from integrations.database.tables.columns import metadata
from integrations.database.tables.jobs import outbox, workers
from integrations.database.tables.knowledge import entries
from integrations.database.tables.mail import link_keys, mail_outcomes, suppressions
from integrations.database.tables.models import (
    alerts,
    model_answers,
    model_calls,
    model_states,
    model_texts,
    tallies,
    traces,
)
from integrations.database.tables.support import changes, conversations, messages, reviews, tickets, votes
from integrations.database.tables.weekly import editions, weekly_posts

SCHEMA_VERSION = 5

schema_version = sa.Table("schema_version", metadata, sa.Column("version", sa.Integer, primary_key=True))

__all__ = [
    "SCHEMA_VERSION",
    "alerts",
    "audit",
    "campaign_channel",
    "campaign_orders",
    "campaign_posts",
    "campaign_recipients",
    "campaign_versions",
    "changes",
    "conversations",
    "editions",
    "entries",
    "entry_links",
    "gtm_campaigns",
    "link_keys",
    "mail_outcomes",
    "messages",
    "metadata",
    "model_answers",
    "model_calls",
    "model_states",
    "model_texts",
    "outbox",
    "posted_messages",
    "reviews",
    "schema_version",
    "sign_ins",
    "slack_connection",
    "slack_events",
    "slack_messages",
    "suppressions",
    "tallies",
    "team_sessions",
    "tickets",
    "traces",
    "users",
    "votes",
    "weekly_posts",
    "workers",
]
