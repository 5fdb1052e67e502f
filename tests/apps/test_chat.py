"""The chat in a real browser: a customer asks, reads, checks, rates, leaves and comes back."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.apps.chat_page import RETURNS, open_chat, say
from tests.apps.conftest import Desk, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

Pages = Callable[..., "Page"]
Shoot = Callable[["Page", str], None]


def test_a_question_gets_an_answer_whose_source_opens_and_leads_to_the_passage(
    desk: Desk, new_page: Pages, shoot: Shoot
) -> None:
    page = open_chat(new_page(), desk.url)
    shoot(page, "desktop-welcome")
    page.get_by_role("button", name=RETURNS).click()
    reply = page.locator(".theirs")
    expect(reply).to_contain_text("7 days")
    expect(page.locator(".desk-welcome")).to_be_hidden()
    sure = reply.locator(".sure")
    expect(sure).to_contain_text(re.compile("right", re.IGNORECASE))
    expect(sure).to_have_attribute("title", re.compile(r"^\d+% likely"))
    shoot(page, "desktop-answer")

    source = reply.locator("details", has_text="Returns and Refunds").first
    expect(source.locator("summary")).to_contain_text("section 3.2")
    expect(source.locator("blockquote")).to_be_hidden()
    source.locator("summary").click()
    quote = source.locator("blockquote")
    expect(quote).to_be_visible()
    expect(quote).to_contain_text("7 days")
    shoot(page, "desktop-source")

    with page.expect_popup() as popup:
        source.get_by_role("link", name="Read the whole document").click()
    document = popup.value
    mark = document.locator("mark").first
    expect(mark).to_be_in_viewport()
    expect(mark).to_contain_text("Perishable items such as chai")
    heading = document.locator(":target")
    expect(heading).to_contain_text("3.2")
    expect(heading).to_be_in_viewport()
    shoot(document, "desktop-document")


def test_an_answer_appears_unit_by_unit(desk: Desk, new_page: Pages) -> None:
    page = open_chat(new_page(reduced_motion=False), desk.url)
    page.evaluate(
        """() => { window.lengths = []; new MutationObserver(() => {
             const words = document.querySelector(".theirs .words");
             if (words) window.lengths.push(words.innerText.trim().length);
           }).observe(document.querySelector(".desk-log"), {subtree: true, childList: true, attributes: true}); }"""
    )
    say(page, RETURNS)
    lengths = page.evaluate("window.lengths")
    assert len(set(lengths)) >= 3, lengths
    assert lengths == sorted(lengths)


def test_while_the_desk_looks_it_up_the_page_says_so_and_then_gives_the_box_back(
    desk: Desk, new_page: Pages
) -> None:
    page = open_chat(new_page(), desk.url)

    def delay(route: Route) -> None:
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/chat/ask", delay)
    box = page.get_by_label("Your question")
    box.fill(RETURNS)
    box.press("Enter")
    expect(page.locator(".desk-typing")).to_be_visible()
    expect(box).to_have_value("")
    expect(page.locator(".theirs")).to_be_visible()
    expect(page.locator(".desk-typing")).to_be_hidden()
    expect(box).to_be_focused()


def test_a_follow_up_is_understood(desk: Desk, new_page: Pages, shoot: Shoot) -> None:
    page = open_chat(new_page(), desk.url)
    say(page, RETURNS)
    expect(say(page, "And if I already opened it?")).to_contain_text(re.compile("opened", re.IGNORECASE))
    shoot(page, "desktop-follow-up")


def votes(desk: Desk) -> list[tuple[str, str | None]]:
    """Every vote of the home, in the order in which they came."""
    with sqlite3.connect(desk.home / "gtm.sqlite3") as database:
        return database.execute("SELECT vote, reason FROM votes ORDER BY rowid").fetchall()


def test_a_thumb_is_stored_and_still_there_after_a_reload(desk: Desk, new_page: Pages) -> None:
    page = open_chat(new_page(), desk.url)
    reply = say(page, RETURNS)
    reply.get_by_role("button", name="Helpful", exact=True).click()
    expect(reply.get_by_role("button", name="Helpful", exact=True)).to_have_attribute("aria-pressed", "true")
    assert votes(desk)[-1] == ("up", None)
    page.reload()
    again = page.locator(".theirs").get_by_role("button", name="Helpful", exact=True)
    expect(again).to_have_attribute("aria-pressed", "true")


def test_a_thumb_down_may_say_why(desk: Desk, new_page: Pages, shoot: Shoot) -> None:
    page = open_chat(new_page(), desk.url)
    reply = say(page, RETURNS)
    reply.get_by_role("button", name="Not helpful").click()
    why = reply.get_by_label("What was wrong? (optional)")
    expect(why).to_be_focused()
    why.fill("I asked about tins")
    shoot(page, "desktop-thumb-down")
    why.press("Enter")
    expect(reply.get_by_text("Thank you.")).to_be_visible()
    wait_until(lambda: votes(desk)[-1] == ("down", "I asked about tins"))


def test_a_person_is_always_in_reach_and_the_reply_says_so_calmly(
    desk: Desk, new_page: Pages, shoot: Shoot
) -> None:
    page = open_chat(new_page(), desk.url)
    page.get_by_role("button", name="Talk to a person").click()
    reply = page.locator(".theirs.escalated")
    expect(reply).to_contain_text("A person will answer")
    expect(reply.locator(".sure, .sources, .votes")).to_have_count(0)
    shoot(page, "desktop-person")


def test_small_talk_has_no_sources_and_no_confidence(desk: Desk, new_page: Pages) -> None:
    page = open_chat(new_page(), desk.url)
    reply = say(page, "Thank you!")
    expect(reply.locator(".sure, .sources")).to_have_count(0)


def test_a_conversation_survives_a_reload_and_a_new_one_starts_empty(desk: Desk, new_page: Pages) -> None:
    page = open_chat(new_page(), desk.url)
    say(page, RETURNS)
    page.reload()
    expect(page.locator(".mine")).to_contain_text(RETURNS)
    expect(page.locator(".theirs .sources summary").first).to_be_visible()
    expect(page.locator(".desk-welcome")).to_be_hidden()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".said")).to_have_count(0)
    expect(page.locator(".desk-welcome")).to_be_visible()
    page.reload()
    expect(page.locator('.desk[data-state="open"]')).to_be_visible()
    expect(page.locator(".said")).to_have_count(0)


def test_another_visitor_sees_nothing_of_it(desk: Desk, new_page: Pages) -> None:
    say(open_chat(new_page(), desk.url), RETURNS)
    other = open_chat(new_page(), desk.url)
    expect(other.locator(".said")).to_have_count(0)


def test_a_message_near_the_limit_is_counted_and_beyond_it_stays_in_the_box(
    desk: Desk, new_page: Pages, shoot: Shoot
) -> None:
    page = open_chat(new_page(), desk.url)
    box = page.get_by_label("Your question")
    box.fill("x" * 100)
    expect(page.locator(".desk-count")).to_be_empty()
    box.fill("x" * 1900)
    expect(page.locator(".desk-count")).to_have_text("1,900 of 2,000")
    box.fill("x" * 100_000)
    box.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("shorten")
    expect(box).to_have_value("x" * 100_000)
    expect(page.locator(".said")).to_have_count(0)
    shoot(page, "desktop-too-long")


def test_everything_is_asked_of_our_own_host_and_nothing_is_logged_as_an_error(
    desk: Desk, new_page: Pages
) -> None:
    page = new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("response", lambda response: complaints.append(response.url) if response.status >= 400 else None)
    open_chat(page, desk.url)
    reply = say(page, RETURNS)
    reply.locator("summary").first.click()
    assert complaints == []
    assert [url for url in asked if not url.startswith((desk.url, "data:"))] == []


def test_the_page_is_the_brands_own(desk: Desk, new_page: Pages) -> None:
    page = open_chat(new_page(), desk.url)
    assert page.title() == "Two Peaks Chai Co."
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.get_by_role("heading", level=1)).to_have_text("Two Peaks Chai Co.")
    expect(page.locator("footer:visible")).to_have_count(0)
    expect(page.get_by_text("Gradio")).to_have_count(0)


def test_the_dark_page_is_dark(desk: Desk, new_page: Pages, shoot: Shoot) -> None:
    page = open_chat(new_page(dark=True), desk.url)
    say(page, RETURNS).locator("summary").first.click()
    shoot(page, "desktop-dark")
    assert (
        page.locator(".desk").evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(26, 22, 19)"
    )
