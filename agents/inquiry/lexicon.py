"""The values of a store by the words that people have for them: channels, countries, segments, products, topics."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from agents.inquiry.periods import TAKEN
from analytics.countries import country_code, country_name, country_names
from analytics.customers import SEGMENTS
from analytics.inquiries.business import Business
from analytics.inquiries.query import Kind, Only

_CHANNEL_WORDS: Final = {
    "paid_social": r"(?:paid social|social|social media|facebook|meta|instagram|tiktok)(?: ads)?",
    "paid_search": r"paid search|search ads|google(?: ads)?|adwords|sem|bing(?: ads)?",
    "email": r"e-?mails?|newsletters?|mailings?",
    "organic": r"organic(?: search| traffic)?|seo",
    "affiliate": r"affiliates?|affiliate marketing",
    "influencer": r"influencers?|creators?",
    "direct": r"direct",
}
_SEGMENT_WORDS: Final = {
    "Champions": r"champions?",
    "Loyal": r"loyals?|loyalists?|loyal segment",
    "New": r"new segment|segment new",
    "Potential": r"potentials?|potential loyalists?",
    "At Risk": r"at[- ]risk",
    "Hibernating": r"hibernating|hibernators?|dormant|sleeping",
    "Churned": r"churned|lost|lapsed|gone",
}
_EUROPE: Final = [
    "AT",
    "BE",
    "BG",
    "HR",
    "CY",
    "CZ",
    "DK",
    "EE",
    "FI",
    "FR",
    "DE",
    "GR",
    "HU",
    "IE",
    "IT",
    "LV",
    "LT",
    "LU",
    "MT",
    "NL",
    "PL",
    "PT",
    "RO",
    "SK",
    "SI",
    "ES",
    "SE",
]  # the European Union
_GENERIC: Final = frozenset(
    [
        "set",
        "pack",
        "of",
        "and",
        "with",
        "the",
        "for",
        "in",
        "box",
        "small",
        "large",
        "red",
        "blue",
        "white",
        "black",
        "pink",
        "new",
    ]
)
_TOPIC_LEAD: Final = r"(?:about|regarding|concerning|on|topic|mention(?:ing|ed)?)\s+(?:the\s+)?(?:topic\s+)?"


@dataclass(frozen=True, slots=True)
class _Name:
    kind: Kind
    pattern: re.Pattern[str]
    values: tuple[str, ...]
    label: str


class Lexicon:
    """Finds the values that a text names. Made once for the state of a store."""

    def __init__(self, business: Business, paid_channels: Collection[str]) -> None:
        self._business = business
        self._names = (
            *_channels(business, paid_channels),
            *_segments(),
            *_countries(business),
            *_topics(business),
        )
        self._products = _product_phrases(business.products)

    def take(self, text: str, original: str) -> tuple[tuple[Only, ...], str]:
        """The values named in a lower-case text, and the text without them; `original` is it with its capitals."""
        found: dict[tuple[Kind, str], Only] = {}
        for match in re.finditer(r"(?<![\w-])(?:US|UK|EU|[A-Z]{2})(?![\w-])", original):
            code = country_code(match[0])
            if code is not None and text[match.start() : match.end()] == match[0].lower():
                found[("country", code)] = self._country(code)
                text = _blank(text, match.start(), match.end())
        for name in self._names:
            for match in name.pattern.finditer(text):
                found[(name.kind, name.label)] = Only(name.kind, name.values, name.label)
                text = _blank(text, match.start(), match.end())
        text = self._take_products(text, found)
        return tuple(found.values()), text

    def near(self, word: str) -> tuple[str, ...]:
        """What there is of the kinds that have few values, for who has named one that there is not."""
        import difflib  # noqa: PLC0415 - only where something was not understood

        said = {_said(one): one for one in self._business.channels}
        said |= {country_name(one): one for one in self._business.countries}
        said |= {one.lower(): one for one in (*SEGMENTS, *self._business.products, *self._business.topics)}
        return tuple(difflib.get_close_matches(word.lower(), list(said), n=3, cutoff=0.7))

    def _country(self, code: str) -> Only:
        return Only("country", self._business.in_country(code), country_name(code))

    def _take_products(self, text: str, found: dict[tuple[Kind, str], Only]) -> str:
        words = [(match.group(), match.start(), match.end()) for match in re.finditer(r"[\w']+", text)]
        at = 0
        while at < len(words):
            for length in range(min(8, len(words) - at), 0, -1):
                piece = words[at : at + length]
                key = " ".join(_singular(word) for word, _, _ in piece)
                products = self._products.get(key)
                between = text[piece[0][1] : piece[-1][2]]
                if products and TAKEN not in between:
                    label = products[0] if len(products) == 1 else between
                    found[("product", label)] = Only("product", products, label)
                    text = _blank(text, piece[0][1], piece[-1][2])
                    at += length - 1
                    break
            at += 1
        return text


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + TAKEN * (end - start) + text[end:]


def _said(channel: str) -> str:
    return channel.replace("_", " ").replace("-", " ").lower()


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])")


def _channels(business: Business, paid: Collection[str]) -> Iterator[_Name]:
    yield _Name(
        "channel", _pattern(r"paid (?:channels?|ones|marketing|ads)"), tuple(sorted(paid)), "paid channels"
    )
    for channel in sorted(business.channels, key=len, reverse=True):
        plain = _said(channel)
        words = rf"{re.escape(plain)}|{re.escape(channel.lower())}|{re.escape(plain.replace(' ', '-'))}"
        known = _CHANNEL_WORDS.get(plain.replace(" ", "_"))
        yield _Name("channel", _pattern(f"{known}|{words}" if known else words), (channel,), plain)


def _segments() -> Iterator[_Name]:
    for name in SEGMENTS:
        yield _Name("segment", _pattern(_SEGMENT_WORDS[name]), (name,), name)


def _countries(business: Business) -> Iterator[_Name]:
    union = tuple(value for code in _EUROPE for value in business.in_country(code))
    yield _Name("country", _pattern(r"europe|european(?: union)?|the eu"), union, "the European Union")
    listed = {
        value.lower(): (value,)
        for value in business.countries
        if country_code(value) is None and len(value) > 2
    }
    for plain, values in listed.items():
        yield _Name("country", _pattern(re.escape(plain)), values, values[0])
    for words, code in sorted(country_names().items(), key=lambda one: -len(one[0])):
        yield _Name("country", _pattern(re.escape(words)), business.in_country(code), country_name(code))


def _topics(business: Business) -> Iterator[_Name]:
    for topic in sorted(business.topics, key=len, reverse=True):
        stem = re.escape(topic.lower().rstrip("s"))
        yield _Name("topic", _pattern(rf"{_TOPIC_LEAD}{stem}(?:s|es)?"), (topic,), topic)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _product_phrases(products: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """Every run of words of a product's name, and the products that have it; common single words are none."""
    found: dict[str, list[str]] = {}
    for product in products:
        words = [_singular(word) for word in re.findall(r"[\w']+", product.lower())]
        for start in range(len(words)):
            for end in range(start + 1, min(len(words), start + 8) + 1):
                of = found.setdefault(" ".join(words[start:end]), [])
                if product not in of:
                    of.append(product)
    most = max(1, len(products) // 3)

    def tells(phrase: str, of: list[str]) -> bool:
        if " " in phrase:
            return len(of) <= most and not set(phrase.split()) <= _GENERIC
        return (
            len(of) <= min(most, 3) and len(phrase) >= 5 and phrase not in _GENERIC and not phrase.isdigit()
        )

    return {phrase: tuple(of) for phrase, of in found.items() if tells(phrase, of)}
