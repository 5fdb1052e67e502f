"""The unsubscribe link as customers, inboxes and scanners open it."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import uvicorn
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from agents.campaigns.mime import ONE_CLICK
from agents.campaigns.outcomes import OutcomeCounts
from agents.campaigns.unsubscribing import Suppression, SuppressionReason
from agents.errors import Transient
from apps.server import build_app
from apps.unsubscribe import A_LINK, STRANGERS
from integrations.database.contacts import SuppressionTable
from integrations.database.engine import Store
from tests.desk import Desk, open_desk

if TYPE_CHECKING:
    from playwright.sync_api import Page

SHOP = "https://shop.example/p?a=1&b=2"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, TestClient]]:
    desk = open_desk(tmp_path_factory.mktemp("home"))
    with TestClient(
        build_app(desk.session, desk.settings), base_url="http://desk", follow_redirects=False
    ) as client:
        yield desk, client
    desk.close()


@pytest.fixture
def desk(served: tuple[Desk, TestClient]) -> Desk:
    return served[0]


@pytest.fixture
def client(served: tuple[Desk, TestClient]) -> TestClient:
    return served[1]


@pytest.fixture
def customer(desk: Desk) -> str:
    """The mark of a customer of this test's own."""
    return desk.services.open_links().contact(f"{uuid4().hex}@mail.example")


def path(desk: Desk, customer: str) -> str:
    return urlsplit(desk.services.open_links().unsubscribe_url("c-1", customer)).path


def suppressed(desk: Desk, customer: str) -> bool:
    return desk.services.suppressions.reason(customer) is not None


def test_opening_the_link_changes_nothing(desk: Desk, client: TestClient, customer: str) -> None:
    for _ in range(3):
        page = client.get(path(desk, customer))
        assert (page.status_code, client.head(path(desk, customer)).status_code) == (200, 200)
    assert "Unsubscribe from our mails?" in page.text
    assert '<form method="post">' in page.text
    assert "<script" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex"
    assert not suppressed(desk, customer)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (ONE_CLICK, FORM),
        (ONE_CLICK, {**FORM, "sec-fetch-site": "cross-site", "origin": "https://inbox.example"}),
        ("do=unsubscribe", {**FORM, "sec-fetch-site": "same-origin"}),
        ("", {}),
        (
            '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
            {"content-type": "multipart/form-data; boundary=x"},
        ),
        ("\xff\xfe", FORM),
    ],
)
def test_posting_to_it_counts_at_once_and_once(
    desk: Desk, client: TestClient, customer: str, body: str, headers: dict[str, str]
) -> None:
    for _ in range(2):
        done = client.post(path(desk, customer), content=body.encode("latin-1"), headers=headers)
        assert done.status_code == 200
    assert "You are unsubscribed" in done.text
    assert suppressed(desk, customer)
    assert "Subscribe again" in client.get(path(desk, customer)).text


def test_a_customer_may_change_their_mind(desk: Desk, client: TestClient, customer: str) -> None:
    client.post(path(desk, customer))
    back = client.post(path(desk, customer), content="do=subscribe", headers=FORM)
    assert "Welcome back" in back.text
    assert not suppressed(desk, customer)


def test_a_changed_link_is_told_so_and_nothing_of_it_is_logged(
    desk: Desk, client: TestClient, customer: str, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = path(desk, customer)[:-1]
    with caplog.at_level(logging.DEBUG):
        for answer in (client.get(wrong), client.post(wrong), client.get("/u/x"), client.get("/u/%00.%ff")):
            assert answer.status_code == 400
            assert "This link is not complete" in answer.text
    assert customer not in "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("apps")
    )
    assert not suppressed(desk, customer)
    assert client.get("/u/").status_code == 404
    assert client.put(path(desk, customer)).status_code == 404


def test_a_click_is_counted_and_leads_on(desk: Desk, client: TestClient, customer: str) -> None:
    url = urlsplit(desk.services.open_links().click_url("c-9", customer, SHOP))
    link = f"{url.path}?{url.query}"
    assert client.head(link).headers["location"] == SHOP
    assert desk.services.mail_outcomes.counts("c-9") == OutcomeCounts()
    for _ in range(2):
        led = client.get(link)
        assert (led.status_code, led.headers["location"]) == (302, SHOP)
    assert desk.services.mail_outcomes.counts("c-9") == OutcomeCounts(clicked=1)


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example", "javascript:alert(1)", "", "x" * 5000]
)
def test_no_link_of_ours_leads_anywhere_else(desk: Desk, client: TestClient, customer: str, to: str) -> None:
    token = urlsplit(desk.services.open_links().click_url("c-1", customer, SHOP)).path
    answer = client.get(token, params={"to": to})
    assert answer.status_code == 400
    assert "location" not in answer.headers


def test_what_does_not_stop_is_told_to_wait(desk: Desk, client: TestClient, customer: str) -> None:
    link = path(desk, customer)
    statuses = [client.get(link).status_code for _ in range(2 * A_LINK + 2)]
    assert statuses[0] == 200
    assert 429 in statuses


def test_who_tries_links_that_are_none_is_told_to_wait(client: TestClient) -> None:
    statuses = [client.get(f"/u/c-1.{k}.x").status_code for k in range(2 * STRANGERS + 2)]
    assert 429 in statuses
    assert set(statuses) <= {400, 429}


class Away(SuppressionTable):
    """A database that cannot be reached."""

    def reason(self, contact: str) -> SuppressionReason | None:
        raise Transient("The database cannot be used just now.")

    def add(self, new: Sequence[Suppression]) -> int:
        raise Transient("The database cannot be used just now.")


def test_a_database_that_is_away_is_said_and_not_taken_for_done(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = open_desk(tmp_path / "home")
    jane = desk.services.open_links().contact("jane@mail.example")
    link = path(desk, jane)
    desk.services.suppressions = Away(Store(desk.settings.database))
    with TestClient(build_app(desk.session, desk.settings), base_url="http://desk") as client:
        for answer in (client.get(link), client.post(link)):
            assert answer.status_code == 503
            assert "did not work just now" in answer.text
    desk.close()
    assert "could not be followed" in caplog.text
    assert jane not in caplog.text


def test_a_customer_unsubscribes_and_comes_back_in_a_browser(
    tmp_path: Path, new_page: Callable[..., Page], shoot: Callable[[Page, str], None]
) -> None:
    desk = open_desk(tmp_path / "home")
    jane = desk.services.open_links().contact("jane@mail.example")
    with served_at(build_app(desk.session, desk.settings)) as url:
        for phone, dark in ((False, False), (True, True)):
            page = new_page(phone=phone, dark=dark)
            page.goto(url + path(desk, jane))
            shoot(page, f"unsubscribe-{'phone' if phone else 'desktop'}")
            page.get_by_role("button", name="Unsubscribe").click()
            page.get_by_role("heading", name="You are unsubscribed").wait_for()
            assert suppressed(desk, jane)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            page.get_by_role("button", name="Subscribe again").click()
            page.get_by_role("heading", name="Welcome back").wait_for()
            assert not suppressed(desk, jane)
    desk.close()


@contextlib.contextmanager
def served_at(app: ASGIApp) -> Iterator[str]:
    """The address of a real server, which runs within the block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
