"""Countries by what people and shops call them: ISO 3166 codes, English names, and everyday ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

_EVERYDAY: Final = {
    "US": "usa, u.s., u.s.a., america, the states, american, americans",
    "GB": "uk, u.k., britain, great britain, england, scotland, wales, british, english",
    "DE": "deutschland, german, germans",
    "FR": "french",
    "CA": "canadian, canadians",
    "NL": "holland, dutch, the netherlands",
    "ES": "spanish, españa",
    "IT": "italian, italians, italia",
    "AT": "austrian, österreich",
    "CH": "swiss, schweiz",
    "IE": "eire, irish, republic of ireland",
    "AU": "australian, australians",
    "NZ": "new zealander",
    "JP": "japanese",
    "CN": "chinese",
    "IN": "indian",
    "BR": "brazilian, brasil",
    "MX": "mexican, méxico",
    "PE": "peruvian, perú",
    "SE": "swedish",
    "NO": "norwegian",
    "DK": "danish",
    "FI": "finnish",
    "PL": "polish",
    "PT": "portuguese",
    "BE": "belgian",
    "GR": "greek",
    "IL": "israeli",
    "ZA": "rsa, south african",
    "AE": "uae, emirates, united arab emirates",
    "KR": "south korea, korea, korean",
    "KP": "north korea",
    "CZ": "czechia, czech",
    "TR": "türkiye, turkish",
    "BA": "bosnia",
    "CI": "ivory coast",
    "LB": "lebanese",
    "SG": "singaporean",
}
_SHOWN: Final = {
    "US": "the US",
    "GB": "the UK",
    "NL": "the Netherlands",
    "AE": "the UAE",
    "KR": "South Korea",
}


@cache
def country_names() -> Mapping[str, str]:
    """Every name and everyday word for a country, in lower case, and its code."""
    found: dict[str, str] = {}
    for code, name in _listed().items():
        plain = re.sub(r"\s*\(.*\)", "", name)
        for word in (name, plain, plain.replace("&", "and"), plain.replace("St ", "Saint ")):
            found.setdefault(word.lower(), code)
    for code, words in _EVERYDAY.items():
        found |= dict.fromkeys(words.split(", "), code)
    return found


@cache
def _listed() -> Mapping[str, str]:
    """Code and name of each, as the time zone database lists them."""
    text = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return dict(row[:2] for row in rows)


def country_code(name: str) -> str | None:
    """The code of a country by its code, name or an everyday word; None for what is none."""
    plain = name.strip()
    if plain.upper() in _listed():
        return plain.upper()
    if plain.upper() == "UK":
        return "GB"
    return country_names().get(plain.lower())


def country_name(name: str) -> str:
    """A country as a sentence calls it; what is none, as it was written."""
    code = country_code(name)
    if code is None:
        return name
    return _SHOWN.get(code) or re.sub(r"\s*\(.*\)", "", _listed()[code])
