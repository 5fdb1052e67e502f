"""Finds people's names where a text gives them away, and amounts of money."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

_NAME: Final = r"(?=[^\W\d_]['’]?[^\W\d_])[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:['’-](?!s\b)[^\W\d_]+)*"
_BETWEEN: Final = r"[^\W\d_a-zß-öø-ÿ]\.|(?:van|von|de|da|del|der|la|bin|al)(?=[ ][A-Z])"
_NAMES: Final = rf"{_NAME}(?:[ ](?:{_BETWEEN}|{_NAME})){{0,3}}"
_TITLES: Final = "Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Frau|Herr|Señora?|Mme|Madame|Monsieur"
_NOBODY: Final = frozenset(
    re.findall(
        r"\w+",
        "there all everyone everybody team folks friend friends customer customers sir madam again support reader "
        "guest guests valued dear hello hi hey welcome you chai tea thank thanks yes no good two peaks monday "
        "tuesday wednesday thursday friday saturday sunday morning afternoon evening mr mrs ms miss mx dr prof",
    )
)
_INTRODUCED = re.compile(
    rf"(?i:\b(?:my name is|my name's|i am called|signed|attention of|attn)\b[:,]?|(?:^|\n)name:)[ ]({_NAMES})"
)
_TITLED = re.compile(rf"\b(?:{_TITLES})\b\.?\s+({_NAMES})")
_GREETED = re.compile(
    r"(?:^|[.!?\n][ ]{0,4})(?i:dear|hi|hello|hey|good (?:morning|afternoon|evening))[ ]+"
    rf"({_NAMES})(?=[ ]?[,!.:\n–—-]|$)"
)
_SIGNED = re.compile(
    r"(?i:(?:kind|best|warm|warmest|many)?[ ]?(?:regards|wishes|greetings|thanks)|sincerely|yours|cheers|love|best)"
    rf",?[ ]{{0,4}}(?:\n[ ]{{0,4}}){{1,3}}({_NAMES})[ ]{{0,4}}(?:$|\n)"
)
_THANKED = re.compile(
    r"(?i:\b(?:thank you|thanks|sorry|welcome|of course|sure|no problem|yes|hi|hello)),?[ ]+"
    rf"({_NAME})(?=[ ]?[,!.:\n–—]|$)"
)
_CURRENCIES: Final = r"usd|eur|gbp|cad|aud|chf|dollars?|bucks|euros?|pounds sterling|cents?"
_AMOUNT = re.compile(
    r"(?:[$€£]|\b(?:usd|eur|gbp|cad|aud|chf)\s?)\s?\d[\d,]*(?:\.\d+)?\b"
    rf"|(?<![\w.,])\d[\d,]*(?:\.\d+)?\s?(?:[$€£]|(?:{_CURRENCIES})\b)",
    re.IGNORECASE,
)


def names(text: str, known: Sequence[str] = ()) -> Iterator[tuple[int, int]]:
    """Where names stand in a text: the known ones, those that a text introduces, and where these occur again."""
    said = {name for name in known if len(name) > 1}
    for pattern in (_INTRODUCED, _TITLED, _GREETED, _SIGNED, _THANKED):
        for match in pattern.finditer(text):
            name = _without_ordinary_words(match.group(1))
            said.update([name, *(part for part in name.split() if len(part) > 2)] if name else [])
    for name in sorted(said, key=len, reverse=True):
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            yield match.span()


def amounts(text: str) -> Iterator[tuple[int, int]]:
    """Where amounts of money stand in a text."""
    return (match.span() for match in _AMOUNT.finditer(text))


def names_in_address(email: str) -> tuple[str, ...]:
    """The names that an e-mail address gives away: "anna.smith@…" is Anna Smith's."""
    parts = [part for part in re.split(r"[^a-zA-ZÀ-ÿ]+", email.partition("@")[0]) if len(part) > 2]
    return tuple(part.capitalize() for part in parts) if len(parts) > 1 else ()


def _without_ordinary_words(name: str) -> str:
    words = name.split()
    while words and words[0].lower() in _NOBODY:
        words.pop(0)
    return " ".join(words) if all(word.lower() not in _NOBODY for word in words) else ""
