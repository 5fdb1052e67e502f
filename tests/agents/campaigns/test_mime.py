"""Messages by the rules that inboxes enforce."""

from __future__ import annotations

import re

import pytest

from agents.campaigns.mime import write_mime
from tests.campaign_mail import APPROVED, POLICY, message, parsed, part


def test_it_has_every_header_that_inboxes_want() -> None:
    sent = message()
    mail = parsed(write_mime(sent, sent.key))
    assert mail["From"] == '"Two Peaks Chai Co." <hello@twopeakschai.example>'
    assert mail["Reply-To"] == POLICY.mail.reply_to
    assert mail["To"] == "Jane Doe <jane@mail.example>"
    assert mail["Date"].datetime == APPROVED
    assert mail["MIME-Version"] == "1.0"
    assert mail.get_content_type() == "multipart/alternative"
    assert mail["X-Campaign"] == "c-1"
    assert mail["X-Idempotency-Key"] == sent.key == f"campaign:c-1:{sent.contact}"
    assert re.fullmatch(r"<[0-9a-f]{32}@twopeakschai\.example>", mail["Message-ID"])


def test_one_click_unsubscribes() -> None:
    sent = message()
    content = write_mime(sent, sent.key)
    # As bytes: readers put encoded words together again, inboxes do not look into this header.
    assert f"\r\nList-Unsubscribe: <{sent.unsubscribe_url}>\r\n".encode() in content
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content


def test_both_parts_say_the_same() -> None:
    sent = message(first_name="Zoë", last_purchase="Чай 🍵")
    mail = parsed(write_mime(sent, sent.key))
    assert part(mail, "plain").replace("\r\n", "\n") == sent.text
    assert part(mail, "html").replace("\r\n", "\n") == sent.html


def test_the_same_message_has_the_same_bytes_and_another_has_not() -> None:
    contents = [
        write_mime(each, each.key)
        for each in (message(), message(), message(campaign="c-2"), message(to="other@mail.example"))
    ]
    ids = [parsed(content)["Message-ID"] for content in contents]
    assert contents[0] == contents[1]
    assert len(set(ids)) == 3


@pytest.mark.parametrize(
    "name", ["Zoë", "🍵" * 30, "مريم " * 20, 'Jane "the\\cup" Doe, Esq.', "a" * 190, "x@y.example", ""]
)
def test_any_name_makes_headers_of_short_lines_in_ascii(name: str) -> None:
    sent = message(to_name=name, first_name=name or None, last_purchase=f"{name} 🍵 tea")
    content = write_mime(sent, sent.key)
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    head = content.partition(b"\r\n\r\n")[0]
    assert not re.search(rb"=\?utf-8\?[^ \r\n]{72,}", head)
    mail = parsed(content)
    assert str(mail["Subject"]) == sent.subject
    [to] = mail["To"].addresses
    assert to.addr_spec == "jane@mail.example"
    assert sent.to_name.startswith(to.display_name)
    assert bool(to.display_name) == bool(sent.to_name)


def test_a_line_that_begins_with_from_or_a_dot_is_left_as_it_is() -> None:
    sent = message().model_copy(update={"text": "From here\n.\n..two\nend  \n"})
    assert part(parsed(write_mime(sent, "k")), "plain").replace("\r\n", "\n") == sent.text
