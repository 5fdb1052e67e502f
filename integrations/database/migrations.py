"""How a database that an earlier version of the program made becomes one of this version."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from integrations.database.tables import metadata, schema_version

_TIME = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITH TIME ZONE"}


def migrate(connection: Connection, version: int) -> int:
    """Apply, in order, the steps that lead on from `version`; returns the version that was reached."""
    while (step := _STEPS.get(version)) is not None:
        step(connection)
        version += 1
        connection.execute(schema_version.update().values(version=version))
    return version


def _add_reviews(connection: Connection) -> None:
    """1 to 2: states, episodes and reviews; recorded escalations become reviews that wait."""
    time = _TIME[connection.dialect.name]
    for column in (
        "state VARCHAR(16) NOT NULL DEFAULT 'bot'",
        "episode INTEGER NOT NULL DEFAULT 1",
        "person VARCHAR(200)",
        "contact VARCHAR(320)",
        f"seen {time}",
        f"typing_until {time}",
    ):
        connection.exec_driver_sql(f"ALTER TABLE conversations ADD COLUMN {column}")
    connection.exec_driver_sql("ALTER TABLE messages ADD COLUMN episode INTEGER NOT NULL DEFAULT 1")
    connection.exec_driver_sql("ALTER TABLE messages ADD COLUMN review VARCHAR(64)")
    metadata.create_all(connection, checkfirst=True)
    connection.exec_driver_sql("CREATE INDEX IF NOT EXISTS messages_by_time ON messages (at)")
    connection.exec_driver_sql(
        """
        INSERT INTO reviews (id, kind, conversation, episode, message, question, draft, confidence, reason,
                             citations, sources, opened, due, status, late)
        SELECT 'r-' || e.id, 'escalation', m.conversation, 1, e.message, e.question, e.draft, e.confidence,
               e.reason, '[]', '[]', e.at, e.at, 'pending', TRUE
        FROM escalations e JOIN messages m ON m.id = e.message
        WHERE e.id IN (SELECT MAX(e2.id) FROM escalations e2 JOIN messages m2 ON m2.id = e2.message
                       GROUP BY m2.conversation)
        """
    )
    connection.exec_driver_sql(
        "UPDATE conversations SET state = 'waiting' WHERE id IN (SELECT conversation FROM reviews)"
    )
    connection.exec_driver_sql("DROP TABLE escalations")


def _add_tables(connection: Connection) -> None:
    """Further tables alone."""
    metadata.create_all(connection, checkfirst=True)


def _gather_messages(connection: Connection) -> None:
    """4 to 5: the messages of reports and the cards of campaigns are noted in one table."""
    metadata.create_all(connection, checkfirst=True)
    known = sa.inspect(connection).get_table_names()
    if "weekly_messages" in known:
        connection.exec_driver_sql(
            """
            INSERT INTO posted_messages (key, subject, tried, channel, thread, ts)
            SELECT key, posting, tried, channel, thread, ts FROM weekly_messages
            """
        )
        connection.exec_driver_sql("DROP TABLE weekly_messages")
    if "campaign_cards" in known:
        connection.exec_driver_sql(
            """
            INSERT INTO posted_messages (key, subject, channel, ts)
            SELECT 'campaign:' || campaign, campaign, channel, ts FROM campaign_cards
            """
        )
        connection.exec_driver_sql(
            """
            INSERT INTO campaign_posts (campaign, channel, shown, settled)
            SELECT campaign, channel, shown, settled FROM campaign_cards
            """
        )
        connection.exec_driver_sql("DROP TABLE campaign_cards")


_STEPS = {1: _add_reviews, 2: _add_tables, 3: _add_tables, 4: _gather_messages}
