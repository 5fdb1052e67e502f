"""A whole document of the knowledge base as one page, with a quoted passage marked at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final, Protocol

from markdown_it.token import Token

from apps.safe_markdown import parser

_SPACE: Final = re.compile(r"\s+")
_TELLING: Final = 12  # letters: a shorter passage, such as a cell, is found in too many places


class Anchored(Protocol):
    """A passage of the index: `source[start:end]` of its document is its text."""

    @property
    def anchor(self) -> str:
        """Its name in addresses; unique in the document."""

    @property
    def start(self) -> int:
        """The offset of its first character."""

    @property
    def end(self) -> int:
        """The offset after its last character."""


def render_document(source: str, passages: Sequence[Anchored] = (), quote: str = "") -> str:
    """The document's Markdown as safe HTML: every passage's anchor in it, the passages of `quote` marked.

    A quote that is not in the text marks nothing.
    """
    tokens = parser().parse(source)
    set_anchors(tokens, [(each.anchor, source.count("\n", 0, each.start)) for each in passages])
    mark_quote(tokens, quote, _section_start(tokens, source, passages, quote))
    return str(parser().renderer.render(tokens, parser().options, {}))


def set_anchors(tokens: list[Token], anchors: Sequence[tuple[str, int]]) -> None:
    """Put each anchor, given with its line, on the heading right above its text, else on the block itself."""
    blocks = [token for token in tokens if token.map and token.nesting >= 0 and token.type != "inline"]
    for anchor, line in anchors:
        starts = [k for k, token in enumerate(blocks) if token.map and token.map[0] <= line]
        if not starts:
            continue
        block = blocks[starts[-1]]
        above = [blocks[k] for k in starts if blocks[k].type == "heading_open"]
        free = [
            heading
            for heading in above[-1:]
            if not heading.attrGet("id") and _touches(heading, block, blocks)
        ]
        target = free[0] if free else block
        if target.attrGet("id"):
            at = next(k for k, token in enumerate(tokens) if token is target)
            tokens[at:at] = [
                Token("anchor_open", "span", 1, {"id": anchor}),
                Token("anchor_close", "span", -1),
            ]
        else:
            target.attrSet("id", anchor)


def mark_quote(tokens: Sequence[Token], quote: str, begin: int = 0) -> None:
    """Mark a quote in Markdown: as a whole where it stands in one piece, else each of its longer passages."""
    passages = plain(quote)
    if not mark(tokens, "".join(passages), begin):
        for passage in passages:
            if len(_squeeze(passage)) >= _TELLING:
                mark(tokens, passage, begin)


def mark(tokens: Sequence[Token], passage: str, begin: int = 0) -> bool:
    """Wrap the first occurrence of a passage, from token `begin` on, in <mark>; whether it was there.

    White space does not matter, and a passage may run over emphasis, links, list items and table cells.
    """
    wanted = _squeeze(passage)
    leaves = [leaf for token in tokens[begin:] if token.children for leaf in _leaves(token)]
    text, owners = _squeezed_letters(leaves)
    at = text.find(wanted) if wanted else -1
    if at < 0:
        return bool(begin) and mark(tokens, passage)
    spans: dict[int, tuple[int, int]] = {}
    for leaf, offset in owners[at : at + len(wanted)]:
        low, high = spans.get(leaf, (offset, offset))
        spans[leaf] = (min(low, offset), max(high, offset))
    for leaf, (low, high) in spans.items():
        token = leaves[leaf]
        token.meta = {**token.meta, "marks": [*token.meta.get("marks", ()), (low, high + 1)]}
    _apply_marks(tokens)
    return True


def plain(markdown: str) -> list[str]:
    """The words of each paragraph, item or cell row of a Markdown text, as a reader sees them."""
    return [
        "".join(leaf.content for leaf in _leaves(token))
        for token in parser().parse(markdown)
        if token.children
    ]


def _touches(heading: Token, block: Token, blocks: Sequence[Token]) -> bool:
    """Whether no other block stands between a heading and a block below it."""
    between = blocks[blocks.index(heading) + 1 : blocks.index(block)]
    return all(block.map and token.map and token.map[0] == block.map[0] for token in between)


def _section_start(tokens: Sequence[Token], source: str, passages: Sequence[Anchored], quote: str) -> int:
    """The token that begins the section with the quote, so that a sentence said twice is marked there."""
    wanted = _squeeze(quote)
    for each in passages if wanted else ():
        if wanted in _squeeze(source[each.start : each.end]):
            for k, token in enumerate(tokens):
                if token.attrGet("id") == each.anchor:
                    return k
    return 0


def _leaves(token: Token) -> Iterator[Token]:
    for child in token.children or ():
        if child.type in ("text", "code_inline", "softbreak", "hardbreak"):
            yield child


def _squeeze(text: str) -> str:
    return _SPACE.sub("", text)


def _squeezed_letters(leaves: Sequence[Token]) -> tuple[str, list[tuple[int, int]]]:
    """All letters of the leaves without white space, and for each its leaf and its offset in that leaf."""
    owners = [
        (k, offset)
        for k, leaf in enumerate(leaves)
        for offset, letter in enumerate(leaf.content)
        if not letter.isspace()
    ]
    return "".join(leaves[k].content[offset] for k, offset in owners), owners


def _apply_marks(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.children:
            token.children = [piece for child in token.children for piece in _split(child)]


def _split(token: Token) -> list[Token]:
    """A leaf cut at its marks, each marked piece between a <mark> and its end."""
    marks = sorted(token.meta.pop("marks", ())) if token.meta else []
    if not marks:
        return [token]
    pieces, position = [], 0
    for low, high in marks:
        pieces += [_copy(token, token.content[position:low])] if low > position else []
        pieces += [
            Token("mark_open", "mark", 1),
            _copy(token, token.content[low:high]),
            Token("mark_close", "mark", -1),
        ]
        position = high
    return pieces + ([_copy(token, token.content[position:])] if position < len(token.content) else [])


def _copy(token: Token, content: str) -> Token:
    return token.copy(content=content, meta={})


def document_page(*, title: str, brand: str, body: str, root: str = "/") -> str:
    """The HTML around a rendered document; `title` and `brand` are plain text, `root` is the chat's."""
    root = escape(root)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<title>{escape(title)} · {escape(brand)}</title>
<link rel="icon" href="{root}chat/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{root}chat/document.css">
</head>
<body>
<header><a href="{root}" class="home"><img src="{root}chat/favicon.svg" alt="" width="28" height="28">
<span>{escape(brand)}</span></a><a class="ask" href="{root}">Ask a question</a></header>
<main dir="auto">
{body}
</main>
<footer>This is the document that our answers quote.</footer>
</body>
</html>"""
