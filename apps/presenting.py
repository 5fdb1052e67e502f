"""The conversation log as the chat page shows it: safe HTML, words of confidence, links to sources."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, urlencode

from agents.domain import Citation, Message, Reply, first_name
from apps.safe_markdown import DOCUMENTS, render

QUOTE_IN_LINK: Final = 1200  # characters; some proxies refuse addresses over 2,000
_TITLES_KEPT: Final = 60.0  # seconds

Shown = dict[str, Any]


class Presenter:
    """Turns messages into what the page draws. Given: the word for a confidence, the title of a document."""

    def __init__(self, word_of: Callable[[float], str], title_of: Callable[[str], str]) -> None:
        self._word_of = word_of
        self._title_of = title_of
        self._titles: dict[str, tuple[float, str]] = {}

    def message(self, message: Message) -> Shown:
        """One message. Words of customers and of the system stay plain text; others are Markdown made safe."""
        shown: Shown = {
            "id": message.id,
            "role": message.role,
            "by": first_name(message.by) if message.by else None,
            "at": message.at.isoformat(),
            "vote": message.vote,
        }
        if message.role in ("customer", "system"):
            return shown | {"text": message.text}
        return shown | {"html": render(message.text)} | (self._reply(message.reply) if message.reply else {})

    def _reply(self, reply: Reply) -> Shown:
        if reply.decision == "clarify":
            return {"decision": "clarify", "options": reply.options}
        if reply.decision != "answer" or not reply.citations:
            return {"decision": reply.decision if reply.decision != "answer" else "talk"}
        return {
            "decision": "answer",
            "confidence": {"word": self._word_of(reply.confidence), "percent": round(100 * reply.confidence)},
            "sources": self.sources(reply.citations),
        }

    def sources(self, citations: tuple[Citation, ...]) -> list[Shown]:
        """The quoted places, each once, with the words that are quoted and a link to them."""
        return [self._source(citation) for citation in _distinct(citations)]

    def _source(self, citation: Citation) -> Shown:
        return {
            "title": self.title(citation.document),
            "section": citation.section,
            "html": render(citation.quote),
            "href": document_link(citation),
        }

    def title(self, document: str) -> str:
        """A document's title, remembered for a while."""
        kept = self._titles.get(document)
        if kept is None or kept[0] < time.monotonic():
            kept = (time.monotonic() + _TITLES_KEPT, self._title_of(document))
            self._titles[document] = kept
        return kept[1]


def document_link(citation: Citation) -> str:
    """Where the cited document can be read whole, at the passage; relative to the chat page."""
    passage = citation.quote
    if len(passage) > QUOTE_IN_LINK:
        passage = passage[:QUOTE_IN_LINK].rsplit(maxsplit=1)[0]
    query = urlencode({"quote": passage}, quote_via=quote)
    return f"{DOCUMENTS}{quote(citation.document, safe='')}?{query}#{quote(citation.anchor)}"


def _distinct(citations: tuple[Citation, ...]) -> list[Citation]:
    """One citation a section, in order, with all its quotes: a reader opens each place once."""
    places: dict[tuple[str, str], Citation] = {}
    for citation in citations:
        place = (citation.document, citation.anchor)
        known = places.get(place)
        together = (
            f"{known.quote}\n\n{citation.quote}" if known and citation.quote not in known.quote else None
        )
        if known is None:
            places[place] = citation
        elif together:
            places[place] = known.model_copy(update={"quote": together})
    return list(places.values())
