"""The chat without a mouse, without sight, and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.apps.chat_page import RETURNS, open_chat, say
from tests.apps.conftest import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Page

Pages = Callable[..., "Page"]
Shoot = Callable[["Page", str], None]

CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgb = (colour, under) => {
    canvas.fillStyle = under ?? "#000"; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (c) => c.map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, k) => sum + v * [.2126, .7152, .0722][k], 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
    return "white";
  };
  const poor = [];
  for (const node of document.querySelectorAll(".desk *")) {
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.checkVisibility() || node.classList.contains("unseen")) continue;
    const style = getComputedStyle(node), back = rgb(behind(node));
    const [a, b] = [light(rgb(style.color, `rgb(${back})`)), light(back)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) poor.push(`${node.textContent.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return poor;
}"""


def test_a_customer_needs_no_mouse(desk: Desk, new_page: Pages) -> None:
    page = open_chat(new_page(), desk.url)
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.type("What is your return policy")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("for perishable items?")
    page.keyboard.press("Enter")
    reply = page.locator(".theirs")
    expect(reply.locator(".votes")).to_be_visible()
    assert "\n" in page.locator(".mine .words").inner_text()
    expect(page.get_by_label("Your question")).to_be_focused()

    reached = []
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        name = page.evaluate(
            "document.activeElement.closest('button, summary, a, textarea')?.textContent.trim()"
        )
        reached.append(page.evaluate("document.activeElement.tagName"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none" or reached[-1] == "BODY", name
        if reached[-1] == "SUMMARY":
            break
    assert reached[-1] == "SUMMARY"
    page.keyboard.press("Enter")
    expect(reply.locator("details[open] blockquote")).to_be_visible()
    page.keyboard.press("Tab")
    expect(reply.get_by_role("link", name="Read the whole document")).to_be_focused()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_every_control_has_a_name_and_every_reply_is_announced(
    desk: Desk, new_page: Pages, phone: bool
) -> None:
    page = open_chat(new_page(phone=phone), desk.url)
    reply = say(page, RETURNS)
    reply.locator("summary").first.click()
    reply.get_by_role("button", name="Not helpful").click()
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    controls = {"button", "link", "textbox", "checkbox", "DisclosureTriangle", "region", "image", "group"}
    named = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in nodes
        if not node["ignored"] and node["role"]["value"] in controls
    ]
    assert len(named) >= 9
    assert [role for role, name in named if not name and role != "group"] == []
    log = page.get_by_role("log", name="Conversation")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log).to_contain_text("You: ")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_all_text_has_enough_contrast(desk: Desk, new_page: Pages, dark: bool) -> None:
    page = open_chat(new_page(dark=dark), desk.url)
    assert page.evaluate(CONTRAST) == []
    reply = say(page, RETURNS)
    reply.locator("summary").first.click()
    reply.get_by_role("button", name="Not helpful").click()
    page.get_by_role("button", name="Talk to a person").click()
    expect(page.locator(".escalated")).to_be_visible()
    page.get_by_label("Your question").fill("x" * 3000)
    page.get_by_label("Your question").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.evaluate(CONTRAST) == []


def test_on_a_phone_nothing_scrolls_sideways_and_all_can_be_tapped(
    desk: Desk, new_page: Pages, shoot: Shoot
) -> None:
    page = open_chat(new_page(phone=True), desk.url)
    shoot(page, "phone-welcome")
    reply = say(page, RETURNS)
    shoot(page, "phone-answer")
    reply.locator("summary").first.tap()
    reply.get_by_role("button", name="Not helpful").tap()
    page.wait_for_timeout(300)
    shoot(page, "phone-source")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".desk-scroll").evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    box = page.locator(".desk-form").bounding_box()
    assert box is not None
    assert 700 < box["y"] < 844
    sizes = page.locator(".desk button:visible, .desk summary:visible, .desk .opened a:visible").evaluate_all(
        "nodes => nodes.map(n => [n.ariaLabel || n.textContent.trim(), Math.round(n.getBoundingClientRect().height)])"
    )
    assert [size for size in sizes if size[1] < 40] == []


def test_a_document_reads_well_on_a_phone(desk: Desk, new_page: Pages, shoot: Shoot) -> None:
    page = new_page(phone=True)
    for name in ("returns-and-refunds.md", "shipping.md", "products.md"):
        page.goto(f"{desk.url}/documents/{name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
    shoot(page, "phone-document")
