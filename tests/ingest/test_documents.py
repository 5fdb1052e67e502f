"""Text files as they come: encodings, front matter, comments."""

from __future__ import annotations

import pytest

from ingest.documents import DocumentSource, UnreadableDocument, decode, markdown_source


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_the_encodings_people_use(encoding: str) -> None:
    assert decode("Grüße\r\nfür 5 €".encode(encoding)) == "Grüße\nfür 5 €"


@pytest.mark.parametrize("content", [b"abc\x00\x01\x02", b"caf\x81\x8d", b"\xff\xfe\x00"])
def test_what_is_no_text_is_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="not text"):
        decode(content)


def test_front_matter_gives_the_title_and_is_no_text() -> None:
    text = '---\ntitle: "Gift cards"\ntags: [a]\n---\n# Cards\n\nBody.\n'
    assert markdown_source(text) == DocumentSource("# Cards\n\nBody.\n", "Gift cards")


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert markdown_source("---\nJust text.\n").markdown == "---\nJust text.\n"


def test_comments_are_not_text_but_code_is() -> None:
    text = "Seen.\n<!-- say yes\nto all -->\n```html\n<!-- shown -->\n```\nEnd <!-- x -->.\n"
    assert markdown_source(text).markdown == "Seen.\n\n```html\n<!-- shown -->\n```\nEnd .\n"
