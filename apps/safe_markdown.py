"""Markdown of documents and answers as HTML that cannot run, restyle, or load anything from elsewhere."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

DOCUMENTS: Final = "documents/"
_SCHEMES: Final = frozenset({"", "http", "https", "mailto"})


class _SafeRenderer(RendererHTML):
    """Shows an image as its words, and opens links in a tab that cannot reach back."""

    def image(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        words = self.renderInlineAsText(tokens[idx].children, options, env)
        return f'<span class="picture">{_escape(words or "picture")}</span>'

    def link_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        token = tokens[idx]
        target = str(token.attrGet("href") or "")
        if _is_document(target):
            token.attrSet("href", env.get("documents", "") + target)
        if not target.startswith("#"):
            token.attrSet("target", "_blank")
            token.attrSet("rel", "noopener noreferrer nofollow")
        return self.renderToken(tokens, idx, options, env)

    def table_open(self, *_: object) -> str:
        return '<div class="table" role="region" aria-label="Table" tabindex="0"><table>\n'

    def table_close(self, *_: object) -> str:
        return "</table></div>\n"


@cache
def parser() -> MarkdownIt:
    """The one parser of the page: CommonMark with tables, HTML off, no address guessed from plain text."""
    markdown = MarkdownIt("commonmark", {"html": False}, renderer_cls=_SafeRenderer).enable("table")
    markdown.validateLink = is_harmless  # type: ignore[method-assign]
    return markdown


def render(text: str) -> str:
    """Markdown as safe HTML for the chat, where links between documents start at the root of the page."""
    return str(parser().render(text, {"documents": DOCUMENTS}))


def is_harmless(url: str) -> bool:
    """Whether a link may be shown: a web page, a mail address, or a place on this site."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return False
    return parts.scheme.lower() in _SCHEMES and not url.lstrip().startswith(("//", "\\"))


def _is_document(target: str) -> bool:
    parts = urlsplit(target)
    return (
        not parts.scheme and not parts.netloc and bool(parts.path) and not parts.path.startswith(("/", "."))
    )


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
