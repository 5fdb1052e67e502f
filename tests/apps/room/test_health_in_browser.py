"""The health page and an answer's trace in a real browser, on a desk without a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.apps.conftest import Desk
from tests.apps.room.room_page import add_member, sign_in
from tests.desk import write_documents

if TYPE_CHECKING:
    from playwright.sync_api import Page

Pages = Callable[..., "Page"]
Shoot = Callable[["Page", str], None]

QUESTION = "Can unopened tins come back?"


@pytest.fixture(scope="module")
def shop(make_desk: Callable[..., Desk], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with two documents that has answered one question, and one who may only look."""
    shop = make_desk(write_documents(tmp_path_factory.mktemp("documents")), thresholds=(0.0, 0.0))
    add_member(shop, "vera", "viewer")
    with shop.visitor() as visitor:
        visitor.post("/chat/ask", json={"text": QUESTION}).raise_for_status()
    return shop


@pytest.mark.parametrize("look", ["desktop", "phone", "dark"])
def test_health_says_what_there_is_to_know_and_fits(
    shop: Desk, new_page: Pages, shoot: Shoot, look: str
) -> None:
    page = sign_in(new_page(phone=look == "phone", dark=look == "dark"), shop.url, "vera")
    page.get_by_role("link", name="Health").click()
    told = page.get_by_role("list", name="What to know")
    expect(told).to_contain_text("No language model is set: every answer is quoted from the documents.")
    answers = page.locator(".tile", has_text="Answers")
    expect(answers).to_contain_text("1")
    expect(page.locator(".tile", has_text="From cache")).to_contain_text("–")
    page.get_by_role("button", name="30 days").click()
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("region", name="Time and cost").locator("tbody tr")).to_have_count(30)
    assert page.evaluate("document.querySelector('#stage').scrollWidth <= innerWidth")
    shoot(page, f"health-{look}")


def test_an_answer_that_comes_in_shows_by_itself(shop: Desk, new_page: Pages) -> None:
    page = sign_in(new_page(), shop.url, "vera")
    page.goto(f"{shop.url}/room#health")
    number = page.locator(".tile", has_text="Answers").locator(".value")
    expect(number).to_have_text("1")
    with shop.visitor() as visitor:
        visitor.post("/chat/ask", json={"text": QUESTION}).raise_for_status()
    expect(number).to_have_text("2", timeout=12_000)  # sooner than the page's clock would ask


@pytest.mark.parametrize("phone", [False, True])
def test_a_reply_leads_to_how_it_came_about_and_back(
    shop: Desk, new_page: Pages, shoot: Shoot, phone: bool
) -> None:
    page = sign_in(new_page(phone=phone), shop.url, "vera")
    page.goto(f"{shop.url}/room#conversations")
    page.locator(".row-item").last.click()
    page.locator("details.thought > summary").click()
    page.get_by_role("link", name="How it came about").click()
    expect(page.locator('[data-part="retrieval"]')).to_contain_text("returns.md, 1")
    expect(page.locator('[data-part="decision"]')).to_contain_text("answer")
    assert page.evaluate("document.querySelector('#stage').scrollWidth <= innerWidth")
    shoot(page, f"trace-{'phone' if phone else 'desktop'}")
    page.get_by_role("link", name="Back").click()
    expect(page.locator(".log")).to_contain_text(QUESTION)


def test_a_trace_that_there_is_not_is_said_to_be_none(shop: Desk, new_page: Pages) -> None:
    page = sign_in(new_page(), shop.url, "vera")
    page.goto(f"{shop.url}/room#trace/0123")
    expect(page.get_by_text("There is no trace '0123' here.")).to_be_visible()
