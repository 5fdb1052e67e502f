"""Everything that can go wrong, as one tree.

DeskError
├── BadInput            the caller can mend it; the message says what is wrong, where, and what to do
│   ├── TooLong         a message over the policy's length
│   ├── TooMany         a visitor over the policy's rate
│   ├── WrongField      one field of what was filled in is wrong
│   └── StillPersonal   what shall be learned holds personal parts that nobody has confirmed to be nobody's
├── Forbidden           this visitor may not read or write that
├── AlreadyDecided      somebody else decided first
├── Ambiguous           nobody can tell whether it happened; doing it again may do it twice
├── Permanent           trying again will not help
│   ├── MailerClosed    no message of a campaign can be sent until somebody mends a setting
│   ├── NeedsIngest     the index is absent, or was built with another embedding model
│   ├── ModelRefused    the model's host does not accept our key
│   └── ModelMisused    the model's host does not understand the request
└── Transient           trying again may help
    ├── ChannelClosed   the team's channel takes nothing until somebody mends a setting
    ├── Throttled       the other side wants to be left alone for a while
    └── ModelDown       the model cannot be reached, is overloaded or broken just now
"""

from __future__ import annotations


class DeskError(Exception):
    """Any error whose message may be shown to a person."""


class BadInput(DeskError):
    """What was given cannot be used; the message says what is wrong, where, and what to do."""


class TooLong(BadInput):
    """A message is longer than the policy allows."""


class TooMany(BadInput):
    """A visitor sends more messages than the policy allows."""


class WrongField(BadInput):
    """One field of what was filled in is wrong; `field` is its name."""

    def __init__(self, message: str, field: str) -> None:
        """The message says what may stand there."""
        super().__init__(message)
        self.field = field


class StillPersonal(BadInput):
    """What shall be learned holds personal parts; `parts` are they."""

    def __init__(self, message: str, parts: tuple[str, ...]) -> None:
        """The message names the parts for the person who reads it."""
        super().__init__(message)
        self.parts = parts


class Forbidden(DeskError):
    """The visitor does not own what was asked for."""


class AlreadyDecided(DeskError):
    """Somebody else decided first."""


class Ambiguous(DeskError):
    """The other side may have done it or not; it is never simply repeated, but listed for people."""


class Permanent(DeskError):
    """A failure that trying again will not mend."""


class MailerClosed(Permanent):
    """No message can be sent until a person mends what this names; nothing was sent."""


class NeedsIngest(Permanent):
    """The index cannot answer until `gtm ingest` has run."""


class Transient(DeskError):
    """A failure that trying again may mend."""


class ChannelClosed(Transient):
    """The team's channel takes nothing until a person mends what the message names."""


class Throttled(Transient):
    """It is too early; `retry_after` seconds from now it may work."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ModelRefused(Permanent):
    """The model's host does not accept our key."""


class ModelMisused(Permanent):
    """The model's host does not understand the request: a wrong name, or a feature that it lacks."""


class ModelDown(Transient):
    """The model cannot be reached, is overloaded or broken just now; it may say when to come again."""

    def __init__(self, message: str, *, broken: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.broken = broken
        """Whether it failed at the request itself, as a host may that lacks a feature."""
        self.retry_after = retry_after
