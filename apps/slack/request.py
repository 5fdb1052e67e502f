"""What somebody has written to `/gtm`, and what they are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apps.slack.desk import SlackDesk


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody has written after the command's name, and who."""

    desk: SlackDesk
    member: str
    text: str
    channel: str = ""
    key: str = ""
    """The same when Slack tells of it twice."""
    trigger: str | None = None
    """With which a form can be opened, for three seconds."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What they are told, which nobody else sees; without words, nothing."""

    text: str
    blocks: list[dict[str, Any]] | None = None
