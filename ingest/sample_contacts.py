"""Names, addresses, consent and time zones for the invented tea shop. The addresses lead nowhere (RFC 2606)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_FIRST_NAMES: Final = (  # noqa: SIM905 - a word a name
    "Ava Ben Carla Daniel Elena Femi Grace Hannah Ian Jade Kofi Lena Mateo Nora Oscar Priya Quinn Rosa Sam Tara Umar "
    "Vera Will Ximena Yusuf Zoë José Søren Chloé Jürgen Mei-Ling Siobhán"
).split()
_LAST_NAMES: Final = (  # noqa: SIM905
    "Adams Baker Chen Diaz Evans Fischer García Hughes Ivanova Jones Kim Lopez Miller Nguyen Okafor Patel Reed Singh "
    "Taylor Weber Young"
).split()
_ZONES: Final[Mapping[str, tuple[str, ...]]] = {
    "US": ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    "CA": ("America/Toronto", "America/Vancouver"),
    "GB": ("Europe/London",),
    "DE": ("Europe/Berlin",),
}


def make_contacts(countries: Sequence[str], seed: int) -> dict[str, NDArray[Any]]:
    """Who the customers are and how to write to them: most may be written to, a few addresses are none."""
    chance = np.random.default_rng(seed)
    count = len(countries)
    first = chance.choice(_FIRST_NAMES, count).astype(object)
    last = chance.choice(_LAST_NAMES, count)
    places = [chance.choice(_ZONES[country]) for country in countries]
    consent = chance.choice(np.array(["yes", "no", None], dtype=object), count, p=[0.90, 0.07, 0.03])
    flaw = chance.random(count)
    emails = [
        f"{_plain(one)}.{_plain(other)}{at}@example.com"
        for at, (one, other) in enumerate(zip(first, last, strict=True), start=1)
    ]
    wrong = [
        None if each < 0.012 else email.replace("@", " at ") for each, email in zip(flaw, emails, strict=True)
    ]
    email = np.where(flaw < 0.018, np.array(wrong, dtype=object), np.array(emails, dtype=object))
    first[chance.random(count) < 0.03] = None
    return {"name": first, "email": email, "consent": consent, "timezone": np.array(places, dtype=object)}


def _plain(name: str) -> str:
    """A name as it stands in an address."""
    letters = unicodedata.normalize("NFKD", name.lower())
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())
