"""The page shows an answer sentence by sentence while it is written: calm, nothing vanishes, the same in the end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.apps.chat_page import open_chat
from tests.apps.conftest import wait_until
from tests.apps.model_desk import QUESTION, SENTENCES, WHOLE, ModelDesk, serving_model_desk
from tests.model_server import Turn

if TYPE_CHECKING:
    from playwright.sync_api import Page

LISTED_ANSWER = (
    "For unopened tins:\n\n- Unopened tins may come back within 30 days.\n- Write to us with the order "
    "number.\n\nOpened pouches cannot come back. A sealed pouch may come back within 14 days."
)
LISTED = {**WHOLE, "answer": LISTED_ANSWER}
PATIENCE = 20_000  # ms
WATCH = """() => {
  window.seen = [];
  const log = document.querySelector('.desk-log');
  const look = () => {
    const text = [...log.querySelectorAll('.theirs .words')].map((node) => node.innerText).join('|');
    if (window.seen.at(-1) !== text) window.seen.push(text);
  };
  new MutationObserver(look).observe(log, { childList: true, subtree: true, characterData: true });
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelDesk]:
    with serving_model_desk(tmp_path_factory.mktemp("stream")) as served:
        yield served


def halting(value: dict[str, Any], pause: float, more: int = 0) -> Turn:
    """An answer that comes sentence by sentence with a pause before each, and so many pauses before its end."""
    words = json.dumps(value)
    cuts = [0, *(words.rindex(sentence) + 9 for sentence in SENTENCES), len(words)]
    return Turn(pieces=[words[start:end] for start, end in pairwise(cuts)] + [" "] * more, pause=pause)


def begin(page: Page, url: str) -> None:
    open_chat(page, url)
    page.evaluate(WATCH)
    box = page.get_by_label("Your question")
    box.fill(QUESTION)
    box.press("Enter")


def said(page: Page) -> str:
    """What is read aloud or copied of the answer."""
    return page.locator(".theirs .words").last.inner_text()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_sentences_appear_one_after_another_and_none_vanishes(
    served: ModelDesk, new_page: Callable[..., Page], shoot: Callable[[Page, str], None], *, phone: bool
) -> None:
    served.models.say(halting(LISTED, 0.5))
    page = new_page(phone=phone, dark=phone, reduced_motion=False)
    begin(page, served.url)
    expect(page.locator(".unfinished li").first).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".desk-typing")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".desk-log")).to_have_attribute("aria-busy", "true", timeout=PATIENCE)
    shoot(page, f"stream-{'phone' if phone else 'desktop'}-middle")
    expect(page.locator(".theirs .votes")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".desk-log")).not_to_have_attribute("aria-busy", "true", timeout=PATIENCE)
    expect(page.locator(".unfinished")).to_have_count(0, timeout=PATIENCE)
    shoot(page, f"stream-{'phone' if phone else 'desktop'}-end")
    seen = [text for text in page.evaluate("window.seen") if text]
    assert len(seen) > 2
    bare = ["".join(text.split()) for text in seen]
    assert all(later.startswith(earlier) for earlier, later in pairwise(bare))
    assert bare[-1] == "".join(LISTED_ANSWER.replace("\n- ", "\n").split())


def test_the_answer_after_a_reload_goes_on_from_what_was_shown(
    served: ModelDesk, new_page: Callable[..., Page]
) -> None:
    served.models.say(halting(WHOLE, 0.5, 30))
    page = new_page()
    begin(page, served.url)
    expect(page.locator(".unfinished")).to_contain_text(SENTENCES[0], timeout=PATIENCE)
    shown = said(page)
    page.reload()
    expect(page.locator(".theirs .votes")).to_be_visible(timeout=PATIENCE)
    assert said(page).startswith(shown)
    assert served.models.left.acquire(timeout=20)


def test_a_page_that_is_closed_in_the_middle_finds_the_answer_on_return(
    served: ModelDesk, new_page: Callable[..., Page]
) -> None:
    served.models.say(halting(WHOLE, 0.5, 30))
    page = new_page()
    begin(page, served.url)
    expect(page.locator(".unfinished")).to_contain_text(SENTENCES[0], timeout=PATIENCE)
    shown, context = said(page), page.context
    page.close()
    assert served.models.left.acquire(timeout=20)
    again = open_chat(context.new_page(), served.url)
    expect(again.locator(".theirs .votes")).to_be_visible(timeout=PATIENCE)
    assert said(again).startswith(shown)


def test_a_mistake_at_the_end_leaves_the_beginning_and_the_documents_words(
    served: ModelDesk, new_page: Callable[..., Page], shoot: Callable[[Page, str], None]
) -> None:
    wrong = f"{' '.join(SENTENCES)} Opened pouches may come back within 77 days. Write to us."
    served.models.say(halting({**WHOLE, "answer": wrong}, 0.3))
    page = new_page()
    begin(page, served.url)
    expect(page.locator(".theirs .votes")).to_be_visible(timeout=PATIENCE)
    shoot(page, "stream-unfinished")
    seen = ["".join(text.split()) for text in page.evaluate("window.seen") if text]
    assert all(later.startswith(earlier) for earlier, later in pairwise(seen))
    assert not any("77" in text for text in seen)
    assert served.desk.session.policy.texts.own_words in said(page)


def test_a_server_that_stops_in_the_middle_leaves_what_was_shown(
    tmp_path_factory: pytest.TempPathFactory, new_page: Callable[..., Page]
) -> None:
    with serving_model_desk(tmp_path_factory.mktemp("stopping")) as served:
        served.models.say(halting(WHOLE, 0.5, 60))
        page = new_page()
        begin(page, served.url)
        expect(page.locator(".unfinished")).to_contain_text(SENTENCES[0], timeout=PATIENCE)
        served.server.should_exit = True
        served.server.force_exit = True
        wait_until(lambda: not page.locator(".desk-typing").is_visible())
        assert SENTENCES[0] in said(page)
        expect(page.locator(".mine")).to_be_visible(timeout=PATIENCE)
