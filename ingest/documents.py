"""Files to Markdown: which formats are read, within which limits, and why a file was not."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_FILE_BYTES = 25 * 1024 * 1024  # the longest manuals are smaller; what is larger is mostly pictures
MAX_CHARACTERS = 2_000_000  # about 800 printed pages, more than a support document has
MARKDOWN = frozenset({".md", ".markdown", ".txt"})
CONVERTED = frozenset({".html", ".htm", ".pdf", ".docx", ".csv", ".xlsx"})
SUFFIXES = MARKDOWN | CONVERTED


class UnreadableDocument(Exception):
    """A file that cannot become a document; the message is the reason, to be read after the file's name."""


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """A document's Markdown, and the title its file gives it, if it gives one."""

    markdown: str
    title: str | None = None


def decode(content: bytes) -> str:
    """Text of bytes in UTF-8, UTF-16 with its mark, or Windows-1252; line ends become \\n."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    raise UnreadableDocument("not text in UTF-8, UTF-16 or Windows-1252")


_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_TITLE = re.compile(r"^title:[ \t]*(.+?)[ \t]*$", re.MULTILINE)


def markdown_source(text: str) -> DocumentSource:
    """A Markdown text without its front matter, whose title is kept."""
    title = None
    if match := _FRONT_MATTER.match(text):
        found = _TITLE.search(match.group(1))
        title = found.group(1).strip("\"'") if found else None
        text = text[match.end() :]
    return DocumentSource(text, title)
