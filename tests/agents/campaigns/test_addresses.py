"""Which addresses campaigns write to."""

from __future__ import annotations

import pytest

from agents.campaigns.addresses import parse_address, same_mailbox
from agents.errors import BadInput


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("jane@shop.example", "jane@shop.example"),
        ("  Jane.O'Neil+tea@Shop.EXAMPLE\n", "Jane.O'Neil+tea@shop.example"),
        ("jane@bücher.example", "jane@xn--bcher-kva.example"),
        ("jane@日本語.jp", "jane@xn--wgv71a119e.jp"),
        ("a@sub.sub.shop.co.uk", "a@sub.sub.shop.co.uk"),
    ],
)
def test_an_address_is_written_as_mail_servers_take_it(text: str, address: str) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jane",
        "@shop.example",
        "jane@",
        "jane@shop",
        "jane@@shop.example",
        "jane.@shop.example",
        ".jane@shop.example",
        "ja..ne@shop.example",
        "jane doe@shop.example",
        "jane@shop..example",
        "jane@-shop.example",
        "jane@shop.example.",
        "jane@127.0.0.1",
        "jane@[127.0.0.1]",
        "jäne@shop.example",
        "<jane@shop.example>",
        "Jane <jane@shop.example>",
        "jane@shop.example, john@shop.example",
        "jane@shop.example\nBcc: all@shop.example",
        "jane\r\n@shop.example",
        "jane@shop.example\u202e",
        '"jane doe"@shop.example',
        "a" * 65 + "@shop.example",
        "jane@" + "a" * 64 + ".example",
        "jane@" + ".".join(["a" * 60] * 5),
        "jane@ex\u0000ample.example",
    ],
)
def test_what_is_no_address_or_more_than_one_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is no e-mail address"):
        parse_address(text)


def test_a_refusal_shows_no_more_than_a_line_of_it() -> None:
    with pytest.raises(BadInput) as refusal:
        parse_address("x" * 20_000)
    assert len(str(refusal.value)) < 150


def test_case_makes_no_other_mailbox() -> None:
    assert same_mailbox(parse_address("Jane@Shop.example")) == same_mailbox(
        parse_address("jane@SHOP.example")
    )
