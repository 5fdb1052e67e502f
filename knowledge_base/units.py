"""Splits a chunk's Markdown into units: sentences, list items, tables and code blocks that stand alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from knowledge_base.passages import Unit

Kind = Literal["sentence", "item", "table", "code"]
Line = tuple[int, int]

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
ITEM_MARK = re.compile(r"\s*(?:[-*+•‣◦⋅·▪●]|\d{1,9}[.)]|\(?[a-zA-Z]\))\s+")
"""What a list item begins with."""
_ITEM = re.compile(ITEM_MARK.pattern + r"\S")
_ROW = re.compile(r"\s*\|")
_RULE = re.compile(r"\s*+\|?+\s*+:?+-{2,}+:?+\s*+(?:\|\s*+:?+-{2,}+:?+\s*+)*+\|?+\s*+$")
_HEADING = re.compile(r" {0,3}#{1,6}\s")
_INDENTED = re.compile(r"(?:\t| {2,})\S")
_END = re.compile(
    r"(?<![.!?…])[.!?…]++[\"'”’»)\]*_]*+(?: ?'')?+(?=\s)|(?<![。！？｡])[。！？｡]++[”’」』）]*+|[؟।](?=\s)"
)
_START = re.compile(r"[\"'“‘«(\[*_`¿¡]*\s*[^\W_a-zß-öø-ÿ]|[-–—]\s")
_LAST_WORD = re.compile(r"[^\s(\[\"“'`]+$")
_WINDOW = 32  # enough characters to see the word before a full stop and the start of the next sentence
_ABBREVIATIONS = frozenset(
    re.findall(
        r"\S+",
        "mr mrs ms dr prof sr jr st vs etc e.g i.e eg ie al approx ca cf no nos vol fig inc ltd co corp "
        "dept est gen col sgt capt lt hon rev gov sen rep jan feb mar apr jun jul aug sep sept oct nov dec "
        "a.m p.m ph.d",
    )
)


def split_units(markdown: str) -> list[Unit]:
    """The units of a Markdown body in order, without overlap; only white space lies outside them.

    A unit never spans two blocks. `start` and `end` are character offsets into `markdown`, and neither end of
    a unit is white space. A table with its header is one unit, and so is a fenced code block; a list item is
    one with its continuation lines, and the items nested in it are units of their own.
    """
    units: list[Unit] = []
    lines = [(match.start(), match.end()) for match in re.finditer(r"[^\n]+", markdown)]
    blocks = _blocks(markdown, [line for line in lines if markdown[line[0] : line[1]].strip()])
    for kind, block in blocks:
        spans = _sentences(markdown, block) if kind == "sentence" else [(block[0][0], block[-1][1])]
        for start, end in spans:
            text = markdown[start:end]
            if text.strip():
                first = start + len(text) - len(text.lstrip())
                units.append(Unit(first, start + len(text.rstrip()), kind))
    return units


def _blocks(markdown: str, lines: list[Line]) -> Iterator[tuple[Kind, list[Line]]]:
    """Groups the lines that are not blank into blocks of one kind."""
    at = 0
    while at < len(lines):
        text = _text(markdown, lines[at])
        following = _text(markdown, lines[at + 1]) if at + 1 < len(lines) else ""
        kind: Kind = "sentence"
        if fence := _FENCE.match(text):
            kind, stop = "code", _fence_end(markdown, lines, at, fence.group(1))
        elif _ROW.match(text) or ("|" in text and "|" in following and _RULE.match(following)):
            kind, stop = "table", _table_end(markdown, lines, at)
        elif _HEADING.match(text):
            stop = at + 1
        elif _ITEM.match(text):
            kind, stop = "item", _item_end(markdown, lines, at)
        else:
            stop = _paragraph_end(markdown, lines, at)
        yield kind, lines[at:stop]
        at = stop


def _text(markdown: str, line: Line) -> str:
    return markdown[line[0] : line[1]]


def _adjacent(markdown: str, lines: list[Line], at: int) -> bool:
    """Whether no blank line stands between a line and the one before it."""
    return markdown.count("\n", lines[at - 1][1], lines[at][0]) == 1


def _fence_end(markdown: str, lines: list[Line], at: int, fence: str) -> int:
    for stop in range(at + 1, len(lines)):
        text = _text(markdown, lines[stop]).strip()
        if text.startswith(fence) and not text.strip(fence[0]):
            return stop + 1
    return len(lines)


def _table_end(markdown: str, lines: list[Line], at: int) -> int:
    stop = at + 1
    while stop < len(lines) and _adjacent(markdown, lines, stop) and "|" in _text(markdown, lines[stop]):
        stop += 1
    return stop


def _opens_block(text: str) -> bool:
    return bool(_ITEM.match(text) or _ROW.match(text) or _HEADING.match(text) or _FENCE.match(text))


def _item_end(markdown: str, lines: list[Line], at: int) -> int:
    stop = at + 1
    while stop < len(lines):
        text = _text(markdown, lines[stop])
        if _opens_block(text) or not (_adjacent(markdown, lines, stop) or _INDENTED.match(text)):
            break
        stop += 1
    return stop


def _paragraph_end(markdown: str, lines: list[Line], at: int) -> int:
    stop = at + 1
    while (
        stop < len(lines)
        and _adjacent(markdown, lines, stop)
        and not _opens_block(_text(markdown, lines[stop]))
    ):
        stop += 1
    return stop


def _sentences(markdown: str, block: list[Line]) -> Iterator[Line]:
    """Cuts a paragraph after its sentences, and at those line ends that no wrapping of the text explains."""
    width = max(end - start for start, end in block)
    start = block[0][0]
    for index, line in enumerate(block):
        text = _text(markdown, line)
        for match in _END.finditer(text):
            cut = line[0] + match.end()
            rest = text[match.end() : match.end() + _WINDOW].lstrip()
            before = text[max(0, match.end() - _WINDOW) : match.end()]
            if cut > start and _START.match(rest) and not _abbreviates(before):
                yield start, cut
                start = cut
        if index + 1 < len(block) and _breaks(markdown, line, block[index + 1], width):
            yield start, line[1]
            start = block[index + 1][0]
    yield start, block[-1][1]


def _abbreviates(text: str) -> bool:
    """Whether the full stop at the end of a text belongs to its last word: "Dr.", "e.g.", "J."."""
    word = _LAST_WORD.search(text)
    if word is None or not text.endswith("."):
        return False
    stem = word.group().rstrip(".").lower()
    return stem in _ABBREVIATIONS or (len(stem) == 1 and stem.isalpha() and stem != "i")


def _breaks(markdown: str, line: Line, following: Line, width: int) -> bool:
    """Whether a line end inside a paragraph ends a sentence rather than wraps it."""
    text, after = _text(markdown, line).rstrip(), _text(markdown, following).lstrip()
    if not _START.match(after):
        return False
    if text[-1] in ".!?…:;。！？":
        return not _abbreviates(text[-_WINDOW:])
    first_word = after.split(maxsplit=1)[0]
    return line[1] - line[0] + 1 + len(first_word) < width or width > 160
