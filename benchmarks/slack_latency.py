"""From a customer's question to the card in Slack, and from Approve to the customer's page; then many at once.

With the real `gtm serve` and the local counterpart of Slack on this machine, so Slack's own time comes on top. The
plain way in the same run: a card posted from within the request, which costs one call and is lost with any failure.
"""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr

from benchmarks.corpora import percentile
from benchmarks.serving import ROOT, served
from tests.apps.chat_client import ask
from tests.slack_server import CHANNEL, OTHER_CHANNEL, LocalSlack, buttons, first_block, local_slack, words

ROUNDS = 50
BURST = 200
AT_ONCE = 16  # customers who ask at the same moment
DOCUMENTS = ROOT / "knowledge_base" / "documents"

T = TypeVar("T")


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder, local_slack(Path(folder)) as slack:
        settings: dict[str, Any] = {
            "slack_bot_token": SecretStr("xoxb-sock"),
            "slack_app_token": SecretStr("xapp-sock"),
            "slack_api_url": slack.api,
            "slack_support_channel": CHANNEL,
        }
        with served(Path(folder) / "home", DOCUMENTS, **settings) as server:
            one_by_one(server.url, slack)
            burst(server.url, slack)


def one_by_one(url: str, slack: LocalSlack) -> None:
    """One case after the other."""
    to_card, to_page, plain = [], [], []
    for number in range(ROUNDS):
        with visitor(url) as client:
            started = time.perf_counter()
            ask(client, f"May I speak to a person about returns of perishable items, case {number}?")
            card = wait_for(partial(card_of, slack, f"case {number}?"))
            to_card.append(time.perf_counter() - started)
            heard = threading.Event()
            threading.Thread(target=listen, args=(client, heard), daemon=True).start()
            time.sleep(0.3)
            verb = "case_approve" if "case_approve" in buttons(card) else "case_take-over"
            started = time.perf_counter()
            slack.press(card, verb)
            if not heard.wait(60):
                raise SystemExit("the page heard nothing")
            to_page.append(time.perf_counter() - started)
        started = time.perf_counter()
        httpx.post(f"{slack.api}chat.postMessage", json={"channel": OTHER_CHANNEL, "text": "x"}, timeout=30)
        plain.append(time.perf_counter() - started)
    report("question to card", to_card)
    report("Approve to the customer's page", to_page)
    report("plain way: one call from within the request", plain)


def burst(url: str, slack: LocalSlack) -> None:
    """Many customers at once: after what time does the last card stand there, and does each stand there once?"""
    known = len(slack.cards())

    def one(number: int) -> None:
        with visitor(url) as client:
            ask(client, f"May I speak to a person, burst {number}?")

    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, range(BURST)))
    asked = time.perf_counter() - started
    wait_for(lambda: len(slack.cards()) - known >= BURST or None, 600)
    seconds = time.perf_counter() - started
    time.sleep(3)
    keys = [first_block(card) for card in slack.cards()]
    print(
        f"burst of {BURST}: asked within {asked:.1f} s, all cards after {seconds:.1f} s, "
        f"{len(keys) - known} cards, {len(keys) - len(set(keys))} of them twice"
    )


@contextmanager
def visitor(url: str) -> Iterator[httpx.Client]:
    """A customer's page, as far as it calls the server."""
    with httpx.Client(base_url=url, timeout=120, headers={"sec-fetch-site": "same-origin"}) as client:
        client.get("/").raise_for_status()
        yield client


def card_of(slack: LocalSlack, text: str) -> dict[str, Any] | None:
    """The card whose question holds a text, once it stands there."""
    return next((card for card in slack.cards() if text in words(card)), None)


def listen(client: httpx.Client, heard: threading.Event) -> None:
    """Follow the conversation as the page does, until a person speaks in it or joins it."""
    with client.stream("GET", "/chat/events", params={"last": "0"}) as events:
        for line in events.iter_lines():
            if line.startswith("data: {") and line != "data: {}":
                news = json.loads(line.removeprefix("data: "))
                state = (news.get("standing") or {}).get("state")
                if state == "person" or any(each["role"] == "person" for each in news["messages"]):
                    heard.set()
                    return


def wait_for(found: Callable[[], T | None], seconds: float = 60) -> T:
    """What is found, as soon as it is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = found()
        if value is not None:
            return value
        time.sleep(0.02)
    raise SystemExit("it took too long")


def report(what: str, seconds: list[float]) -> None:
    """One line: median and 95th percentile."""
    print(
        f"{what}: p50 {percentile(seconds, 0.5):.2f} s, p95 {percentile(seconds, 0.95):.2f} s of {len(seconds)}"
    )


if __name__ == "__main__":
    main()
