"""Converts files to Markdown, those with a foreign parser in a process of their own."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from ingest.documents import MARKDOWN, DocumentSource, UnreadableDocument, decode, markdown_source


class Converter:
    """Turns files into Markdown."""

    def __enter__(self) -> Converter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def convert(self, path: Path, content: bytes) -> DocumentSource:
        """Markdown of a file with this content; raises UnreadableDocument with the reason."""
        if path.suffix.lower() in MARKDOWN:
            return markdown_source(decode(content))
        raise UnreadableDocument("this format cannot be read yet")
