"""Campaigns: their versions, who gets them, and where they are shown."""

from __future__ import annotations

import sqlalchemy as sa

from integrations.database.tables.columns import UtcTime, metadata

gtm_campaigns = sa.Table(
    "gtm_campaigns",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("created", UtcTime, nullable=False, index=True),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
)

campaign_versions = sa.Table(
    "campaign_versions",
    metadata,
    sa.Column("campaign", sa.ForeignKey("gtm_campaigns.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", sa.Text, nullable=False),
)

campaign_recipients = sa.Table(
    "campaign_recipients",
    metadata,
    sa.Column("campaign", sa.ForeignKey("gtm_campaigns.id"), primary_key=True),
    sa.Column("contact", sa.String(24), primary_key=True),  # the mark of the mailbox
    sa.Column("customer", sa.String(200), nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("shard", sa.Integer, nullable=False),
    sa.Column("held_out", sa.Boolean, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("due", UtcTime, nullable=False),
    sa.Column("holder", sa.String(64)),  # the attempt that has it
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("arm", sa.String(8)),
    sa.Column("reference", sa.String(200)),  # the mailer's own id of the message
    sa.Column("note", sa.String(500)),
    sa.Column("sent", UtcTime),
    sa.Index("campaign_recipients_due", "campaign", "shard", "status", "due"),
    sa.Index("campaign_recipients_of_customer", "customer", "sent"),
)

campaign_channel = sa.Table(
    "campaign_channel",
    metadata,
    sa.Column(
        "channel", sa.String(100), primary_key=True
    ),  # where cards go, an id or a name; no row: nowhere
    sa.Column("since", UtcTime, nullable=False),
)

campaign_orders = sa.Table(
    "campaign_orders",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),  # its campaign's too
    sa.Column("asked", sa.Text, nullable=False),
    sa.Column("brief", sa.Text, nullable=False),  # JSON
    sa.Column("by", sa.String(200), nullable=False),
    sa.Column("origin", sa.String(16), nullable=False),
    sa.Column("channel", sa.String(100), nullable=False),  # as it was given: an id or a name
    sa.Column("created", UtcTime, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # of `agents.campaigns.ordering.OrderState`
    sa.Column("reason", sa.Text),
)

campaign_posts = sa.Table(
    "campaign_posts",
    metadata,
    sa.Column("campaign", sa.ForeignKey("gtm_campaigns.id"), primary_key=True),
    sa.Column("channel", sa.String(100), nullable=False),  # where its card shall stand, an id or a name
    sa.Column("shown", sa.String(64)),  # the mark of what the card shows
    sa.Column("settled", sa.Boolean, nullable=False),  # nothing of it changes any more
    sa.Column("holder", sa.String(32)),  # who works on it
    sa.Column("held_until", UtcTime),
)
