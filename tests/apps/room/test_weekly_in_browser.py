"""The weekly report in a real browser, without a network: made, read, opened to its numbers, and taken along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from integrations import connect
from tests.apps.conftest import Desk
from tests.apps.room.room_page import add_member, complaints_of, sign_in, whole
from tests.business import settings_of
from tests.desk import write_documents
from tests.editions import NASTY, NO_CASH, edition, empty

if TYPE_CHECKING:
    from playwright.sync_api import Page

Pages = Callable[..., "Page"]
Shoot = Callable[["Page", str], None]

LOOKS = ["desktop", "phone", "dark", "phone-dark"]


@pytest.fixture(scope="module")
def shop(make_desk: Callable[..., Desk], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with the sample business, a report made on it, and one made by hand."""
    shop = make_desk(write_documents(tmp_path_factory.mktemp("documents")))
    for name, role in (("vera", "viewer"), ("anna", "agent"), ("bo", "admin")):
        add_member(shop, name, role)
    shop.gtm("data", "sample", "--until", "2026-11-15")
    services = connect(settings_of(shop.home))
    services.editions.keep(edition("w-hand"))
    services.editions.keep(empty())
    services.close()
    return shop


@pytest.fixture(scope="module")
def made(shop: Desk) -> str:
    """The id of a report on the sample, which lies as `week.html` in the home too."""
    shop.gtm("weekly", "--as-of", "2026-11-16", "--out", str(shop.home / "week.html"))
    services = connect(settings_of(shop.home))
    latest = services.editions.latest()
    services.close()
    assert latest is not None
    return latest.id


def open_report(page: Page, shop: Desk, report: str = "", name: str = "vera") -> list[str]:
    """Come in, and open a report by the address that others link to; gives what the browser complains of."""
    complaints = complaints_of(page)
    sign_in(page, shop.url, name)
    page.goto(f"{shop.url}/room/weekly{f'?report={report}' if report else ''}")
    expect(page.get_by_role("heading", name="Weekly report")).to_be_visible()
    expect(page.locator(".kpi").first).to_be_visible(timeout=60_000)
    return complaints


@pytest.mark.parametrize("look", LOOKS)
def test_the_report_shows_figures_charts_and_tables_and_fits(
    shop: Desk, made: str, new_page: Pages, shoot: Shoot, look: str
) -> None:
    page = new_page(phone="phone" in look, dark="dark" in look)
    complaints = open_report(page, shop, made)
    expect(page.locator(".vega svg")).to_have_count(5, timeout=60_000)  # the library comes first
    expect(page.locator(".sample")).to_contain_text("Sample data")
    assert page.locator(".kpi").count() >= 10
    assert page.locator('.kpi .value:text-matches("^$")').count() == 0
    assert page.evaluate("document.querySelector('#stage').scrollWidth <= innerWidth")
    for drawn in page.locator(".vega svg").all():
        box = drawn.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= page.evaluate("innerWidth")
    assert (
        page.evaluate(
            "[...document.querySelectorAll('.stage button, .stage a, .stage input')]"
            ".filter((each) => !each.textContent.trim() && !each.labels?.length && !each.ariaLabel).length"
        )
        == 0
    )
    assert all(page.locator(".vega-box").nth(at).get_attribute("aria-label") for at in range(5))
    shoot(page, f"weekly-{look}")
    whole(page, shoot, f"weekly-whole-{look}")
    assert complaints == []


@pytest.mark.parametrize("phone", [False, True])
def test_a_definition_opens_by_keyboard_and_by_tap_and_a_number_to_its_query(
    shop: Desk, new_page: Pages, shoot: Shoot, phone: bool
) -> None:
    page = new_page(phone=phone)
    open_report(page, shop, "w-hand")
    define = page.locator('[data-metric="net_revenue"] .define')
    tip = page.locator('[data-metric="net_revenue"] .tip')
    expect(tip).to_be_hidden()
    if phone:
        define.tap()
    else:
        define.focus()
    expect(tip).to_have_text("Gross revenue less discounts and refunds.")
    expect(tip).to_be_visible()
    shoot(page, f"weekly-definition-{'phone' if phone else 'desktop'}")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    if not phone:
        define.hover()
        expect(tip).to_be_visible()
        page.keyboard.press("Escape")
        expect(tip).to_be_hidden()

    claim = page.get_by_role("button", name="$47,800", exact=True)
    claim.focus()
    page.keyboard.press("Enter")
    behind = page.get_by_role("dialog", name="Net revenue of the week")
    expect(behind).to_be_visible()
    behind.locator("summary").click()
    expect(behind.locator("pre")).to_have_text("SELECT sum(net) FROM orders WHERE note < '<b>'")
    shoot(page, f"weekly-claim-{'phone' if phone else 'desktop'}")
    page.keyboard.press("Escape")
    expect(behind).to_be_hidden()


def test_what_is_missing_is_said_and_no_name_does_anything(shop: Desk, new_page: Pages) -> None:
    page = new_page()
    open_report(page, shop, "w-hand")
    expect(page.locator('[data-metric="net_burn"]')).to_contain_text("unknown")
    expect(page.locator('[data-metric="net_burn"]')).to_contain_text(NO_CASH)
    expect(page.locator('[data-section="support"]')).to_contain_text("missing")
    expect(page.locator('[data-section="insights"]')).to_contain_text(NASTY)
    expect(page.locator('[data-section="marketing"] .said')).to_contain_text(NASTY)
    page.goto(f"{shop.url}/room#weekly/w-0")
    expect(page.locator('[data-metric="runway"]')).to_contain_text("no order is known")
    expect(page.locator(".vega")).to_have_count(0)
    page.goto(f"{shop.url}/room#weekly/w-nowhere")
    expect(page.get_by_text("There is no report 'w-nowhere'.")).to_be_visible()


def test_a_report_is_made_with_the_four_specialists_in_sight_and_stands_among_the_past_ones(
    shop: Desk, new_page: Pages, shoot: Shoot
) -> None:
    page, other = new_page(), new_page()
    open_report(page, shop, name="anna")
    open_report(other, shop, "w-hand", name="vera")
    expect(other.get_by_role("link", name="Draft win-back for 1")).to_have_count(0)
    expect(other.get_by_role("button", name="Make the report")).to_be_hidden()
    page.get_by_label("Last whole week before").fill("2026-10-20")
    page.get_by_role("button", name="Make the report").click()
    for name in ("finance", "marketing", "insights", "support"):
        expect(page.locator(f'[data-specialist="{name}"]')).to_be_visible()
    shoot(page, "weekly-running")
    expect(page.get_by_role("heading", name="12 to 18 October 2026")).to_be_visible(timeout=90_000)
    expect(page.locator(".run")).to_have_count(0)
    page.get_by_text("Past reports").click()
    expect(page.locator(".past-report[aria-current]")).to_contain_text("October 12, 2026")
    page.locator(".past-report", has_text="November 9, 2026").first.click()
    expect(page.get_by_role("heading", name="9 to 15 November 2026")).to_be_visible()

    page.get_by_label("Last whole week before").fill("2999-01-01")
    page.get_by_role("button", name="Make the report").click()
    expect(page.locator(".run").get_by_role("alert")).to_contain_text("lies in the future")
    expect(page.get_by_role("heading", name="9 to 15 November 2026")).to_be_visible()


def test_the_report_leads_to_a_win_back_for_those_at_risk(shop: Desk, new_page: Pages) -> None:
    page = new_page()
    open_report(page, shop, "w-hand", name="anna")
    page.get_by_role("link", name="Draft win-back for 1").click()
    expect(page.get_by_role("heading", name="Campaigns")).to_be_visible()
    expect(page.get_by_label("Only this segment")).to_have_value("At Risk")


def test_the_files_come_from_the_page(shop: Desk, new_page: Pages, tmp_path: Path) -> None:
    page = new_page()
    open_report(page, shop, "w-hand", name="bo")
    for label, begins in (("PDF", b"%PDF"), ("HTML", b"<!doctype"), ("Excel", b"PK"), ("CSV", b"PK")):
        with page.expect_download() as download:
            page.get_by_role("group", name="Download").get_by_role("link", name=label, exact=True).click()
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)
        assert file.read_bytes().startswith(begins)


@pytest.mark.parametrize("look", LOOKS)
def test_the_page_as_a_file_can_be_read_anywhere(
    shop: Desk, made: str, new_page: Pages, shoot: Shoot, look: str
) -> None:
    file = shop.home / "week.html"
    page = new_page(phone="phone" in look, dark="dark" in look)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    expect(page.get_by_role("heading", name="Weekly report")).to_be_visible()
    shown = ".on-dark" if "dark" in look else ".on-light"
    expect(page.locator(f"{shown} svg").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert asked == [file.as_uri()]
    page.locator("figure").first.scroll_into_view_if_needed()
    shoot(page, f"weekly-file-{look}")
