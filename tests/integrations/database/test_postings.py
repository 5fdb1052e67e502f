"""A weekly report that is asked for is written down with its effect, once, and keeps where it stands."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from agents.weekly.posting import Posting
from integrations.database.engine import Store
from integrations.database.outbox import Outbox
from integrations.database.postings import PostingTables
from integrations.database.slack import SlackBook

NOW = datetime(2026, 11, 16, 16, tzinfo=UTC)


def posting(name: str = "w-1", channel: str | None = "C01GTM", **changes: object) -> Posting:
    known: dict[str, object] = {
        "id": name,
        "as_of": date(2026, 11, 16),
        "by": "Lena",
        "origin": "slack",
        "channel": channel,
        "created": NOW,
    }
    return Posting.model_validate({**known, **changes})


def kinds(store: Store) -> list[str]:
    return [each.kind for each in Outbox(store).standing("pending")]


def test_it_is_written_down_with_its_effect(store: Store) -> None:
    postings = PostingTables(store)
    assert postings.posting("w-1") is None
    assert postings.add(posting()) == posting()
    assert postings.posting("w-1") == posting()
    assert kinds(store) == ["weekly-slack"]
    postings.add(posting("w-2", None))
    assert kinds(store) == ["weekly-slack", "weekly"]


def test_many_who_ask_for_the_same_at_once_get_one(store: Store) -> None:
    postings = PostingTables(store)
    with ThreadPoolExecutor(8) as pool:
        stands = list(pool.map(lambda _: postings.add(posting(due=NOW)), range(16)))
    assert {each.id for each in stands} == {"w-1"}
    assert kinds(store) == ["weekly-slack"]


def test_one_that_is_under_way_keeps_others_of_its_day_out_of_its_channel(store: Store) -> None:
    postings = PostingTables(store)
    postings.add(posting())
    assert postings.add(posting("w-2")).id == "w-1"
    assert postings.add(posting("w-3", as_of=date(2026, 11, 9))).id == "w-3"
    assert postings.add(posting("w-4", created=NOW + timedelta(hours=1))).id == "w-4", "that one hangs"
    postings.settle("w-1", "done")
    postings.settle("w-4", "failed", "why")
    assert postings.add(posting("w-5")).id == "w-5"
    failed = postings.posting("w-4")
    assert failed is not None
    assert (failed.state, failed.reason) == ("failed", "why")


def test_the_last_scheduled_one_is_known_and_a_skipped_one_has_no_effect(store: Store) -> None:
    postings = PostingTables(store)
    postings.add(posting("w-1", due=NOW - timedelta(days=7), state="skipped", reason="before"))
    postings.add(posting("w-2", created=NOW + timedelta(days=1)))
    assert kinds(store) == ["weekly-slack"]
    last = postings.scheduled()
    assert last is not None
    assert (last.id, last.due) == ("w-1", NOW - timedelta(days=7))


def test_who_lets_go_of_slack_waits_for_no_report_there(store: Store) -> None:
    postings = PostingTables(store)
    postings.add(posting())
    postings.add(posting("w-2", None))
    SlackBook(store).turn_off()
    assert kinds(store) == ["weekly"]
    gone = postings.posting("w-1")
    assert gone is not None
    assert gone.state == "failed"
