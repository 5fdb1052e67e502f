"""Signed links: only our own are recognised, for good, and they tell nobody an address."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from agents.campaigns.unsubscribing import KeyRing, Links, Ticket
from agents.errors import BadInput
from tests.campaign_mail import LINKS, PUBLIC

JANE = LINKS.contact("jane@mail.example")
OLD, NEW = b"a" * 32, b"b" * 32


def token_of(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2]


TOKEN = token_of(LINKS.unsubscribe_url("c-1", JANE))


def test_a_link_says_which_campaign_and_whose() -> None:
    assert LINKS.read_unsubscribe(TOKEN) == Ticket(campaign="c-1", contact=JANE)


def test_no_address_can_be_read_from_a_link() -> None:
    url = LINKS.unsubscribe_url("c-1", JANE)
    assert url.startswith(f"{PUBLIC}/u/")
    assert "jane" not in url
    assert "mail.example" not in url
    assert Links(KeyRing(keys=(NEW,)), PUBLIC).contact("jane@mail.example") != JANE


def test_one_mailbox_has_one_mark() -> None:
    assert LINKS.contact(" Jane@MAIL.example") == JANE
    assert LINKS.contact("jane@bücher.example") == LINKS.contact("jane@xn--bcher-kva.example")
    assert LINKS.contact("john@mail.example") != JANE
    with pytest.raises(BadInput):
        LINKS.contact("nobody")


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        TOKEN[:-1],
        TOKEN + "A",
        TOKEN.replace("c-1", "c-2"),
        TOKEN.replace(JANE, LINKS.contact("john@mail.example")),
        TOKEN.rpartition(".")[0],
        TOKEN.swapcase(),
        TOKEN + "é",
        "é.é.é",
        "x" * 5000,
        token_of(LINKS.click_url("c-1", JANE, "")),
    ],
)
def test_a_changed_link_is_refused(token: str) -> None:
    with pytest.raises(BadInput, match="not one of ours"):
        LINKS.read_unsubscribe(token)


def test_links_of_an_earlier_key_keep_working_and_contacts_keep_their_marks() -> None:
    before, after = Links(KeyRing(keys=(OLD,)), PUBLIC), Links(KeyRing(keys=(OLD, NEW)), PUBLIC)
    contact = before.contact("jane@mail.example")
    assert after.contact("jane@mail.example") == contact
    old, new = (token_of(each.unsubscribe_url("c-1", contact)) for each in (before, after))
    assert old != new
    assert after.read_unsubscribe(old) == after.read_unsubscribe(new)
    with pytest.raises(BadInput):
        before.read_unsubscribe(new)


def test_a_click_leads_only_to_the_target_that_was_signed() -> None:
    target = "https://shop.example/p?a=1&b=ü#x"
    url = LINKS.click_url("c-1", JANE, target)
    [carried] = parse_qs(urlsplit(url).query)["to"]
    assert carried == target
    assert LINKS.read_click(token_of(url), target).contact == JANE
    for other in ("https://evil.example", target + "x", "", "x" * 5000, "//evil.example", "https://[::1"):
        with pytest.raises(BadInput):
            LINKS.read_click(token_of(url), other)


def test_a_key_that_can_be_guessed_signs_nothing() -> None:
    for keys in ((), (b"short",)):
        with pytest.raises(ValueError, match="at least 32 bytes"):
            Links(KeyRing(keys=keys), PUBLIC)


@pytest.mark.parametrize("campaign", ["", "a/b", "a.b", "a b", "x" * 65])
def test_an_id_that_could_break_a_link_is_refused(campaign: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a link"):
        LINKS.unsubscribe_url(campaign, JANE)
