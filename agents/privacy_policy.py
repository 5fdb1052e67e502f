"""The privacy policy: a YAML file that says what is personal, where it may go, and how long it is kept."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, field_validator

from agents.policy import SHIPPED, Section, Text, read_policy

Kind = Literal["e-mail", "phone", "card number", "bank account", "address", "order number", "name", "amount"]
Destination = Literal["model", "slack", "log"]
Days = Annotated[int, Field(ge=1)]

FILE = "privacy.yaml"
KINDS: tuple[Kind, ...] = get_args(Kind)


class Allowed(Section):
    """Which kinds may go to a destination as they are."""

    model: tuple[Kind, ...]
    slack: tuple[Kind, ...]
    log: tuple[Kind, ...]


class KeepDays(Section):
    """After how many days each is erased."""

    conversations: Days
    dismissed_entries: Days
    delivered_effects: Days
    logs: Days
    audit_details: Days
    sign_ins: Days
    traces: Days = 30


class PrivacyPolicy(Section):
    """Everything that decides how personal data are treated."""

    telephone_countries: Annotated[
        tuple[Annotated[str, Field(pattern="^[A-Z]{2}$")], ...], Field(min_length=1)
    ]
    order_numbers: tuple[Text, ...]
    allowed: Allowed
    keep_days: KeepDays

    @field_validator("order_numbers")
    @classmethod
    def compilable(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        """Every pattern compiles, and matches something longer than nothing."""
        for pattern in patterns:
            try:
                empty = re.compile(pattern).match("")
            except re.error as error:
                raise ValueError(f"{pattern!r} is not a pattern: {error}") from error
            if empty:
                raise ValueError(f"{pattern!r} also matches nothing at all")
        return patterns


def load_privacy_policy(folder: Path | None = None) -> PrivacyPolicy:
    """The privacy policy of a folder, or the shipped one where it has none; `BadInput` says what is wrong."""
    own = (folder or SHIPPED) / FILE
    return read_policy(own if own.is_file() else SHIPPED / FILE, PrivacyPolicy)
