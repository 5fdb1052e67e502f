"""The policy of the team's channel: a YAML file that says who may answer there, and who is reminded when."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from agents.policy import SHIPPED, Section, Text, read_policy

FILE = "slack.yaml"
Member = Annotated[str, Field(pattern="^[UW][A-Z0-9]{2,}$")]


class ChannelPolicy(Section):
    """Everything that decides how the team works in its channel."""

    approvers: tuple[Member, ...]
    on_call: tuple[Member, ...]
    mention_after_minutes: Annotated[int, Field(ge=1, le=14 * 24 * 60)]
    undo_minutes: Annotated[float, Field(gt=0)]
    reminder: Text
    mention: Text


def load_channel_policy(folder: Path | None = None) -> ChannelPolicy:
    """The channel's policy of a folder, or the shipped one where it has none; `BadInput` says what is wrong."""
    own = (folder or SHIPPED) / FILE
    return read_policy(own if own.is_file() else SHIPPED / FILE, ChannelPolicy)
