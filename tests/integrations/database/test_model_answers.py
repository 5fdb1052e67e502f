"""Kept words on both databases: found while they last, written by one at a time, erased with their conversation."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from agents.alerts import Alert
from agents.personal import KeepUntil
from integrations.database.alerts import AlertTable
from integrations.database.conversations import Conversations
from integrations.database.engine import Store
from integrations.database.model_answers import DatabaseWords
from integrations.database.personal import PersonalTables
from integrations.database.tables import model_answers


def count(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(model_answers)).scalar_one())


def keep_until(moment: datetime) -> KeepUntil:
    return KeepUntil(**dict.fromkeys(KeepUntil.model_fields, moment))


def test_what_is_put_is_found_while_it_lasts(store: Store) -> None:
    words = DatabaseWords(store)
    words.put("a", "first", 60, None)
    words.put("a", "second", 60, None)
    words.put("b", "over", -1, None)
    assert (words.get("a"), words.get("b"), words.get("c")) == ("second", None, None)


def test_one_at_a_time_holds_a_claim_until_the_words_are_there(store: Store) -> None:
    words, other = DatabaseWords(store), DatabaseWords(store)
    give_back = words.claim("a", 60)
    assert give_back is not None
    assert other.claim("a", 60) is None
    assert words.get("a") is None
    words.put("a", "words", 60, None)
    give_back()
    assert other.get("a") == "words"
    assert other.claim("a", 60) is not None


def test_a_claim_given_back_leaves_nothing(store: Store) -> None:
    words = DatabaseWords(store)
    give_back = words.claim("a", 60)
    assert give_back is not None
    give_back()
    assert count(store) == 0


def test_a_claim_whose_holder_has_died_is_over_in_time(store: Store) -> None:
    words, other = DatabaseWords(store), DatabaseWords(store)
    dead = words.claim("a", 0.2)
    time.sleep(0.3)
    assert other.claim("a", 60) is not None
    assert dead is not None
    dead()
    assert words.claim("a", 60) is None, "a late return does not take another's claim away"


def test_words_go_with_the_conversation_that_they_came_about_in(store: Store) -> None:
    words, own = DatabaseWords(store), Conversations(store).begin("v")
    words.put("a", "mine", 60, own)
    words.put("b", "another's", 60, "another")
    assert PersonalTables(store).erase([own], None, None)["model_answers"] == 1
    assert (words.get("a"), words.get("b")) == (None, "another's")


def test_what_is_over_goes_with_the_daily_retention(store: Store) -> None:
    words = DatabaseWords(store)
    words.put("a", "over", -1, None)
    words.put("b", "lasts", 60, None)
    expired = PersonalTables(store).expire(keep_until(datetime.now(UTC) - timedelta(days=1)))
    assert expired == {"model_answers": 1}
    assert count(store) == 1


def test_one_process_alone_tells_of_an_alert(store: Store) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    first, second = Alert(key="k", at=now, sentence="one"), Alert(key="k", at=now, sentence="two")
    assert [AlertTable(store).claim(first), AlertTable(store).claim(second)] == [True, False]
    assert AlertTable(store).all() == [first]
    PersonalTables(store).expire(keep_until(now + timedelta(days=1)))
    assert AlertTable(store).all() == []
