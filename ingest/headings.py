"""The outline of a document: its title, the path to each section, section numbers, and anchors."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

_NUMBER = re.compile(
    r"(?:(?:section|sec\.?|article|art\.?|chapter|clause|part|§+)\s*)?"
    r"((?:\d{1,3}|[A-Z](?=\.\d))(?:\.\d{1,3})*)(?P<mark>[.):]?)(?=\s|$)",
    re.IGNORECASE,
)
_EXPLICIT_ANCHOR = re.compile(r"\s*\{#([\w.:-]+)\}\s*$")
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])?")
_EMPHASIS = re.compile(r"(\*\*|__|\*|`+|~~)(?=\S)(.+?)(?<=\S)\1")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_SEPARATOR = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a document: its level from 1, and its Markdown without the mark of the level."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a section stands: the headings above it without the title, its number or an empty text."""

    headings: tuple[str, ...]
    section: str


def plain_text(markdown: str) -> str:
    """A line of Markdown as a reader sees it, without marks of emphasis, links, code or HTML."""
    text = _TAG.sub("", _LINK.sub(r"\1", markdown))
    previous = ""
    while text != previous:
        previous, text = text, _EMPHASIS.sub(r"\2", text)
    return " ".join(_ESCAPE.sub(r"\1", text).split())


def section_number(heading: str) -> tuple[str, bool]:
    """The number a heading begins with ("3.2" of "§ 3.2 Refunds"), and whether it can be nothing else.

    A bare "30" may as well count days, so the second value is false for it.
    """
    match = _NUMBER.match(heading)
    if match is None:
        return "", False
    number = match.group(1)
    certain = "." in number or bool(match.group("mark")) or match.start(1) > 0
    return number, certain


def slug(text: str) -> str:
    """A heading as an anchor: lower case, its words joined by hyphens, letters of any script kept."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return _SEPARATOR.sub("-", folded).replace("_", "-").strip("-")[:80].rstrip("-")


class Outline:
    """Walks through a document's headings in order and says for each where its section stands."""

    def __init__(self, name: str, title: str | None, headings: Sequence[Heading]) -> None:
        """`title`, where given, comes from the file's own description of itself.

        Without it the title is the first heading, if that is of level 1 and has no number, else the name.
        """
        first = headings[0] if headings else None
        if title is None and first and first.level == 1 and not section_number(plain_text(first.text))[0]:
            title = plain_text(first.text) or None
        self.title = title or _readable(name)
        self._path: list[Heading] = []
        self._slugs: list[str] = []
        self._seen: set[str] = set()
        self._counted: dict[int, int] = {}
        self._anchor = ""

    def enter(self, heading: Heading | None) -> Place:
        """Goes on to the section under the next heading; None is the text before the first."""
        if heading is None:
            self._anchor = self._unused(slug(self.title) or "start", None)
            return Place((), "")
        explicit = _EXPLICIT_ANCHOR.search(heading.text)
        text = plain_text(_EXPLICIT_ANCHOR.sub("", heading.text))
        while self._path and self._path[-1].level >= heading.level:
            self._path.pop()
            self._slugs.pop()
        number = self._number(heading.level, text)
        parent = self._slugs[-1] if self._slugs else None
        self._path.append(Heading(heading.level, text))
        self._slugs.append(slug(text) or "section")
        self._anchor = self._unused(explicit.group(1) if explicit else self._slugs[-1], parent)
        path = tuple(each.text for each in self._path if each.text)
        return Place(path[1:] if path[:1] == (self.title,) else path, number)

    def anchor(self, part: int) -> str:
        """The anchor of the section's first part (0), or of a further one."""
        return self._unused(f"{self._anchor}-part-{part + 1}", None) if part else self._anchor

    def _number(self, level: int, text: str) -> str:
        """The section's number; a bare one only where it goes on counting at its level."""
        number, certain = section_number(text)
        if not certain and number:
            if int(number) != self._counted.get(level, 0) + 1:
                return ""
            self._counted[level] = int(number)
        for deeper in [each for each in self._counted if each > level]:
            del self._counted[deeper]
        return number

    def _unused(self, wanted: str, parent: str | None) -> str:
        anchor = wanted
        if anchor in self._seen and parent:
            anchor = wanted = f"{parent}-{wanted}"
        count = 1
        while anchor in self._seen:
            count += 1
            anchor = f"{wanted}-{count}"
        self._seen.add(anchor)
        return anchor


def _readable(name: str) -> str:
    """A file's name as a title: "faq/gift_cards.md" becomes "Gift cards", but "p0002.md" stays "p0002"."""
    stem = PurePosixPath(name).stem
    words = " ".join(re.split(r"[-_\s]+", stem)).strip()
    return words[:1].upper() + words[1:] if " " in words else words or stem
