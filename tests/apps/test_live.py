"""Open pages learn what changed, also by other processes, at little cost."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from agents.domain import Changes, Decision
from agents.errors import Transient
from apps.live import EVERY, Live
from tests.apps.chat_client import ask, call
from tests.apps.chat_team import Team
from tests.apps.conftest import Desk

PERSON = "I would like to talk to a person, please."
PAGES = 200


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a scene on an event loop of its own; the browser of other tests keeps one in the main thread."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(scene())).result()


class Feed:
    """What `Session.changes` would say; counts how often it is asked."""

    def __init__(self) -> None:
        self.changed: list[str] = []
        self.looks = 0
        self.broken = False

    def __call__(self, since: int) -> Changes:
        """The changes after `since`."""
        self.looks += 1
        if self.broken:
            raise Transient("locked")
        new = [] if since < 0 else self.changed[since:]
        return Changes(cursor=len(self.changed), conversations=tuple(dict.fromkeys(new)))


def test_a_change_wakes_the_pages_of_its_visitor_and_those_who_watch_everything() -> None:
    async def scene() -> None:
        feed = Feed()
        live = Live(feed)
        with live.of_visitor("ada") as hers, live.of_visitor("bob") as his, live.everything() as watcher:
            await live.ready()
            live.belongs("c1", "ada")
            feed.changed += ["c1", "c2"]
            assert await hers.wait(5) == {"c1"}
            assert await watcher.wait(5) == {"c1", "c2"}
            assert await his.wait(3 * EVERY) == set()
            live.wake_visitor("bob")
            assert await his.wait(5) == {""}

    play(scene)


def test_many_pages_cost_one_look_and_no_page_none() -> None:
    async def scene() -> None:
        feed = Feed()
        live = Live(feed)
        with contextlib.ExitStack() as pages:
            listeners = [pages.enter_context(live.of_visitor(f"visitor {k}")) for k in range(PAGES)]
            await live.ready()
            for k in range(PAGES):
                live.belongs(f"c{k}", f"visitor {k}")
            before = feed.looks
            feed.changed += [f"c{k}" for k in range(PAGES)]
            woken = await asyncio.gather(*(listener.wait(10) for listener in listeners))
            assert woken == [{f"c{k}"} for k in range(PAGES)]
            assert feed.looks - before <= 3
        await asyncio.sleep(2 * EVERY)
        idle = feed.looks
        await asyncio.sleep(3 * EVERY)
        assert feed.looks == idle

    play(scene)


def test_a_database_that_is_away_for_a_while_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        feed = Feed()
        live = Live(feed)
        with live.everything() as watcher:
            await live.ready()
            feed.broken = True
            await asyncio.sleep(2 * EVERY)
            feed.changed.append("c1")
            feed.broken = False
            assert await watcher.wait(10) == {"c1"}

    play(scene)
    assert "locked" in caplog.text


def test_whoever_listens_is_sent_home_when_the_server_stops() -> None:
    async def scene() -> None:
        live = Live(Feed())
        with live.of_visitor("ada") as early:
            waiting = asyncio.create_task(early.wait(60))
            await live.ready()
            live.close()
            await asyncio.wait_for(waiting, 5)
            assert early.closed
        with live.of_visitor("ada") as late:
            await asyncio.wait_for(live.ready(), 5)
            assert late.closed

    play(scene)


def news(stream: httpx.Response) -> Iterator[dict[str, Any]]:
    """The news of a page's line."""
    named = ""
    for line in stream.iter_lines():
        named = line.removeprefix("event: ") if line.startswith("event: ") else named
        if line.startswith("data: ") and named == "news":
            yield json.loads(line.removeprefix("data: "))


def follow(client: httpx.Client, last: int = 0) -> contextlib.AbstractContextManager[httpx.Response]:
    """A page's line."""
    return client.stream("GET", "/chat/events", params={"last": last}, timeout=30)


@pytest.fixture(scope="module")
def team(desk: Desk, models_folder: Path) -> Iterator[Team]:
    """The team of the shared desk, in this process."""
    team = Team(desk.home, models_folder)
    yield team
    team.session.close()


def test_a_page_gets_its_own_news_and_only_what_it_does_not_have(desk: Desk, team: Team) -> None:
    with desk.visitor() as client, desk.visitor() as other:
        ask(client, PERSON)
        mine = team.newest()
        ask(other, PERSON)
        known = call(client, "open")["messages"]
        with follow(client, known[-1]["id"]) as stream:
            line = news(stream)
            first = next(line)
            assert (first["whole"], first["messages"], first["standing"]["state"]) == (False, [], "waiting")
            team.decide("reply", "For the other visitor.")
            team.session.decide(mine.id, Decision(verb="reply", by="Maya Ortiz", text="For you."))
            second = next(line)
        assert [message["role"] for message in second["messages"]] == ["system", "person"]
        assert second["messages"][1]["html"] == "<p>For you.</p>\n"
        assert second["messages"][1]["by"] == second["standing"]["person"] == "Maya"
        with follow(client, known[0]["id"]) as stream:
            assert [message["role"] for message in next(news(stream))["messages"]] == [
                "bot",
                "system",
                "person",
            ]
        with follow(client) as stream:
            assert next(news(stream))["whole"]


def test_the_line_of_a_page_moves_with_its_visitor_to_a_new_conversation(desk: Desk) -> None:
    with desk.visitor() as client, follow(client) as stream:
        line = news(stream)
        assert next(line) == {"whole": True, "messages": [], "standing": None}
        ask(client, "Thank you!")
        assert next(line)["messages"][0]["text"] == "Thank you!"
        call(client, "begin")
        while (moved := next(line))["messages"]:
            pass  # the reply, where it came by itself
        assert moved == {"whole": True, "messages": [], "standing": moved["standing"]}


@pytest.mark.parametrize("last", ["-1", "x", "1e9", "9" * 30, "\u0663"])
def test_a_line_that_makes_no_sense_is_refused(desk: Desk, last: str) -> None:
    with desk.visitor() as client:
        assert client.get("/chat/events", params={"last": last}).status_code == 403


def test_who_has_no_cookie_has_no_line(desk: Desk) -> None:
    assert httpx.get(f"{desk.url}/chat/events").status_code == 403
    headers = {"cookie": "gtm_visitor=ada.0000"}
    assert httpx.get(f"{desk.url}/chat/events", headers=headers).status_code == 403


def test_a_server_with_open_pages_stops_at_once(make_desk, sample_documents: Path) -> None:  # type: ignore[no-untyped-def]
    desk: Desk = make_desk(sample_documents)
    with desk.visitor() as client, follow(client) as stream:
        line = news(stream)
        next(line)
        began = time.monotonic()
        assert desk.stop() == 0
        assert list(line) == []
        assert time.monotonic() - began < 15
    assert "Traceback" not in (desk.home / "serve.log").read_text()
    desk.start()
