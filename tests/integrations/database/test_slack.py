"""Which Slack message stands for what, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from agents.domain import Place
from agents.team_channel import ChannelMessage
from integrations.database import slack_notes
from integrations.database.engine import Store
from integrations.database.outbox import Outbox
from integrations.database.slack import SlackBook
from integrations.database.tables import conversations, messages, outbox, reviews

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOON = NOW + timedelta(seconds=20)
THREAD = Place(channel="C1", message="1.1")


@pytest.fixture
def book(store: Store) -> SlackBook:
    """Two open reviews of one episode, "r" and "s"."""
    with store.writing() as connection:
        connection.execute(conversations.insert().values(id="c", created=NOW))
        connection.execute(
            messages.insert().values(
                id=1, conversation="c", role="customer", text="?", at=NOW, sourced=False, episode=1
            )
        )
        texts = dict.fromkeys(("question", "draft", "reason", "citations", "sources"), "")
        for number, key in enumerate("rs"):
            connection.execute(
                reviews.insert().values(
                    id=key, kind="escalation", conversation="c", episode=1, message=1, confidence=0.1,
                    opened=NOW + timedelta(seconds=number), due=NOW, status="pending", late=False, **texts,
                )
            )  # fmt: skip
    return SlackBook(store)


def effects(store: Store) -> list[str]:
    with store.reading() as connection:
        return list(connection.execute(sa.select(outbox.c.review).order_by(outbox.c.id)).scalars())


def test_nothing_is_noted_while_cases_do_not_go_to_slack(book: SlackBook, store: Store) -> None:
    with store.writing() as connection:
        slack_notes.note_case(connection, "r", "c", NOW)
        slack_notes.note_line(connection, 1, "c", 1, now=NOW)
    assert effects(store) == []
    assert book.messages("c", 1) == []
    assert book.standing() is None


def test_turning_on_notes_open_cases_once_and_another_channel_takes_over(
    book: SlackBook, store: Store
) -> None:
    book.turn_on("C1", NOW)
    book.turn_on("C1", NOW + timedelta(minutes=1))
    assert effects(store) == ["r", "s"]
    book.turn_on("C2", NOW + timedelta(minutes=2))
    standing = book.standing()
    assert standing is not None
    assert standing.channel == "C2"
    book.turn_off()
    assert effects(store) == []


def test_an_episode_is_held_by_one_at_a_time_whatever_its_reviews(book: SlackBook) -> None:
    assert book.take("r", "me", NOW, SOON)
    assert book.take("r", "me", NOW, SOON), "who holds it may go on holding it"
    assert not book.take("s", "you", NOW, SOON)
    book.release("me")
    assert book.take("s", "you", NOW, SOON)
    assert book.take("r", "me", SOON + timedelta(seconds=1), SOON + timedelta(seconds=9)), (
        "a dead holder lets go"
    )


def test_of_many_who_want_to_hold_a_case_one_does(book: SlackBook) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda number: book.take("r", f"p{number}", NOW, SOON), range(8)))
    assert taken.count(True) == 1


def test_messages_keep_their_order_and_what_is_known_of_them(book: SlackBook) -> None:
    book.take("r", "me", NOW, SOON)
    for key in ("line:9", "line:3", "line:9"):
        book.add(ChannelMessage(key=key, kind="line", conversation="c", episode=1, review="r", subject=1))
    book.tried("line:9", NOW)
    book.posted("line:3", Place(channel="C1", message="2.2", thread="1.1"), "mark")
    found = book.messages("c", 1)
    assert [each.key for each in found] == ["card:r", "line:9", "line:3"]
    assert found[1].tried == NOW
    assert found[1].place is None
    assert found[2].place == Place(channel="C1", message="2.2", thread="1.1")
    assert found[2].shown == "mark"


def test_a_thread_leads_to_the_newest_review_of_its_episode(book: SlackBook) -> None:
    assert book.case_of("C1", "1.1") is None
    book.take("r", "me", NOW, SOON)
    book.posted("card:r", THREAD, "mark")
    assert book.case_of("C1", "1.1") == ("c", "s")


def test_of_many_who_hear_the_same_words_one_keeps_them(book: SlackBook, store: Store) -> None:
    book.take("r", "me", NOW, SOON)
    book.posted("card:r", THREAD, "mark")
    place = Place(channel="C1", message="3.3", thread="1.1")
    with ThreadPoolExecutor(8) as pool:
        heard = list(pool.map(lambda _: book.hear(place, "U1", "Hello", NOW), range(8)))
    assert sum(each is not None for each in heard) == 1
    later = NOW + timedelta(minutes=1)
    [kept] = Outbox(store).due(later, 9, later, ("slack-said",))
    assert kept.payload == {
        "channel": "C1",
        "message": "3.3",
        "thread": "1.1",
        "member": "U1",
        "text": "Hello",
    }


def test_an_event_is_the_first_of_its_kind_once(book: SlackBook) -> None:
    with ThreadPoolExecutor(8) as pool:
        first = list(pool.map(lambda _: book.first_time("e", NOW), range(8)))
    assert first.count(True) == 1
    assert book.first_time("other", NOW + timedelta(days=2)), "and is forgotten after a day"
    assert book.first_time("e", NOW + timedelta(days=2))


def test_a_case_is_woken_once_for_a_moment(book: SlackBook, store: Store) -> None:
    book.turn_on("C1", NOW)
    before = len(effects(store))
    book.wake("r", SOON)
    book.wake("r", SOON)
    assert len(effects(store)) == before + 1
