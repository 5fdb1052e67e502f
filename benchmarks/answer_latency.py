"""From a person's decision to the customer's page: `python -m benchmarks.answer_latency [--answers 50 --pages 100]`.

Starts the real server on a throw-away home. A hundred pages of other visitors stay open. For each answer a fresh
visitor asks for a person and follows the conversation; this process then decides, with the database as the only
channel to the server. Seconds run from before the decision is written until its text stands in the event that the
page reads (`line`), and with --browser until Chromium shows it (`page`).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

from agents.domain import Decision
from agents.session import Session
from benchmarks.serving import MODELS, Served, served
from benchmarks.visitors import DOCUMENTS, TRUST, call, without_rate_limit
from integrations import connect
from integrations.settings import Settings

PERSON = "I would like to talk to a person, please."
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


@contextlib.asynccontextmanager
async def visitor(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A fresh visitor of the page."""
    headers = {"sec-fetch-site": "same-origin"}
    async with httpx.AsyncClient(base_url=url, timeout=60, headers=headers, verify=TRUST) as client:
        (await client.get("/")).raise_for_status()
        yield client


async def until(lines: AsyncIterator[str], text: str) -> float:
    """The moment at which a text has come along a page's line."""
    async for line in lines:
        if text in line:
            return time.perf_counter()
    raise RuntimeError("the line ended early")


async def stay(url: str, waiting: asyncio.Event, opened: asyncio.Queue[bool]) -> None:
    """A page of somebody else, open all the time."""
    async with visitor(url) as client, client.stream("GET", "/chat/events", timeout=None) as stream:
        lines = stream.aiter_lines()
        await anext(lines)
        opened.put_nowait(True)
        await waiting.wait()


def decide(session: Session, text: str) -> None:
    """Answer the only review that waits."""
    (review,) = session.reviews("pending")
    session.decide(review.id, Decision(verb="reply", by="Maya Ortiz", text=text))


async def lines(url: str, session: Session, answers: int, pages: int) -> dict[str, Any]:
    """Seconds from decision to line, and what the open pages cost the server while nothing happens."""
    done, opened = asyncio.Event(), asyncio.Queue[bool]()
    others = [asyncio.create_task(stay(url, done, opened)) for _ in range(pages)]
    for _ in others:
        await opened.get()
    taken = []
    for number in range(answers):
        async with visitor(url) as client:
            await call(client, "ask", text=PERSON)
            async with client.stream("GET", "/chat/events") as stream:
                received = stream.aiter_lines()
                await until(received, '"waiting"')
                text = f"Answer number {number}."
                began = time.perf_counter()
                await asyncio.to_thread(decide, session, text)
                taken.append(await until(received, text) - began)
    done.set()
    await asyncio.gather(*others)
    return figures("line", taken)


def in_browser(url: str, session: Session, answers: int) -> dict[str, Any]:
    """Seconds from decision to what a customer sees."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where it is asked for

    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for number in range(answers):
            page = browser.new_page()
            page.goto(url)
            page.get_by_role("button", name="Talk to a person").click()
            page.locator('.desk-standing[data-state="waiting"]').wait_for()
            text = f"Answer number {number}."
            began = time.perf_counter()
            decide(session, text)
            page.get_by_text(text).wait_for()
            taken.append(time.perf_counter() - began)
            page.close()
        browser.close()
    return figures("page", taken)


def figures(name: str, taken: list[float]) -> dict[str, Any]:
    """Median, 95th percentile and largest of some seconds."""
    ranked = sorted(taken)
    return {
        f"{name}_answers": len(ranked),
        f"{name}_p50_seconds": statistics.median(ranked),
        f"{name}_p95_seconds": ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))],
        f"{name}_max_seconds": ranked[-1],
    }


async def idle_share(server: Served, pages: int, seconds: float) -> float:
    """The share of one processor that a server with so many open pages uses while nothing happens."""
    done, opened = asyncio.Event(), asyncio.Queue[bool]()
    others = [asyncio.create_task(stay(server.url, done, opened)) for _ in range(pages)]
    for _ in others:
        await opened.get()
    before = server.cpu_seconds()
    await asyncio.sleep(seconds)
    used = server.cpu_seconds() - before
    done.set()
    await asyncio.gather(*others)
    return used / seconds


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--answers", type=int, default=50)
    parser.add_argument("--pages", type=int, default=100, help="pages of others that stay open")
    parser.add_argument("--browser", type=int, default=0, metavar="N", help="also N answers in Chromium")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with served(home, DOCUMENTS, policies=without_rate_limit(Path(folder) / "policies")) as server:
            session = Session(connect(Settings(home=home, models=MODELS)))
            measured = {
                "pages": options.pages,
                "idle_processor_share": asyncio.run(idle_share(server, options.pages, 20)),
            }
            measured |= asyncio.run(lines(server.url, session, options.answers, options.pages))
            if options.browser:
                measured |= in_browser(server.url, session, options.browser)
            session.close()
    if options.json:
        print(json.dumps(measured))
    else:
        for name, value in measured.items():
            print(
                f"{name.replace('_', ' '):24} {value:.3f}"
                if isinstance(value, float)
                else f"{name:24} {value}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
