"""A person takes part in the conversation: promised, answering, joining, typing, leaving, late."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.apps.chat_page import RETURNS, open_chat, say
from tests.apps.chat_team import SOON, Team, strip, wait_for_a_person
from tests.apps.conftest import Desk
from tests.apps.test_chat_access import CONTRAST

if TYPE_CHECKING:
    from playwright.sync_api import Page

Pages = Callable[..., "Page"]
Shoot = Callable[["Page", str], None]


@pytest.fixture(scope="module")
def team(desk: Desk, models_folder: Path) -> Iterator[Team]:
    """The team of the shared desk."""
    team = Team(desk.home, models_folder)
    yield team
    team.session.close()


def send(page: Page, text: str) -> None:
    """Send a message to which nobody answers at once."""
    box = page.get_by_label("Your question")
    box.fill(text)
    box.press("Enter")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_who_waits_reads_when_a_person_answers_and_need_not_wait(
    desk: Desk, new_page: Pages, shoot: Shoot, phone: bool
) -> None:
    page = wait_for_a_person(new_page(phone=phone), desk.url)
    expect(strip(page)).to_contain_text("A person will answer here")
    expect(strip(page)).to_contain_text("9–17 Denver time")
    expect(strip(page).get_by_label("Leave your e-mail if you would rather not wait")).to_be_visible()
    shoot(page, f"person-waiting-{'phone' if phone else 'desktop'}")
    send(page, "It is about my grandmother's tin.")
    expect(page.locator(".mine")).to_have_count(2)
    expect(page.locator(".desk-typing")).to_be_hidden()
    expect(page.locator(".theirs")).to_have_count(1)
    page.reload()
    expect(page.locator(".mine")).to_have_count(2)
    expect(strip(page)).to_contain_text("A person will answer here")


def test_an_answer_from_another_process_comes_without_a_reload_to_its_customer_alone(
    desk: Desk, team: Team, new_page: Pages, shoot: Shoot
) -> None:
    other = wait_for_a_person(new_page(), desk.url)
    page = wait_for_a_person(new_page(), desk.url)
    second_tab = open_chat(page.context.new_page(), desk.url)
    answer = "Yes, we engrave tins.\nIt takes two days."
    desk.gtm("decide", team.newest().id, "reply", "--text", answer, "--by", "Maya Ortiz")
    for tab in (page, second_tab):
        reply = tab.locator(".person")
        expect(reply).to_contain_text("Yes, we engrave tins.", timeout=SOON)
        expect(reply.locator(".who")).to_have_text("Maya from our team")
        expect(tab.locator(".told")).to_have_text("Maya from our team has joined.")
        expect(strip(tab)).to_contain_text("Maya is here")
    expect(page.locator(".desk")).not_to_contain_text("Ortiz")
    assert page.locator(".person .words").inner_text() == answer
    shoot(page, "person-answered-desktop")
    page.locator(".person").get_by_role("button", name="Helpful", exact=True).click()
    address = page.context.pages[0].url
    reopened = page.context.new_page()
    page.close()
    open_chat(reopened, address)
    expect(reopened.locator(".person")).to_contain_text("It takes two days.")
    thumb = reopened.locator(".person").get_by_role("button", name="Helpful", exact=True)
    expect(thumb).to_have_attribute("aria-pressed", "true")
    expect(other.locator(".person, .told")).to_have_count(0)
    expect(strip(other)).to_contain_text("A person will answer here")


def test_an_approved_draft_ends_the_wait(desk: Desk, team: Team, new_page: Pages, shoot: Shoot) -> None:
    page = wait_for_a_person(new_page(phone=True), desk.url)
    team.decide("edit", "You can return unopened chai within 30 days.")
    expect(page.locator(".person")).to_contain_text("within 30 days", timeout=SOON)
    expect(strip(page)).to_be_hidden()
    shoot(page, "person-answered-phone")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_person_joins_types_talks_and_leaves(
    desk: Desk, team: Team, new_page: Pages, shoot: Shoot, phone: bool
) -> None:
    page = wait_for_a_person(new_page(phone=phone), desk.url)
    team.decide("take-over")
    expect(page.locator(".told")).to_have_text("Maya from our team has joined.", timeout=SOON)
    team.typing()
    typing = page.get_by_text("Maya is typing")
    expect(typing).to_be_visible(timeout=SOON)
    shoot(page, f"person-typing-{'phone' if phone else 'desktop'}")
    expect(typing).to_be_hidden(timeout=15_000)
    team.say("Hello! Which tin is it?")
    expect(page.locator(".person")).to_contain_text("Which tin", timeout=SOON)
    send(page, RETURNS)
    send(page, "The blue one.")
    expect(page.locator(".mine .words")).to_have_text([re.compile("person"), RETURNS, "The blue one."])
    expect(page.locator(".desk-typing")).to_be_hidden()
    expect(page.locator(".mine[data-id]")).to_have_count(3)  # the log has them, in this order
    said = [message.text for message in team.session.messages(team.newest().conversation)]
    assert said[-2:] == [RETURNS, "The blue one."]
    team.decide("hand-back")
    expect(page.locator(".told").last).to_contain_text("Maya has left", timeout=SOON)
    expect(strip(page)).to_be_hidden()
    shoot(page, f"person-left-{'phone' if phone else 'desktop'}")
    expect(say(page, RETURNS)).to_contain_text("7 days")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_who_waits_longer_than_promised_is_told_once_and_asked_for_an_address(
    desk: Desk, team: Team, new_page: Pages, shoot: Shoot, dark: bool
) -> None:
    page = wait_for_a_person(new_page(phone=True, dark=dark), desk.url)
    team.let_promise_pass()
    team.session.keep_promises()
    team.session.keep_promises()
    expect(page.locator(".told")).to_contain_text("longer than promised", timeout=SOON)
    expect(strip(page)).to_contain_text("This is taking longer than we promised")
    expect(strip(page).get_by_label("Leave your e-mail")).to_be_visible()
    page.wait_for_timeout(1000)
    expect(page.locator(".told")).to_have_count(1)
    assert page.evaluate(CONTRAST) == []
    shoot(page, f"person-late-{'dark' if dark else 'light'}")


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "ada",
        "ada@",
        "@example.com",
        "ada@example",
        "a b@example.com",
        "<img src=x onerror=window.pwned=1>@example.com",
        "ada@example.com\r\nBcc: all@example.com",
        "x" * 5000 + "@example.com",
    ],
)
def test_a_wrong_address_is_refused_with_a_sentence(desk: Desk, wrong: str) -> None:
    with desk.visitor() as client:
        client.post("/chat/ask", json={"text": "I would like to talk to a person, please."})
        assert "e-mail" in client.post("/chat/contact", json={"email": wrong}).json()["error"]
        assert client.post("/chat/open", json={}).json()["standing"]["contact"] is None


def test_an_address_is_left_changed_and_seen_in_every_tab(
    desk: Desk, team: Team, new_page: Pages, shoot: Shoot
) -> None:
    page = wait_for_a_person(new_page(phone=True), desk.url)
    field = strip(page).get_by_label("Leave your e-mail if you would rather not wait")
    for wrong in ("", "ada at example.com", "<b onclick=window.pwned=1>@example.com"):
        field.fill(wrong)
        field.press("Enter")
        expect(strip(page).get_by_role("alert")).to_contain_text("e-mail address")
        expect(field).to_be_focused()
    shoot(page, "person-wrong-address")
    field.fill("ada@example.com")
    strip(page).get_by_role("button", name="Save").click()
    expect(strip(page)).to_contain_text("If you leave, the answer goes to ada@example.com")
    expect(field).to_be_hidden()
    shoot(page, "person-address")
    second_tab = open_chat(page.context.new_page(), desk.url)
    strip(second_tab).get_by_role("button", name="Change the e-mail address").click()
    again = strip(second_tab).get_by_role("textbox")
    expect(again).to_have_value("ada@example.com")
    again.fill("ada.l@example.org")
    again.press("Enter")
    for tab in (page, second_tab):
        expect(strip(tab)).to_contain_text("ada.l@example.org", timeout=SOON)
    assert team.newest().contact == "ada.l@example.org"
    assert page.evaluate("window.pwned") is None


def test_a_page_that_is_looked_at_keeps_the_answer_out_of_the_mail(
    desk: Desk, team: Team, new_page: Pages
) -> None:
    page = wait_for_a_person(new_page(), desk.url)
    with page.expect_response("**/chat/contact"):
        strip(page).get_by_role("textbox").fill("ada@example.com")
        strip(page).get_by_role("textbox").press("Enter")
    with page.expect_response("**/chat/seen"):
        team.decide("reply", "We engrave tins.")
    expect(page.locator(".person")).to_be_visible()
    mails = [
        effect
        for effect in team.session.effects("delivered", 1000)
        if effect.kind == "email" and effect.conversation == team.newest().conversation
    ]
    assert len(mails) == 1


def test_what_a_person_writes_cannot_run(desk: Desk, team: Team, new_page: Pages) -> None:
    page = wait_for_a_person(new_page(), desk.url)
    hostile = (
        "<img src=x onerror='window.pwned=1'> [x](javascript:window.pwned=1) <script>window.pwned=1</script>"
    )
    team.decide("reply", hostile, by="<img/src=x/onerror=window.pwned=1> Smith")
    expect(page.locator(".person .words")).to_contain_text("<script>", timeout=SOON)
    expect(page.locator(".person .who")).to_contain_text("<img/src=x")
    assert page.locator(".desk-log :is(script, img:not(.face)), .desk-standing img").count() == 0
    assert page.evaluate("window.pwned") is None


def test_two_tabs_show_one_conversation(desk: Desk, new_page: Pages) -> None:
    one = open_chat(new_page(), desk.url)
    two = open_chat(one.context.new_page(), desk.url)
    say(one, RETURNS)
    expect(two.locator(".mine")).to_have_text(re.compile(re.escape(RETURNS)), timeout=SOON)
    expect(two.locator(".theirs .sources")).to_be_visible()
    say(two, "Thank you!")
    expect(one.locator(".said")).to_have_count(4, timeout=SOON)
    two.wait_for_timeout(1000)
    for tab in (one, two):
        expect(tab.locator(".said")).to_have_count(4)
        whose = tab.locator(".said").evaluate_all("items => items.map(item => item.classList[1])")
        assert whose == ["mine", "theirs", "mine", "theirs"]
    one.get_by_role("button", name="New conversation").click()
    expect(two.locator(".said")).to_have_count(0, timeout=SOON)


def test_an_answer_given_while_the_server_is_away_reaches_the_open_page(
    make_desk: Callable[..., Desk], sample_documents: Path, models_folder: Path, new_page: Pages
) -> None:
    desk = make_desk(sample_documents)
    team = Team(desk.home, models_folder)
    page = wait_for_a_person(new_page(), desk.url)
    assert desk.stop() == 0
    team.decide("reply", "Yes, we engrave tins.")
    team.say("Shall I note a name?")
    desk.start()
    expect(page.locator(".person")).to_have_count(2, timeout=40_000)
    expect(page.locator(".mine")).to_have_count(1)
    send(page, "Rosa, please.")
    expect(page.locator(".mine")).to_have_count(2)
    page.reload()
    expect(page.locator(".said")).to_have_count(5)
    team.session.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_on_a_phone_all_of_it_fits_can_be_tapped_and_read(
    desk: Desk, team: Team, new_page: Pages, dark: bool
) -> None:
    page = wait_for_a_person(new_page(phone=True, dark=dark), desk.url)
    field = strip(page).get_by_role("textbox")
    field.fill("nobody")
    field.press("Enter")
    expect(strip(page).get_by_role("alert")).to_be_visible()
    team.decide("reply", "Yes. " + "Supercalifragilistic" * 12)
    expect(page.locator(".person")).to_be_visible(timeout=SOON)
    team.typing()
    expect(page.get_by_text("Maya is typing")).to_be_visible(timeout=SOON)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".desk-scroll").evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    sizes = page.locator(".desk button:visible, .desk input:visible").evaluate_all(
        "nodes => nodes.map(n => [n.ariaLabel || n.textContent.trim(), Math.round(n.getBoundingClientRect().height)])"
    )
    assert [size for size in sizes if size[1] < 40] == []
    assert page.evaluate(CONTRAST) == []
