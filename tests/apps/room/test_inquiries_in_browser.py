"""The box for questions about the numbers in a real browser: asked, drawn, gone on with, and within the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.apps.conftest import Desk
from tests.apps.room.room_page import add_member, complaints_of, sign_in
from tests.desk import write_documents

if TYPE_CHECKING:
    from playwright.sync_api import Page

Pages = Callable[..., "Page"]
Shoot = Callable[["Page", str], None]


@pytest.fixture(scope="module")
def shop(make_desk: Callable[..., Desk], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with the sample business, and somebody who may look."""
    shop = make_desk(write_documents(tmp_path_factory.mktemp("documents")))
    add_member(shop, "vera", "viewer")
    shop.gtm("data", "sample", "--until", "2026-11-15")
    return shop


@pytest.mark.parametrize("look", ["desktop", "phone", "dark", "phone-dark"])
def test_a_question_is_answered_with_a_chart_and_gone_on_with(
    shop: Desk, new_page: Pages, shoot: Shoot, look: str
) -> None:
    here = new_page(phone="phone" in look, dark="dark" in look)
    complaints = complaints_of(here)
    sign_in(here, shop.url, "vera")
    here.goto(f"{shop.url}/room/ask")
    box = here.get_by_label("Ask about revenue")
    expect(box).to_be_focused()
    box.fill("why did revenue drop in February 2026?")
    box.press("Enter")
    expect(here.get_by_text("What made the difference")).to_be_visible(
        timeout=60_000
    )  # the engines come first
    expect(here.get_by_role("img", name="What changed net revenue")).to_be_visible()
    expect(here.locator(".finding svg").first).to_be_visible(timeout=30_000)
    box.fill("and by channel?")
    here.get_by_role("button", name="Ask", exact=True).click()
    first = here.locator(".finding").first
    expect(first).to_contain_text("in February 2026. By channel", timeout=30_000)
    first.get_by_text("How it was counted").click()
    expect(first.get_by_text("SELECT")).to_be_visible()
    shoot(here, f"ask-{look}")
    assert here.evaluate("document.querySelector('#stage').scrollWidth <= innerWidth")
    size = here.viewport_size
    assert size is not None
    here.set_viewport_size({"width": size["width"], "height": 2400})
    shoot(here, f"ask-whole-{look}")
    here.set_viewport_size(size)
    box.fill("which channel was best in March 2026?")
    box.press("Enter")
    here.get_by_role("button", name="Which channel had the highest ROAS in March 2026?").click()
    expect(here.locator(".finding").first).to_contain_text(
        "had the highest ROAS in March 2026", timeout=30_000
    )
    assert complaints == []
