"""What has been read of the index's present state and is asked for again: its passages, and how often words occur."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge_base.database import Meta
from knowledge_base.passages import Chunk

MAX_CHUNKS = 4096  # about 6 MB; those that answer one question answer many others
MAX_WORDS = 50_000


@dataclass(frozen=True, slots=True)
class Remembered:
    """Of one state of the index, which never changes; safe between threads. What is too much is all forgotten."""

    generation: int
    place: str
    chunks: dict[str, Chunk] = field(default_factory=dict)
    """Live chunks by id."""
    words: dict[str, int] = field(default_factory=dict)
    """In how many chunks a stem occurs."""

    def keep_chunks(self, chunks: Mapping[str, Chunk]) -> None:
        """Remember live chunks."""
        if len(self.chunks) + len(chunks) > MAX_CHUNKS:
            self.chunks.clear()
        self.chunks.update(chunks)

    def keep_words(self, words: Mapping[str, int]) -> None:
        """Remember how often stems occur."""
        if len(self.words) + len(words) > MAX_WORDS:
            self.words.clear()
        self.words.update(words)


class Recollection:
    """What is remembered of the state that was last read, for all threads of a process."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._lock = threading.Lock()
        self._last: Remembered | None = None

    def of(self, meta: Meta) -> Remembered:
        """What is remembered of a state; nothing of any other is any more."""
        with self._lock:
            last = self._last
            if last is None or (last.generation, last.place) != (meta.generation, meta.place):
                last = self._last = Remembered(meta.generation, meta.place)
            return last
