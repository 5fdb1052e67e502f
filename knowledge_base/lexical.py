"""From a question to a full-text query: which of its words to look for, and how often each occurs."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterable, Sequence

from knowledge_base.database import TOKENIZER, select_in
from knowledge_base.passages import Scored
from knowledge_base.remembered import Remembered

MAX_TERMS = 32  # the rarest words decide the ranking; each common one costs a walk over most of the index
_MAX_CHARACTERS = 20_000
_MAX_REMEMBERED = 50_000
_WORD = re.compile(r"[^\W_]+")
_COLUMN_WEIGHTS = "2.0, 2.0, 1.0"  # title, headings, body

STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a about after all also am an and any are as at be because been before being but by can could d "
        "did do does doing for from had has have having he her here him his how i if in into is it its "
        "just ll m may me might my no nor not of on or our out over re s shall she should so some such t "
        "than that the their them then there these they this those to too up us ve very was we were what "
        "when where which while who whom why will with would you your",
    )
)


class Stemmer:
    """Stems words exactly as the index does, by asking the same tokenizer; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[str, ...]] = {}
        self._scratch = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._scratch.execute(f"CREATE VIRTUAL TABLE word USING fts5 (text, tokenize='{TOKENIZER}')")
        self._scratch.execute("CREATE VIRTUAL TABLE stem USING fts5vocab ('word', 'instance')")

    def stems(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        """The stems of each word: several where the index sees several words in it, none for a mere sign."""
        with self._lock:
            if len(self._known) > _MAX_REMEMBERED:
                self._known.clear()
            fresh = list({word for word in words if word not in self._known})
            if fresh:
                self._learn(fresh)
            return [self._known[word] for word in words]

    def _learn(self, words: list[str]) -> None:
        self._scratch.execute("BEGIN")
        self._scratch.executemany("INSERT INTO word (rowid, text) VALUES (?, ?)", enumerate(words))
        found: dict[int, list[str]] = {}
        for row, stem in self._scratch.execute("SELECT doc, term FROM stem ORDER BY doc, offset"):
            found.setdefault(row, []).append(stem)
        self._scratch.execute("ROLLBACK")
        self._known.update({word: tuple(found.get(row, ())) for row, word in enumerate(words)})


def document_frequency(
    database: sqlite3.Connection, stemmer: Stemmer, remembered: Remembered, terms: Sequence[str]
) -> dict[str, int]:
    """In how many chunks each term occurs; of a term of several words, at most how many."""
    groups = stemmer.stems(terms)
    wanted, known = {stem for group in groups for stem in group}, remembered.words
    counts = {stem: count for stem in wanted if (count := known.get(stem)) is not None}
    if len(counts) < len(wanted):
        read = _counted(database, wanted - counts.keys())
        remembered.keep_words(read)
        counts |= read
    return {
        term: min((counts[stem] for stem in group), default=0)
        for term, group in zip(terms, groups, strict=True)
    }


def _counted(database: sqlite3.Connection, stems: Iterable[str]) -> dict[str, int]:
    counts = dict.fromkeys(stems, 0)
    counts.update(select_in(database, "SELECT term, doc FROM word_counts WHERE term IN", tuple(counts)))
    return counts


def find(
    database: sqlite3.Connection, stemmer: Stemmer, remembered: Remembered, query: str, limit: int
) -> list[Scored]:
    """The chunks that share words with `query`, by BM25 (k1 1.2, b 0.75: FTS5's), best first."""
    words = _search_words(database, stemmer, remembered, query)
    if not words or limit < 1:
        return []
    match = " OR ".join(f'"{word}"' for word in words)
    rows = database.execute(
        "SELECT chunk.id, -found.rank FROM "
        "(SELECT rowid, rank FROM words WHERE words MATCH ? AND rank MATCH ? ORDER BY rank LIMIT ?) AS found "
        "JOIN chunk ON chunk.number = found.rowid ORDER BY found.rank, chunk.id",
        (match, f"bm25({_COLUMN_WEIGHTS})", limit),
    )
    return [Scored(identifier, score) for identifier, score in rows]


def _search_words(
    database: sqlite3.Connection, stemmer: Stemmer, remembered: Remembered, query: str
) -> list[str]:
    """The words worth looking for: each stem once, no stop words unless there is nothing else, the rarest."""
    words = list(dict.fromkeys(_WORD.findall(query[:_MAX_CHARACTERS].lower())))
    words = [word for word in words if word not in STOP_WORDS] or words
    by_stem: dict[tuple[str, ...], str] = {}
    for word, stems in zip(words, stemmer.stems(words), strict=True):
        by_stem.setdefault(stems, word)
    distinct = [word for stems, word in by_stem.items() if stems]
    frequency = document_frequency(database, stemmer, remembered, distinct)
    known = [word for word in distinct if frequency[word]]
    return sorted(known, key=lambda word: frequency[word])[:MAX_TERMS]
