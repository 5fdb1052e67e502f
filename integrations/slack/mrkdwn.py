"""Slack's own markup: what others have written is shown in it as it stands, and never means anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Final

from slackblocks import Text

SECTION: Final = 3000
"""Characters that one section takes, as Slack counts them: after escaping."""

CUT: Final = " … _(the control room shows the rest)_"

_ENTITY = re.compile(r"&(?:a(?:m(?:p)?)?|l(?:t)?|g(?:t)?)?$")
_LINK = re.compile(r"<(?!@|#|!)([^|>]+)(?:\|([^>]*))?>")
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


def quoted(text: str, most: int = 3, room: int = SECTION) -> Iterator[str]:
    """A text of others as a quotation, in up to `most` pieces that each fit into a section."""
    pieces: list[str] = [""]
    for line in text.split("\n"):
        for part in _parts(escape(line), room - len(CUT) - 3):
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
    """A moment, shown to each reader in the zone and words of their own Slack."""
    fallback = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


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
