"""A database of an earlier version opens, and nothing in it is lost."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from agents.domain import Place
from integrations.database.campaign_cards import CampaignCardTable
from integrations.database.conversations import Conversations
from integrations.database.engine import Store
from integrations.database.posted_messages import PostedMessageTable
from integrations.database.reviews import Reviews

VERSION_1 = """
CREATE TABLE schema_version (version INTEGER NOT NULL, PRIMARY KEY (version));
INSERT INTO schema_version VALUES (1);
CREATE TABLE conversations (id VARCHAR(64) NOT NULL, visitor VARCHAR(200), created DATETIME NOT NULL, PRIMARY KEY (id));
CREATE INDEX ix_conversations_visitor ON conversations (visitor);
CREATE TABLE messages (id INTEGER NOT NULL, conversation VARCHAR(64) NOT NULL, role VARCHAR(16) NOT NULL,
  text TEXT NOT NULL, at DATETIME NOT NULL, "by" VARCHAR(200), reply TEXT, sourced BOOLEAN NOT NULL,
  PRIMARY KEY (id), FOREIGN KEY(conversation) REFERENCES conversations (id));
CREATE INDEX messages_of_conversation ON messages (conversation, id);
CREATE TABLE votes (id INTEGER NOT NULL, message INTEGER NOT NULL, vote VARCHAR(8) NOT NULL, reason TEXT,
  at DATETIME NOT NULL, PRIMARY KEY (id), FOREIGN KEY(message) REFERENCES messages (id));
CREATE INDEX ix_votes_message ON votes (message);
CREATE TABLE escalations (id INTEGER NOT NULL, message INTEGER NOT NULL, question TEXT NOT NULL, draft TEXT NOT NULL,
  confidence FLOAT NOT NULL, reason TEXT NOT NULL, at DATETIME NOT NULL, PRIMARY KEY (id), UNIQUE (message),
  FOREIGN KEY(message) REFERENCES messages (id));
INSERT INTO conversations VALUES ('c1', 'anna', '2026-11-01 10:00:00'), ('c2', 'ben', '2026-11-01 11:00:00');
INSERT INTO messages VALUES
  (1, 'c1', 'customer', 'engrave?', '2026-11-01 10:00:01', NULL, NULL, 0),
  (2, 'c1', 'bot', 'A person will answer.', '2026-11-01 10:00:02', NULL, NULL, 0),
  (3, 'c1', 'customer', 'by Friday?', '2026-11-01 10:01:01', NULL, NULL, 0),
  (4, 'c2', 'customer', 'returns?', '2026-11-01 11:00:01', NULL, NULL, 0);
INSERT INTO votes VALUES (1, 2, 'down', NULL, '2026-11-01 10:02:00');
INSERT INTO escalations VALUES
  (1, 1, 'engrave?', 'draft one', 0.2, 'too unsure', '2026-11-01 10:00:02'),
  (2, 3, 'by Friday?', 'draft two', 0.3, 'too unsure', '2026-11-01 10:01:02');
"""


VERSION_4 = """
DELETE FROM schema_version;
INSERT INTO schema_version VALUES (4);
DROP TABLE posted_messages;
DROP TABLE campaign_posts;
CREATE TABLE weekly_messages (key VARCHAR(100) NOT NULL, posting VARCHAR(64) NOT NULL, tried DATETIME,
  channel VARCHAR(64), thread VARCHAR(32), ts VARCHAR(32), PRIMARY KEY (key),
  FOREIGN KEY(posting) REFERENCES weekly_posts (id));
CREATE INDEX ix_weekly_messages_posting ON weekly_messages (posting);
CREATE TABLE campaign_cards (campaign VARCHAR(64) NOT NULL, channel VARCHAR(64) NOT NULL, ts VARCHAR(32) NOT NULL,
  shown VARCHAR(64), settled BOOLEAN NOT NULL, PRIMARY KEY (campaign),
  FOREIGN KEY(campaign) REFERENCES gtm_campaigns (id));
INSERT INTO weekly_posts (id, as_of, "by", origin, channel, created, state)
  VALUES ('w-1', '2026-11-16', 'Lena', 'slack', 'C01GTM', '2026-11-16 09:00:00', 'done');
INSERT INTO weekly_messages VALUES ('weekly:w-1', 'w-1', '2026-11-16 09:00:00', 'C01GTM', NULL, '1.2');
INSERT INTO gtm_campaigns VALUES ('c-1', '2026-11-16 09:00:00', 'pending', 1, '{}');
INSERT INTO campaign_cards VALUES ('c-1', 'C01GTM', '3.4', 'mark', 0);
"""


def test_messages_that_stand_in_slack_are_known_still(tmp_path: Path) -> None:
    file = tmp_path / "gtm.sqlite3"
    Store(f"sqlite:///{file}").close()
    connection = sqlite3.connect(file)
    connection.executescript(VERSION_4)
    connection.close()
    for _ in range(2):  # the second time there is nothing left to do
        store = Store(f"sqlite:///{file}")
        report = PostedMessageTable(store).message("w-1", "weekly:w-1")
        assert report.place == Place(channel="C01GTM", message="1.2")
        [card] = CampaignCardTable(store).open()
        assert (card.campaign, card.channel, card.shown) == ("c-1", "C01GTM", "mark")
        assert card.place == Place(channel="C01GTM", message="3.4")
        store.close()


def test_recorded_escalations_become_reviews_that_wait(tmp_path: Path) -> None:
    file = tmp_path / "gtm.sqlite3"
    connection = sqlite3.connect(file)
    connection.executescript(VERSION_1)
    connection.close()
    for _ in range(2):  # the second time there is nothing left to do
        store = Store(f"sqlite:///{file}")
        log, book = Conversations(store), Reviews(store)
        [review] = book.list(["pending"], 10)
        assert (review.conversation, review.question, review.draft) == ("c1", "by Friday?", "draft two")
        states = {one: log.conversation(one) for one in ("c1", "c2")}
        assert {one: known.state for one, known in states.items() if known} == {"c1": "waiting", "c2": "bot"}
        assert [message.vote for message in log.messages("c1")] == [None, "down", None]
        store.close()
