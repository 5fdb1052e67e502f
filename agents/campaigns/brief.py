"""What somebody asks for, read from what they typed: `winback days=90 segment="At Risk" budget=500`, or free words."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Final

from agents.campaigns.campaign import Brief, Offer
from agents.clean_text import clean
from agents.errors import BadInput, WrongField
from analytics.currency import minor_units
from analytics.customers import SEGMENTS

LONGEST_BRIEF: Final = 4_000  # characters
OPTIONS: Final = ("days", "segment", "budget", "offer")
"""What a win-back can be given."""

_EVERYDAY: Final = frozenset(("New", "Loyal", "Potential"))
_OFFER: Final = re.compile(r"(\d{1,3})\s*%")


def read_brief(text: str, currency: str) -> Brief:
    """A brief from one line of a person. `BadInput` says which part is wrong and what may stand there."""
    text = clean(text)
    if not text:
        raise BadInput(
            "Say what the campaign is for: `winback`, `winback days=90 budget=500`, or a brief in your own words."
        )
    try:
        words = shlex.split(text) if text.startswith("winback") else []
    except ValueError as error:
        raise BadInput(f"A quotation mark is not closed in: {text[:200]}") from error
    if words[:1] == ["winback"]:
        return winback(_options(words[1:]), currency)
    return free_brief(text.strip("\"“”'"))


def winback(options: dict[str, str], currency: str) -> Brief:
    """A win-back with the options that were typed."""
    days = _whole(options.get("days", "90"), "days", 1, 3650)
    segment = options.get("segment")
    if segment is not None:
        segment = _segment(segment)
    budget = options.get("budget")
    offer = options.get("offer")
    return Brief(
        kind="winback",
        days=days,
        segment=segment,
        budget=None if budget is None else _money(budget, currency),
        offer=None if offer is None else read_offer(offer),
    )


def other_audience(brief: Brief, options: Mapping[str, str], currency: str) -> Brief:
    """A brief for other people, with the `days`, `segment` or `budget` that are given; empty is all, and no limit."""
    given = {name: value for name, value in options.items() if value.strip() or name == "days"}
    wanted = winback(given, currency)
    return brief.model_copy(update={name: getattr(wanted, name) for name in options})


def free_brief(text: str) -> Brief:
    """A brief in somebody's own words. An offer that it names is taken up; nothing else in it is an order to us."""
    if len(text) > LONGEST_BRIEF:
        words = f"The brief has {len(text):,} characters; {LONGEST_BRIEF:,} are enough to say what it is for."
        raise WrongField(words, "text")
    days = re.search(r"(\d{1,4})\s*days", text)
    segment = next((name for name in SEGMENTS if _is_named(name, text)), None)
    offered = _OFFER.search(text)
    return Brief(
        kind="brief",
        text=text,
        days=min(max(int(days[1]), 1), 3650) if days else 90,
        segment=segment,
        offer=read_offer(offered[1]) if offered else None,
    )


def _is_named(segment: str, text: str) -> bool:
    """Whether a segment is meant, not a word of every day that it is called by: a new tea is no new customer."""
    name = (
        rf"{segment} (?:customers?|buyers?|people|ones|segment)|segment {segment}"
        if segment in _EVERYDAY
        else segment
    )
    return re.search(rf"\b(?:{name})\b", text, re.IGNORECASE) is not None


def written_brief(text: str, options: Mapping[str, str], currency: str) -> Brief:
    """A brief as a form holds it: the options of a win-back and, for anything else, somebody's own words.

    With words, an option that is given counts instead of what they say; without, they are a win-back's. What is wrong
    in one of them raises `WrongField`, by the option's name or as `text`.
    """
    asked = winback(dict(options), currency)
    text = clean(text)
    if not text:
        return asked
    brief = free_brief(text)
    given = {name: getattr(asked, name) for name in OPTIONS if name in options}
    if "days" in given and (given.get("segment") or brief.segment):
        raise WrongField(
            "days cannot go with a segment and words of your own: everybody of the segment is written to. Leave "
            "the days empty, or the segment.",
            "days",
        )
    return brief.model_copy(update=given)


def in_words(text: str, options: Mapping[str, str]) -> str:
    """What a form holds, as one would have typed it."""
    given = [f'{name}="{said}"' if " " in said else f"{name}={said}" for name, said in options.items()]
    if not text:
        return " ".join(["winback", *given])
    return f"{text} ({', '.join(given)})" if given else text


def read_offer(text: str) -> Offer:
    """An offer in percent."""
    return Offer(percent=_whole(text.strip().removesuffix("%").strip(), "offer", 0, 99, unit=" percent"))


def _options(words: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or name not in OPTIONS:
            listed = ", ".join(f"{each}=…" for each in OPTIONS)
            raise BadInput(f"{word[:80]!r} is no option of a win-back. There are {listed}.")
        found[name] = value
    return found


def _segment(text: str) -> str:
    known = {name.lower().replace(" ", ""): name for name in SEGMENTS}
    found = known.get(re.sub(r"[\s_-]", "", text.lower()))
    if found is None:
        raise WrongField(f"There is no segment {text[:80]!r}. There are {', '.join(SEGMENTS)}.", "segment")
    return found


def _whole(text: str, name: str, least: int, most: int, unit: str = "") -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise WrongField(f"{name} is a whole number from {least} to {most}{unit}, not {text[:40]!r}.", name)
    return number


def _money(text: str, currency: str) -> int:
    """An amount in whole units, such as 500, $500 or 499.50, in minor units."""
    plain = re.sub(r"[\s,_$€£]", "", text)
    try:
        amount = float(plain)
    except ValueError:
        amount = -1.0
    if not 0 <= amount < 1e12:
        words = f"budget is an amount from 0 on in {currency}, such as budget=500, not {text[:40]!r}."
        raise WrongField(words, "budget")
    return round(amount * minor_units(currency))
