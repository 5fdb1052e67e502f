"""What a document is: its formats, its limits, and Markdown text as it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_FILE_BYTES = 25 * 1024 * 1024  # the longest manuals are smaller; what is larger is mostly pictures
MAX_CHARACTERS = 2_000_000  # about 800 printed pages, more than a support document has
MAX_ROWS = 20_000  # a table of more questions than anybody maintains by hand is an export of something else
MARKDOWN = frozenset({".md", ".markdown", ".txt"})
CONVERTED = frozenset({".html", ".htm", ".pdf", ".docx", ".csv", ".xlsx"})
SUFFIXES = MARKDOWN | CONVERTED

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"^title:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_FENCED = re.compile(
    r"(^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\2[`~]*[ \t]*$|\Z))", re.MULTILINE | re.DOTALL
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class UnreadableDocument(Exception):
    """A file that cannot become a document; the message is the reason, to be read after the file's name."""


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """A document's Markdown, and the title its file gives it, if it gives one."""

    markdown: str
    title: str | None = None


def decode(content: bytes) -> str:
    """Text of bytes in UTF-8, UTF-16 with its mark, or Windows-1252; line ends become line feeds."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not marked and b"\0" in content:
        raise UnreadableDocument("not text: it holds zero bytes")
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "cp1252"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    raise UnreadableDocument("not text in UTF-8, UTF-16 or Windows-1252")


def markdown_source(text: str) -> DocumentSource:
    """A Markdown text without its front matter, whose title is kept, and without comments.

    What a reader of the rendered page does not see must not be quoted in an answer.
    """
    title = None
    if match := _FRONT_MATTER.match(text):
        found = _TITLE.search(match.group(1))
        title = found.group(1).strip("\"'") if found else None
        text = text[match.end() :]
    return DocumentSource(_without_comments(text), title or None)


def _without_comments(text: str) -> str:
    if "<!--" not in text:
        return text
    kept: list[str] = []
    end = 0
    for fence in _FENCED.finditer(text):
        kept += [_COMMENT.sub("", text[end : fence.start()]), fence.group()]
        end = fence.end()
    return "".join([*kept, _COMMENT.sub("", text[end:])])
