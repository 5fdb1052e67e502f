"""All tables, in one place so that they are made together and refer to each other."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from integrations.database.append_only import keep_for_good

SCHEMA_VERSION = 5

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


def _key() -> sa.Column[int]:
    return sa.Column("id", Id, primary_key=True, autoincrement=True)


schema_version = sa.Table("schema_version", metadata, sa.Column("version", sa.Integer, primary_key=True))

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
    _key(),
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
    _key(),
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
    _key(),
    sa.Column("review", sa.ForeignKey("reviews.id"), nullable=False, unique=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("opened", UtcTime, nullable=False),
    sa.Column("closed", UtcTime),
)

outbox = sa.Table(
    "outbox",
    metadata,
    _key(),
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

changes = sa.Table(
    "changes",
    metadata,
    _key(),
    sa.Column("conversation", sa.String(64), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sqlite_autoincrement=True,  # a cursor must never meet a number twice
)

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
    _key(),
    sa.Column("name", sa.String(100), nullable=False, index=True),
    sa.Column("address", sa.String(100), nullable=False, index=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("succeeded", sa.Boolean, nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    _key(),
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

model_calls = sa.Table(
    "model_calls",
    metadata,
    _key(),
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
    _key(),
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

entries = sa.Table(
    "entries",
    metadata,
    _key(),
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

slack_connection = sa.Table(
    "slack_connection",
    metadata,
    sa.Column("channel", sa.String(64), primary_key=True),  # where cases go; no row: nowhere
    sa.Column("since", UtcTime, nullable=False),
)

slack_messages = sa.Table(
    "slack_messages",
    metadata,
    sa.Column("key", sa.String(100), primary_key=True),  # stands in the message too, as its first block's id
    sa.Column("number", sa.Integer, nullable=False),  # its order within the thread
    sa.Column("kind", sa.String(16), nullable=False),  # of `agents.team_channel.NoteKind`
    sa.Column("conversation", sa.String(64), nullable=False, index=True),
    sa.Column("episode", sa.Integer, nullable=False),
    sa.Column("review", sa.String(64)),
    sa.Column("subject", Id),  # the message or the entry that it shows
    sa.Column("channel", sa.String(64)),
    sa.Column("thread", sa.String(32)),
    sa.Column("ts", sa.String(32)),  # Slack's id of it; NULL until it is known to be there
    sa.Column("tried", UtcTime),  # since then it may be there
    sa.Column("shown", sa.String(64)),  # the mark of what it shows
    sa.Column("holder", sa.String(32)),  # who works on the case, of a card
    sa.Column("held_until", UtcTime),
    sa.Index("slack_messages_by_place", "channel", "ts"),
)

slack_events = sa.Table(
    "slack_events",
    metadata,
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("at", UtcTime, nullable=False, index=True),
)

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

posted_messages = sa.Table(
    "posted_messages",
    metadata,
    sa.Column("key", sa.String(100), primary_key=True),  # stands in the message too, as its first block's id
    sa.Column(
        "subject", sa.String(64), nullable=False, index=True
    ),  # the report or campaign that it is about
    sa.Column("tried", UtcTime),  # since then it may be there
    sa.Column("channel", sa.String(64)),
    sa.Column("thread", sa.String(32)),
    sa.Column("ts", sa.String(32)),  # its vendor's id; NULL until it is known to be there
)

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
