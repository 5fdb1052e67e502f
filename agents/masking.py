"""Finds personal data in a text and puts plain words such as [e-mail] in their place.

Found where they are said: an e-mail address by its form, a telephone number by its country's plan, a card number
by its check digit (ISO/IEC 7812, Luhn), an IBAN by its check digits (ISO 13616), an order number by the policy's
patterns or the word "order" before it, an address by its street or by a state with its code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from agents.names import amounts, names
from agents.places import addresses
from agents.privacy_policy import KINDS, Destination, Kind, PrivacyPolicy

Span = tuple[int, int]

EVERYWHERE: Final[frozenset[Kind]] = frozenset(KINDS) - {"name", "amount"}
"""What is masked wherever a text goes; names and amounts also in what shall be learned."""

_EMAIL = re.compile(r"\w[\w.+'%-]{0,63}(?:@|%40)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}")
_DIGITS = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b", re.IGNORECASE)
_ORDER = re.compile(
    r"\b(?:order|purchase|invoice|tracking|confirmation|booking)s?"
    r"(?:(?: ?(?:number|no\.?|nr\.?|id|code)| ?#)(?: (?:is|was|of))?\s?[:#]?\s?#?(?=[A-Z0-9-]*\d{3})"
    r"| (?=[A-Z]{0,4}-?\d{5}))([A-Z0-9](?:[A-Z0-9-]*[A-Z0-9])?)\b",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"\b(?:phone|telephone|tel|mobile|cell|call(?: me)?|text me|whatsapp|fax)(?: (?:number|no\.?))?"
    r"(?: (?:is|at|on|under))*\s*[:.]?\s*(\+?\(?\d(?:[ ()./-]{0,2}\d){6,14})(?!\d)",
    re.IGNORECASE,
)
_LEAST_DIGITS = 7  # of a telephone number; the library is loaded only for a text that could hold one
_CARD_STARTS = "23456"  # the networks' first digits
_BETWEEN_DIGITS = re.compile(r"[ ()./+-]")
_WORD = {kind: f"[{kind}]" for kind in KINDS}
_PLACEHOLDER = re.compile("|".join(re.escape(word) for word in _WORD.values()))


@dataclass(frozen=True, slots=True)
class Part:
    """A personal part of a text, as it stood there."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without its personal parts, and those parts in order."""

    text: str
    found: tuple[Part, ...]


class Masker:
    """Masks by a policy; one instance serves all threads."""

    def __init__(self, policy: PrivacyPolicy) -> None:
        """Compile the policy's patterns; the telephone plans are loaded with the first number."""
        self._countries = policy.telephone_countries
        own = "|".join(f"(?:{pattern})" for pattern in policy.order_numbers)
        self._own_orders = re.compile(rf"(?<!\w)(?:{own})(?!\w)", re.IGNORECASE) if own else None

    def mask(
        self,
        text: str,
        kinds: Collection[Kind] = EVERYWHERE,
        *,
        known_names: Sequence[str] = (),
        spared: Callable[[Part], bool] = lambda _part: False,
    ) -> Masked:
        """The text with every personal part of these kinds replaced by its word.

        `known_names` are names that may occur; a part that `spared` admits stays as it is.
        """
        pieces: list[str] = []
        found: list[Part] = []
        end = 0
        for kind, (start, stop) in self._spans(text, kinds, known_names):
            part = Part(kind, text[start:stop])
            if not spared(part):
                pieces += [text[end:start], _WORD[kind]]
                found.append(part)
                end = stop
        return Masked("".join([*pieces, text[end:]]), tuple(found))

    def _spans(
        self, text: str, kinds: Collection[Kind], known_names: Sequence[str]
    ) -> list[tuple[Kind, Span]]:
        """What is found of these kinds, in order and without overlap; the surer kind goes first."""
        finders: dict[Kind, Callable[[str], Iterable[Span]]] = {
            "e-mail": lambda text: (match.span() for match in _EMAIL.finditer(text)),
            "bank account": _bank_accounts,
            "card number": _card_numbers,
            "order number": self._order_numbers,
            "phone": self._phones,
            "address": addresses,
            "amount": amounts,
            "name": lambda text: names(text, known_names),
        }
        taken: list[Span] = [match.span() for match in _PLACEHOLDER.finditer(text)]
        spans: list[tuple[Kind, Span]] = []
        for kind, find in finders.items():
            for start, stop in find(text) if kind in kinds else ():
                if all(stop <= low or high <= start for low, high in taken):
                    taken.append((start, stop))
                    spans.append((kind, (start, stop)))
        return sorted(spans, key=lambda each: each[1])

    def _order_numbers(self, text: str) -> Iterator[Span]:
        if self._own_orders is not None:
            yield from (match.span() for match in self._own_orders.finditer(text))
        yield from (match.span(1) for match in _ORDER.finditer(text))

    def _phones(self, text: str) -> Iterator[Span]:
        if sum(letter.isdigit() for letter in text) < _LEAST_DIGITS:
            return
        from phonenumbers import PhoneNumberMatcher  # noqa: PLC0415 - most texts hold no number

        for country in self._countries:
            for match in PhoneNumberMatcher(text, country):
                yield match.start, match.end
        yield from (match.span(1) for match in _CALLED.finditer(text))


def kinds_for(policy: PrivacyPolicy, destination: Destination) -> frozenset[Kind]:
    """What the policy does not let through to a destination."""
    return EVERYWHERE - set(getattr(policy.allowed, destination))


def is_card_number(digits: str) -> bool:
    """Whether 13 to 19 digits are a payment card's: the first is a network's, the last the Luhn check digit."""
    if not 13 <= len(digits) <= 19 or digits[0] not in _CARD_STARTS or len(set(digits)) == 1:
        return False
    doubled = (2 * int(digit) for digit in digits[-2::-2])
    total = sum(map(int, digits[-1::-2])) + sum(number - 9 * (number > 9) for number in doubled)
    return total % 10 == 0


def is_iban(text: str) -> bool:
    """Whether a text is an IBAN by its check digits; spaces do not count."""
    plain = text.replace(" ", "").upper()
    if not 15 <= len(plain) <= 34:
        return False
    moved = plain[4:] + plain[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1


def _card_numbers(text: str) -> Iterator[Span]:
    for match in _DIGITS.finditer(text):
        if is_card_number(_BETWEEN_DIGITS.sub("", match.group())):
            yield match.span()


def _bank_accounts(text: str) -> Iterator[Span]:
    """IBANs; the pattern may run on into the words behind, so the longest beginning that checks counts."""
    for match in _IBAN.finditer(text):
        stops = [match.start() + at for at in range(len(match.group()), 14, -1)]
        stop = next((stop for stop in stops if is_iban(text[match.start() : stop].rstrip())), None)
        if stop is not None:
            yield match.start(), match.start() + len(text[match.start() : stop].rstrip())
