"""The HTML of a mail as a tree of elements that a page can build without running, loading or following anything.

The room's policy lets no document be framed and no style stand in a text. So the page builds the mail element by
element in an empty frame; what is not listed here does not get in, whatever a customer is called.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any, Final

Node = dict[str, Any]

_TEXT: Final = {"b", "bdi", "br", "code", "del", "em", "i", "s", "span", "strong"}
_BLOCKS: Final = {"blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"}
_TABLES: Final = {"table", "tbody", "td", "th", "thead", "tr"}
_ELEMENTS: Final = frozenset({"a", *_TEXT, *_BLOCKS, *_TABLES})
_LAYOUT: Final = {"align", "border", "cellpadding", "cellspacing", "start", "width"}
_ATTRIBUTES: Final = frozenset({"class", "dir", "lang", "role", *_LAYOUT})
_EMPTY: Final = frozenset({"br", "hr"})
_DROPPED: Final = frozenset({"script", "style", "title"})
"""Elements whose text is none to read."""


def mail_tree(html: str) -> dict[str, Any]:
    """`body`, with `tag`, `attributes`, `style`, `children`; `css` for it; and the document's `lang` and `dir`.

    A link leads nowhere; its `title` says where it would lead.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return {"lang": reader.lang, "dir": reader.dir, "css": "".join(reader.css), "body": reader.body}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lang, self.dir = "", ""
        self.css: list[str] = []
        self.body = _node("body", {})
        self._open = [self.body]
        self._dropping: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.lang, self.dir = given.get("lang", ""), given.get("dir", "")
        elif tag in _DROPPED:
            self._dropping = tag
        elif tag == "body":
            self.body |= _node("body", given) | {"children": self.body["children"]}
        elif tag in _ELEMENTS:
            made = _node(tag, given)
            self._open[-1]["children"].append(made)
            if tag not in _EMPTY:
                self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        """An element ends, with all that is still open in it."""
        if tag == self._dropping:
            self._dropping = None
        for at in range(len(self._open) - 1, 0, -1):
            if self._open[at]["tag"] == tag:
                del self._open[at:]
                return

    def handle_data(self, data: str) -> None:
        """Text."""
        if self._dropping == "style":
            self.css.append(data)
        elif self._dropping is None:
            self._open[-1]["children"].append(data)


def _node(tag: str, given: dict[str, str]) -> Node:
    attributes = {name: value for name, value in given.items() if name in _ATTRIBUTES}
    if tag == "a" and (href := given.get("href")):
        attributes["title"] = href
    return {"tag": tag, "attributes": attributes, "style": given.get("style", ""), "children": []}
