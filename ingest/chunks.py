"""Markdown to chunks that follow its headings: small enough to embed whole, and complete enough to answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.headings import Heading, Outline
from knowledge_base.catalog import PlacedChunk
from knowledge_base.passages import Chunk
from knowledge_base.units import split_units

TARGET_PIECES = (
    200  # leaves room for the context within the 256 word pieces the embedding model reads at once
)
MAX_PIECES = 240  # a section up to here is not worth cutting
LIST_PIECES = 600  # a list of points up to here stays whole
STEPS_PIECES = 4_000  # nobody follows more steps than this: it is a whole text set as a numbered list
SENTENCE_PIECES = 1_000  # a "sentence" longer than this is text without punctuation
_PIECE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]{1,7}|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Block:
    """A run of whole lines that belongs together; `cuts` are the offsets where it may be cut if it must."""

    kind: str
    start: int
    end: int
    pieces: int
    heading: Heading | None = None
    cuts: tuple[int, ...] = ()


def pieces(text: str) -> int:
    """About how many word pieces an embedding model makes of a text."""
    return sum(1 for _ in _PIECE.finditer(text))


def split_document(name: str, source: str, title: str | None = None) -> tuple[str, list[PlacedChunk]]:
    """The title and the chunks of a Markdown document, in order.

    Every word of `source` is in exactly one chunk, or is a heading above one; the header of a table that had
    to be cut is repeated in each part. Lists of steps, table rows and fenced code are never cut. Anchors are
    unique in the document.
    """
    blocks = _blocks(source)
    outline = Outline(name, title, [block.heading for block in blocks if block.heading])
    placed: list[PlacedChunk] = []
    for heading, section in _sections(blocks):
        place = outline.enter(heading)
        for part, (start, end, text) in enumerate(_parts(source, section)):
            chunk = Chunk(
                document=name,
                title=outline.title,
                headings=place.headings,
                section=place.section,
                anchor=outline.anchor(part),
                text=text,
                position=len(placed),
            )
            placed.append(PlacedChunk(chunk, start, end))
    return outline.title, placed


def _parser() -> MarkdownIt:
    """Finds blocks only: what stands inside a paragraph does not matter here, and takes most of the time."""
    return MarkdownIt("commonmark").enable("table").disable(["inline", "text_join"])


def _blocks(source: str) -> list[Block]:
    """The document's top-level blocks in order; every line that is not blank is in one."""
    lines = [0, *(match.end() for match in re.finditer("\n", source)), len(source) + 1]
    tokens = _parser().parse(source)
    blocks: list[Block] = []
    reached = 0
    for index, token in enumerate(tokens):
        if token.level or token.nesting < 0 or token.map is None:
            continue
        first, last = max(token.map[0], reached), token.map[1]
        if first > reached:
            blocks.extend(_block("paragraph", source, lines[reached], lines[first]))
        if last > first:
            blocks.extend(_typed_block(source, tokens, index, (lines[first], lines[last]), lines))
            reached = last
    blocks.extend(_block("paragraph", source, lines[reached], len(source)))
    return blocks


def _block(kind: str, source: str, start: int, end: int, cuts: tuple[int, ...] = ()) -> Iterator[Block]:
    """The block without the blank lines around it; none where nothing else is there."""
    text = source[start:end]
    body = text.strip("\n") if text.strip() else ""
    if body:
        lead = re.match(r"(?:[^\S\n]*\n)*", text)
        start += lead.end() if lead else 0
        end = start + len(source[start:end].rstrip())
        yield Block(
            kind, start, end, pieces(source[start:end]), cuts=tuple(c for c in cuts if start < c < end)
        )


def _typed_block(
    source: str, tokens: list[Token], index: int, span: tuple[int, int], lines: list[int]
) -> Iterator[Block]:
    token = tokens[index]
    start, end = span
    kind = token.type.removesuffix("_open")
    if kind == "heading":
        heading = Heading(int(token.tag[1:]), tokens[index + 1].content)
        yield Block(kind, start, start + len(source[start:end].rstrip()), 0, heading)
    elif kind in ("bullet_list", "ordered_list"):
        yield from _block(kind, source, start, end, _starts(tokens, index, "list_item_open", lines))
    elif kind == "table":
        yield from _block(kind, source, start, end, _starts(tokens, index, "tr_open", lines))
    elif kind == "code_block":
        cuts = [line for line in lines if start < line < end]
        yield from _block(kind, source, start, end, tuple(cuts))
    elif kind == "hr":
        yield from _block(kind, source, start, end)
    else:
        yield from _block(kind if kind == "fence" else "paragraph", source, start, end)


def _starts(tokens: list[Token], index: int, kind: str, lines: list[int]) -> tuple[int, ...]:
    """Where the items of a list, or the rows of a table, begin."""
    level = tokens[index].level
    depth = level + (1 if kind == "list_item_open" else 2)
    starts: list[int] = []
    for token in tokens[index + 1 :]:
        if token.level <= level:
            break
        if token.type == kind and token.level == depth and token.map:
            starts.append(lines[token.map[0]])
    return tuple(starts)


def _sections(blocks: list[Block]) -> Iterator[tuple[Heading | None, list[Block]]]:
    """Groups blocks under their headings; a heading with nothing under it at all is its own text."""
    heading: Block | None = None
    body: list[Block] = []
    for block in [*blocks, None]:
        if block is not None and block.heading is None:
            body.append(block)
            continue
        following = block.heading if block else None
        if heading is None or body:
            if any(each.kind != "hr" for each in body):
                yield heading.heading if heading else None, body
            elif heading:
                yield heading.heading, []
        elif heading.heading and (following is None or following.level <= heading.heading.level):
            yield heading.heading, [Block("paragraph", heading.start, heading.end, 1)]
        else:
            yield heading.heading, []
        heading, body = block, []


def _parts(source: str, blocks: list[Block]) -> Iterator[tuple[int, int, str]]:
    """A section's chunks: where each stands in the source, and its text."""
    for start, end, head in _pack(_cut(source, blocks)):
        yield start, end, head + source[start:end]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch that is not cut any more: `head` must stand before it; with `joins` the next goes with it."""

    start: int
    end: int
    pieces: int
    head: str = ""
    joins: bool = False
    rule: bool = False


def _cut(source: str, blocks: list[Block]) -> list[_Piece]:
    whole = sum(block.pieces for block in blocks) <= MAX_PIECES
    result: list[_Piece] = []
    for block, following in zip(blocks, [*blocks, None][1:], strict=True):
        limit = {"bullet_list": LIST_PIECES, "ordered_list": STEPS_PIECES}.get(block.kind, MAX_PIECES)
        if whole or block.kind == "fence" or block.pieces <= limit:
            introduces = block.kind == "paragraph" and source[block.start : block.end].endswith(":")
            joins = introduces and following is not None and following.kind not in ("paragraph", "hr")
            result.append(_Piece(block.start, block.end, block.pieces, "", joins, block.kind == "hr"))
        elif block.kind == "table":
            result.extend(_cut_table(source, block))
        else:
            result.extend(_cut_at(source, block, block.cuts or _sentence_starts(source, block)))
    return result


def _cut_at(source: str, block: Block, cuts: tuple[int, ...]) -> Iterator[_Piece]:
    """Cuts a block at some of the offsets, so that each stretch comes near the target."""
    for start, end in _runs(source, [block.start, *(c for c in cuts if c > block.start), block.end]):
        stop = start + len(source[start:end].rstrip())
        yield _Piece(start, stop, pieces(source[start:stop]))


def _cut_table(source: str, block: Block) -> Iterator[_Piece]:
    """Cuts a table between rows; every part after the first is shown below a copy of the header."""
    rows = [cut for cut in block.cuts if cut > block.start]
    head = source[block.start : rows[0]] if rows else ""
    for number, (start, end) in enumerate(_runs(source, [*rows, block.end], TARGET_PIECES - pieces(head))):
        begin = start if number else block.start
        stop = start + len(source[start:end].rstrip())
        yield _Piece(begin, stop, MAX_PIECES, head if number else "")


def _runs(source: str, bounds: list[int], target: int = TARGET_PIECES) -> Iterator[tuple[int, int]]:
    """Joins neighbouring stretches between `bounds` while they stay within the target."""
    start, size = bounds[0], 0
    for left, right in pairwise(bounds):
        here = pieces(source[left:right])
        if size and size + here > target:
            yield start, left
            start, size = left, 0
        size += here
    if bounds[-1] > start:
        yield start, bounds[-1]


def _sentence_starts(source: str, block: Block) -> tuple[int, ...]:
    text = source[block.start : block.end]
    starts: list[int] = []
    for unit in split_units(text):
        starts.append(block.start + unit.start)
        if pieces(text[unit.start : unit.end]) > SENTENCE_PIECES:
            words = re.finditer(r"\S+", text[unit.start : unit.end])
            starts.extend(block.start + unit.start + word.start() for word in words)
    return tuple(starts)


def _pack(parts: list[_Piece]) -> Iterator[tuple[int, int, str]]:
    """Joins stretches into chunks near the target size; rules at a chunk's edge are left out."""
    group: list[_Piece] = []
    size = 0
    whole = sum(part.pieces for part in parts) <= MAX_PIECES
    for part in _introduced(parts):
        cut_here = part.head or (group and group[-1].head) or size + part.pieces > TARGET_PIECES
        if group and cut_here and not (whole and not part.head):
            yield from _joined(group)
            group, size = [], 0
        group.append(part)
        size += part.pieces
    yield from _joined(group)


def _introduced(parts: list[_Piece]) -> Iterator[_Piece]:
    """Joins the line that introduces a list, table or code to it."""
    before: _Piece | None = None
    for part in parts:
        joined = replace(part, start=before.start, pieces=before.pieces + part.pieces) if before else part
        before = joined if part.joins else None
        if before is None:
            yield joined


def _joined(group: list[_Piece]) -> Iterator[tuple[int, int, str]]:
    kept = list(group)
    while kept and kept[0].rule:
        kept.pop(0)
    while kept and kept[-1].rule:
        kept.pop()
    if kept:
        yield kept[0].start, kept[-1].end, kept[0].head
