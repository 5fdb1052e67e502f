"""Whether a text is English, as far as its small words tell: a question may have none."""

from __future__ import annotations

import re

from knowledge_base.terms import FUNCTION_WORDS, words

_FOREIGN = frozenset(
    re.findall(
        r"\S+",
        # German
        "der das den dem und ist sind nicht ich kann können wie wo wann warum für mit ein eine einen einer zu auf von "
        "bei wird werden wir sie ihr ihre mein meine innerhalb nach zum zur auch nur oder wenn kein keine gibt "
        # French
        "le les des est sont que je puis peut comment où pour avec une et du au aux ce cette ces quand pourquoi dans "
        "sur vous votre mes mon ma ne pas qui combien quel quelle "
        # Spanish, Portuguese and Italian
        "el los las es son qué que puedo puede cómo dónde para con una un y del cuándo por porqué mi mis tu su sus se "
        "como onde posso pode quando não um uma os são minha meu il lo gli della delle dei sono che chi perché dove "
        "per di si nel nella mio mia cuánto quanto "
        # Dutch
        "de het een en zijn niet ik kan hoe waar wanneer waarom voor met naar van bij mijn wordt",
    )
)
_SHARED = frozenset(
    re.findall(
        r"\S+",
        "a also am an as at d do he her i in is m me no o of on or over s so still t to under was we will y",
    )
)
"""Words of English grammar that are words elsewhere too."""


def is_foreign(text: str) -> bool:
    """Whether a text is surely in another language than English."""
    letters = [letter for letter in text if letter.isalpha()]
    if sum(letter > "\u024f" for letter in letters) > len(letters) / 2:  # not written in Latin letters
        return True
    english, foreign = _counts(text)
    return foreign > english


def is_surely_english(text: str) -> bool:
    """Whether a text is surely English; of a text without any small word nobody knows."""
    english, foreign = _counts(text)
    return english > foreign


def _counts(text: str) -> tuple[int, int]:
    found = words(text)
    english = sum(word in FUNCTION_WORDS and word not in _SHARED for word in found)
    return english, sum(word in _FOREIGN and word not in FUNCTION_WORDS for word in found)
