"""The fields of a template: what a customer's own values are called, and how they are put in, once and safely."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import quote, urlsplit

from agents.errors import BadInput

Name = str
Values = Mapping[Name, str | None]
"""What is known of one customer; None and absent are the same."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a field holds; `is_link` if it is a whole web address."""

    words: str
    is_link: bool = False
    may_fall_back: bool = False


FIELDS: Final[Mapping[Name, Meaning]] = {
    "first_name": Meaning("the customer's first name", may_fall_back=True),
    "last_purchase": Meaning("the product that the customer bought last", may_fall_back=True),
    "recommended_product": Meaning("what goes well with it", may_fall_back=True),
    "offer": Meaning("the offer in words, such as 20% off"),
    "offer_code": Meaning("the code that the customer enters at the checkout"),
    "offer_until": Meaning("the last day of the offer"),
    "brand": Meaning("the name of the business"),
    "shop_url": Meaning("the shop's address", is_link=True),
    "product_url": Meaning("the address of the recommended product", is_link=True),
    "unsubscribe_url": Meaning("where the customer unsubscribes", is_link=True),
}
"""Every field that a template may have."""

LONGEST_VALUE: Final = 200  # characters; what is longer is no name
_MARKS: Final = re.compile("[\ue000\ue001]")
_FIELD: Final = re.compile(r"\{([^{}\n]{0,60})\}")
_MARKED: Final = re.compile("\ue000([a-z_]+|#[0-9]+)\ue001")
# They turn the direction of all the text that follows; letters of a right-to-left script need none of them.
_TURNING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
# RFC 3986 leaves these out, and each could end an address early in a text.
_NO_ADDRESS: Final = re.compile(r"[\s\x00-\x1f\x7f<>\"\\^`{|}]")
# A first name with one of these is an advertisement that somebody signed up with.
_NO_NAME: Final = re.compile(r"://|www\.|[@<>{}\[\]\\]|\.[a-z]{2,}/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a field."""

    name: Name


@dataclass(frozen=True, slots=True)
class LinkSlot:
    """The place of a link's target, which may itself hold fields."""

    target: tuple[str | Slot, ...]


Piece = str | Slot | LinkSlot


def mark_fields(text: str, where: str) -> str:
    """A template's text with signs around its fields that no markup touches.

    `BadInput` names an unknown field and the known ones, or a brace that opens or closes none.
    """
    text = _MARKS.sub("", text)
    if "{{" in text or "}}" in text:
        raise BadInput(f"The {where} has double braces. Write a field with single ones, like {{first_name}}.")

    def mark(match: re.Match[str]) -> str:
        name = match[1].strip()
        if name not in FIELDS:
            known = ", ".join(f"{{{each}}}" for each in FIELDS)
            raise BadInput(f"The {where} has the unknown field {match[0]}. Known fields are {known}.")
        return f"\ue000{name}\ue001"

    marked = _FIELD.sub(mark, text)
    if stray := re.search(r"[{}]", marked):
        near = _MARKED.sub(r"{\1}", marked[max(0, stray.start() - 20) : stray.end() + 20])
        raise BadInput(f"The {where} has a brace that makes no field, near {near!r}. Remove it.")
    return marked


def split_fields(marked: str, targets: Sequence[tuple[str | Slot, ...]] = ()) -> tuple[Piece, ...]:
    """Marked text in pieces; `targets` are those of its links, by their numbers."""
    pieces: list[Piece] = []
    for k, part in enumerate(_MARKED.split(marked)):
        if k % 2 == 0:
            pieces += [part] if part else []
        elif part.startswith("#"):
            pieces.append(LinkSlot(targets[int(part[1:])]))
        else:
            pieces.append(Slot(part))
    return tuple(pieces)


def link_target(marked: str, where: str) -> tuple[str | Slot, ...]:
    """The target of a link in pieces: a whole web address, or a field that is one; else `BadInput`."""
    pieces = tuple(piece for piece in split_fields(marked) if not isinstance(piece, LinkSlot))
    first = pieces[0] if pieces else ""
    whole = FIELDS[first.name].is_link if isinstance(first, Slot) else is_web_address(first)
    if not whole or any(isinstance(each, Slot) and FIELDS[each.name].is_link for each in pieces[1:]):
        shown = _MARKED.sub(r"{\1}", marked)
        raise BadInput(
            f"The {where} has a link to {shown!r}. Write a whole address, such as https://shop.example/tea, "
            "or a field that is one, such as {shop_url}."
        )
    return pieces


def is_web_address(text: str) -> bool:
    """Whether a text is the beginning of a whole web address, with its host."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not _NO_ADDRESS.search(text)


def tidy(name: Name, value: str | None) -> str | None:
    """A customer's value as it may stand in a mail: one line, nothing that steers; None where it is of no use."""
    if value is None:
        return None
    # A broken surrogate cannot be written in UTF-8.
    readable = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    one_line = " ".join(_TURNING.sub("", readable).split())
    clean = "".join(sign for sign in one_line if unicodedata.category(sign) not in ("Cc", "Co", "Cn"))
    if not clean or len(clean) > LONGEST_VALUE or (name == "first_name" and _NO_NAME.search(clean)):
        return None
    return clean


def fill_text(pieces: Sequence[Piece], values: Mapping[Name, str], link: Callable[[str], str]) -> str:
    """Pieces as plain text; `link` turns each target into the address that is shown."""
    return "".join(
        piece
        if isinstance(piece, str)
        else _isolated(values[piece.name])
        if isinstance(piece, Slot)
        else link(fill_target(piece.target, values))
        for piece in pieces
    )


def fill_html(pieces: Sequence[Piece], values: Mapping[Name, str], link: Callable[[str], str]) -> str:
    """Pieces of HTML with values that are text and nothing else."""
    return "".join(
        piece
        if isinstance(piece, str)
        else _escaped(values[piece.name])
        if isinstance(piece, Slot)
        else escape(link(fill_target(piece.target, values)))
        for piece in pieces
    )


def fill_target(target: Sequence[str | Slot], values: Mapping[Name, str]) -> str:
    """The address of a link: what stands first as it is, all other values as parts of an address."""
    return "".join(
        piece
        if isinstance(piece, str)
        else values[piece.name]
        if k == 0
        else quote(values[piece.name], safe="")
        for k, piece in enumerate(target)
    )


def names_in(pieces: Sequence[Piece]) -> frozenset[Name]:
    """The fields that pieces have."""
    slots: list[str | Slot] = []
    for piece in pieces:
        slots += piece.target if isinstance(piece, LinkSlot) else [piece]
    return frozenset(slot.name for slot in slots if isinstance(slot, Slot))


def _runs_right_to_left(value: str) -> bool:
    return not value.isascii() and any(unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT for sign in value)


def _isolated(value: str) -> str:
    # Between these signs a right-to-left name leaves the order of the words around it alone.
    return f"\u2068{value}\u2069" if _runs_right_to_left(value) else value


def _escaped(value: str) -> str:
    return f"<bdi>{escape(value)}</bdi>" if _runs_right_to_left(value) else escape(value)
