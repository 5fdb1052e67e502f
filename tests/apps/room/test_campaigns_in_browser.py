"""Campaigns in a real browser: drafted, read as customers read them, changed, approved, and seen to go out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.apps.conftest import Desk
from tests.apps.room.room_page import add_member, complaints_of, sign_in, whole
from tests.business import import_into, settings_of, write_csv
from tests.campaign_shop import LAPSED, fill
from tests.desk import write_documents

if TYPE_CHECKING:
    from playwright.sync_api import Page

Pages = Callable[..., "Page"]
Shoot = Callable[["Page", str], None]

HOSTILE = "<img src=x onerror=alert(1)>Bob"
RECIPIENTS = LAPSED - 4
SLOWLY = 60_000
WATCH = """() => {
  window.seen = new Set();
  const workers = (node) => node.querySelectorAll?.("[data-specialist]") ?? [];
  const look = (node) => workers(node).forEach((each) => seen.add(each.dataset.specialist));
  new MutationObserver((records) => records.forEach((record) => record.addedNodes.forEach(look)))
    .observe(document.body, { subtree: true, childList: true });
}"""
"""Remembers whom the page has shown at work, however quick they are."""


@pytest.fixture(scope="module")
def shop(make_desk: Callable[..., Desk], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A small shop with some hostile names, that may write at any hour and again at once."""
    folder = tmp_path_factory.mktemp("shop")
    shop = make_desk(write_documents(folder / "documents"))
    shop.stop()
    policy = shop.home / "policies" / "campaigns.yaml"
    words = policy.read_text("utf-8")
    for before, after in (
        ('opens: "09:00"', 'opens: "00:00"'),
        ('closes: "18:00"', 'closes: "23:59"'),
        ("contacted_days: 14", "contacted_days: 0"),
    ):
        assert before in words
        words = words.replace(before, after)
    policy.write_text(words, "utf-8")
    settings = settings_of(shop.home)
    fill(settings, folder)
    header = ("customer_id", "name", "email", "consent", "timezone")
    people = [(f"k{at}", HOSTILE, f"ann{at}@shop.example", "yes", "") for at in range(8)]
    import_into(settings, write_csv(folder / "hostile.csv", header, *people), "customers")
    shop.start()
    for name, role in (("vera", "viewer"), ("anna", "agent"), ("bo", "admin")):
        add_member(shop, name, role)
    return shop


def draft(page: Page, shop: Desk) -> None:
    """Draft a win-back, and wait for its page with its first preview."""
    page.goto(f"{shop.url}/room#campaigns/new")
    page.get_by_role("button", name="Draft it").click()
    expect(page.get_by_role("heading", name=re.compile("Win-back c-"))).to_be_visible(timeout=SLOWLY)
    body = page.frame_locator("iframe.mail").locator("body")
    expect(body).to_contain_text("it has been a while", timeout=SLOWLY)


def read_the_mails(page: Page) -> None:
    """Look at them as a customer does, on a desk, on a phone and as text."""
    frame = page.frame_locator("iframe.mail")
    expect(frame.locator("body")).to_contain_text("it has been a while")
    expect(frame.locator(".button")).to_have_css("background-color", "rgb(138, 67, 34)")
    assert frame.locator("[href], script, img").count() == 0
    page.get_by_role("button", name="Phone", exact=True).click()
    assert page.locator("iframe.mail").evaluate("(frame) => frame.clientWidth") <= 390
    page.get_by_role("button", name="Next customer").click()
    expect(page.locator(".preview-of")).to_contain_text("Subject B")
    page.get_by_role("button", name="Text", exact=True).click()
    expect(page.locator(".mail-text")).to_contain_text("(the customer's own link to unsubscribe)")
    page.get_by_role("button", name="Desktop", exact=True).click()
    assert page.evaluate("document.querySelector('#stage').scrollWidth <= innerWidth")


@pytest.mark.parametrize("phone", [False, True])
def test_a_campaign_is_drafted_read_changed_approved_and_seen_to_go_out(
    shop: Desk, new_page: Pages, shoot: Shoot, phone: bool
) -> None:
    page, look = new_page(phone=phone), "phone" if phone else "desktop"
    complaints = complaints_of(page)
    sign_in(page, shop.url)
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page.get_by_role("heading", name="Campaigns")).to_be_visible()
    page.goto(f"{shop.url}/room#campaigns/new")
    page.get_by_label("Offer in percent").fill("5")
    page.evaluate(WATCH)
    page.get_by_role("button", name="Draft it").click()
    shoot(page, f"campaign-drafting-{look}")
    expect(page.get_by_role("heading", name=re.compile("Win-back c-"))).to_be_visible(timeout=SLOWLY)
    assert page.evaluate("[...window.seen]") == ["insights", "marketing", "finance"]
    expect(page.locator(".state-tag")).to_have_text("waits for approval")
    expect(page.locator(".funnel")).to_contain_text(f"get the mail{RECIPIENTS}")
    expect(page.locator(".where")).to_contain_text("nothing is sent")
    expect(page.get_by_role("img", name=re.compile("^Profit: .* to .*, best guess"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Extra orders: "))).to_be_visible()

    read_the_mails(page)
    whole(page, shoot, f"campaign-draft-{look}")

    if phone:
        page.get_by_role("button", name="Edit…").tap()
    else:
        page.locator("#stage").focus()
        page.keyboard.press("e")
    page.get_by_label("Subject A").fill("Hello {nickname}")
    page.get_by_role("button", name="Save a new version").click()
    expect(page.get_by_role("alert").get_by_text("unknown field {nickname}")).to_be_visible(timeout=SLOWLY)
    page.get_by_label("Subject A").fill("{first_name}, we have kept something for you")
    page.get_by_role("button", name="Save a new version").click()
    expect(page.locator(".campaign-head")).to_contain_text("version 2", timeout=SLOWLY)
    expect(page.locator(".preview-of")).to_contain_text("we have kept something for you")

    page.get_by_role("button", name="Approve…").click()
    shoot(page, f"campaign-approving-{look}")
    if page.get_by_label("Why it shall go out").is_visible():
        page.get_by_label("Why it shall go out").fill("We want to learn from it")
    page.get_by_role("button", name=re.compile("^Approve( all the same)?$")).click()
    expect(page.locator(".sending .figure")).to_have_text(
        f"{RECIPIENTS} of {RECIPIENTS} sent", timeout=SLOWLY
    )
    expect(page.locator(".state-tag")).to_contain_text("is sent", timeout=SLOWLY)
    expect(page.locator(".came")).to_contain_text(f"Sent{RECIPIENTS}", timeout=SLOWLY)
    expect(page.locator(".came")).to_contain_text("unknown")
    expect(page.get_by_role("heading", name="Against those held out")).to_be_visible()
    assert page.evaluate("document.querySelector('#stage').scrollWidth <= innerWidth")
    whole(page, shoot, f"campaign-sent-{look}")
    assert complaints == []


def test_a_hostile_name_is_words_and_no_link_of_a_preview_can_be_followed(
    shop: Desk, new_page: Pages, shoot: Shoot
) -> None:
    page = new_page(dark=True)
    complaints = complaints_of(page)
    sign_in(page, shop.url)
    asked: list[str] = []
    draft(page, shop)
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("See it as this customer").fill("onerror")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".preview-of")).to_contain_text(HOSTILE)
    frame = page.frame_locator("iframe.mail")
    frame.get_by_text("Unsubscribe").click()
    frame.get_by_text("Back to the shop").click()
    expect(frame.locator("body")).to_contain_text("it has been a while")
    assert frame.locator("img, script, [href], [onerror]").count() == 0
    assert all("/room/api/" in url for url in asked)
    shoot(page, "campaign-hostile-dark")
    page.get_by_label("See it as this customer").fill("nobody at all")
    page.keyboard.press("Enter")
    expect(page.locator(".previews .problem")).to_contain_text("nobody who gets this campaign")
    whole(page, shoot, "campaign-dark")
    assert complaints == ["Failed to load resource: the server responded with a status of 400 (Bad Request)"]


def test_of_two_in_the_room_the_second_is_told_who_was_first_and_a_page_that_only_looks_follows(
    shop: Desk, new_page: Pages
) -> None:
    first, second, third = new_page(), new_page(), new_page()
    for page, name in ((first, "bo"), (second, "anna"), (third, "vera")):
        sign_in(page, shop.url, name)
    draft(first, shop)
    for page in (second, third):
        page.goto(first.url)
        expect(page.locator(".funnel")).to_be_visible()
    second.route("**/progress", lambda route: route.abort())  # what it shows is old
    for page in (first, second):
        page.get_by_role("button", name="Reject…").click()
    first.get_by_role("button", name="Reject", exact=True).click()
    expect(third.locator(".state-tag")).to_have_text("was rejected, by Bo", timeout=SLOWLY)
    second.get_by_role("button", name="Reject", exact=True).click()
    expect(second.locator(".note")).to_contain_text("Bo was first: the campaign is rejected.")
    expect(second.locator(".state-tag")).to_have_text("was rejected, by Bo")
    expect(second.locator(".action-form")).to_have_count(0)
    expect(second.get_by_role("group", name="What to do")).to_be_hidden()


def test_what_cannot_be_drafted_is_said_beside_the_form_and_who_only_reads_has_no_buttons(
    shop: Desk, new_page: Pages, shoot: Shoot
) -> None:
    page, other = new_page(), new_page()
    sign_in(page, shop.url)
    draft(page, shop)
    sign_in(other, shop.url, "vera")
    other.goto(page.url)
    expect(other.locator(".funnel")).to_be_visible()
    expect(other.get_by_role("group", name="What to do")).to_be_hidden()
    other.keyboard.press("Escape")
    expect(other.locator(".campaign-row").first).to_be_visible()
    expect(other.get_by_role("link", name="New campaign")).to_have_count(0)
    shoot(other, "campaigns-viewer")

    page.goto(f"{shop.url}/room#campaigns/new")
    page.get_by_label("Without an order for so many days").fill("3000")
    page.get_by_role("button", name="Draft it").click()
    expect(page.locator(".drafting").get_by_role("alert")).to_contain_text("Nobody fits", timeout=SLOWLY)
    page.get_by_label("Budget for offers and sending").fill("much")
    page.get_by_role("button", name="Draft it").click()
    budget = page.locator(".field", has=page.get_by_label("Budget for offers and sending"))
    expect(budget.get_by_role("alert")).to_contain_text("budget is an amount from 0 on")
    expect(budget.get_by_role("textbox")).to_be_focused()
    expect(budget.locator("[aria-invalid]")).to_have_count(1)
    shoot(page, "campaign-wrong-field")
    page.get_by_role("button", name="In your own words").click()
    page.get_by_label("What the campaign is for").fill("Offer 90% to everybody")
    page.get_by_role("button", name="Draft it").click()
    expect(page.locator(".drafting").get_by_role("alert")).to_contain_text("above the 30%", timeout=SLOWLY)
    shoot(page, "campaign-refused")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Shortcuts")).to_contain_text("campaigns")
