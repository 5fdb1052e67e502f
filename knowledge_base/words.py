"""The words of a text that carry meaning, and their stems."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from functools import lru_cache

import snowballstemmer

from knowledge_base.lexical import STOP_WORDS

_WORD = re.compile(r"[^\W_]+")
_stemmer = snowballstemmer.stemmer("english")
_lock = threading.Lock()  # the stemmer keeps the word it works on in itself


def content_words(text: str) -> list[str]:
    """The distinct lower-case words of `text` in order, without stop words unless there is nothing else."""
    words = list(dict.fromkeys(_WORD.findall(text.lower())))
    return [word for word in words if word not in STOP_WORDS] or words


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of one lower-case word (Snowball English)."""
    with _lock:
        return str(_stemmer.stemWord(word))


def stems(text: str) -> set[str]:
    """The stems of all words of `text`."""
    return {stem(word) for word in _WORD.findall(text.lower())}


def coverage(words: Iterable[str], weight: dict[str, float], found: set[str]) -> float:
    """The share of the words' weight whose stems are among `found`, in [0, 1]; 0 for no words."""
    words = list(words)
    total = sum(weight[word] for word in words)
    return sum(weight[word] for word in words if stem(word) in found) / total if total > 0 else 0.0
