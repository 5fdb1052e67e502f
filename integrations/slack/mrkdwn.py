"""Slack's own markup: what others have written is shown in it as it stands, and never means anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from typing import Final

from slackblocks import Text

SECTION: Final = 3000
"""Characters that one section takes, as Slack counts them: after escaping."""

CUT: Final = " … _(the control room shows the rest)_"

_ENTITY = re.compile(r"&(?:a(?:m(?:p)?)?|l(?:t)?|g(?:t)?)?$")
_LINK = re.compile(r"<(?!@|#|!)([^|>]+)(?:\|([^>]*))?>")
_BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_HEADING = re.compile(r"^#{1,6}\s+(.*)$", re.MULTILINE)
_BULLET = re.compile(r"^(\s*)[-*+]\s+", re.MULTILINE)
_RULE = re.compile(r"^\|(?:\s*:?-{2,}:?\s*\|)+\s*\n?", re.MULTILINE)
_ROW = re.compile(r"^\|(.+)\|\s*$", re.MULTILINE)
_WEB = re.compile(r"\[([^\]\n]+)\]\((https?://[^\s)|]+)\)")
_SPECIAL = re.compile(r"<([@#!])([^|>]+)(?:\|([^>]*))?>")


def escape(text: str) -> str:
    """A text that Slack shows letter for letter: no mention, link or date in it means anything."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def text_of(mrkdwn: str) -> Text:
    """A text object whose names of channels and people are not made into links."""
    return Text(clip(mrkdwn, SECTION), verbatim=True)


def clip(mrkdwn: str, limit: int) -> str:
    """No more than `limit` characters, and no entity cut in two."""
    if len(mrkdwn) <= limit:
        return mrkdwn
    return _ENTITY.sub("", mrkdwn[: limit - 1]) + "…"


def quoted(mrkdwn: str, most: int = 3, room: int = SECTION) -> Iterator[str]:
    """What was made safe before as a quotation, in up to `most` pieces that each fit into a section."""
    pieces: list[str] = [""]
    for line in mrkdwn.split("\n"):
        for part in _parts(line, room - len(CUT) - 3):
            quote = f">{part}\n"
            if len(pieces[-1]) + len(quote) > room - len(CUT):
                pieces.append("")
            pieces[-1] += quote
    for number, piece in enumerate(pieces[:most], 1):
        cut = number == most and len(pieces) > most
        yield piece.rstrip("\n") + (CUT if cut else "")


def _parts(escaped: str, size: int) -> Iterator[str]:
    """A long line in parts, cut between letters and never in an entity."""
    while len(escaped) > size:
        part = _ENTITY.sub("", escaped[:size])
        yield part
        escaped = escaped[len(part) :]
    yield escaped


def moment(at: datetime) -> str:
    """A moment in the zone that it is given in, which is the one that customers are told."""
    return f"{at:%a} {at.day} {at:%b}, {at:%H:%M}"


def markdown(text: str) -> str:
    """Markdown of our documents as Slack's markup; whatever it may hold, it mentions nobody."""
    shown = _HEADING.sub(r"*\1*", escape(text))
    shown = _RULE.sub("", shown)
    shown = _ROW.sub(lambda row: " · ".join(cell.strip() for cell in row.group(1).split("|")), shown)
    shown = _BULLET.sub(r"\1• ", shown)
    shown = _BOLD.sub(r"*\2*", shown)
    return _WEB.sub(lambda found: f"<{found.group(2)}|{found.group(1)}>", shown)


def link(url: str, words: str) -> str:
    """Words that lead somewhere."""
    return f"<{url.replace('|', '%7C').replace('>', '%3E')}|{escape(words)}>"


def mention(member: str) -> str:
    """A member by name; it tells them."""
    return f"<@{member}>"


def plain(mrkdwn: str) -> str:
    """What a member has written, as plain text for a customer: links by their address, names by their words."""
    without_links = _LINK.sub(lambda match: _address(match.group(1)), mrkdwn)
    return unescape(_SPECIAL.sub(_named, without_links)).strip()


def _address(url: str) -> str:
    return url.removeprefix("mailto:").removeprefix("tel:")


def _named(match: re.Match[str]) -> str:
    sign, name, words = match.groups()
    if sign == "!":
        return words or f"@{name.split('^')[0]}"
    return f"{sign}{words}" if words else ""
