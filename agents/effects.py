"""What the desk does outside its conversation log, as values, and the ports through which it is done."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal, Protocol

from agents.domain import Value

EffectStatus = Literal["pending", "delivered", "failed"]


class Effect(Value):
    """Something to be done outside. It may be tried twice, and `key` says that both are the same one.

    `attempts` counts those that have failed.
    """

    id: int
    key: str
    kind: str
    payload: dict[str, str]
    attempts: int = 0
    conversation: str | None = None
    review: str | None = None
    created: datetime


class EffectStanding(Value):
    """How an effect stands, for people: `reason` is why the last attempt failed."""

    id: int
    key: str
    kind: str
    status: EffectStatus
    attempts: int
    created: datetime
    next_attempt: datetime
    reason: str | None = None
    delivered: datetime | None = None
    conversation: str | None = None
    review: str | None = None


class Email(Value):
    """A plain message to one address; `key` is the same for the same message however often it is sent."""

    key: str
    to: str
    subject: str
    body: str
    at: datetime


class Worker(Value):
    """A process that delivers effects, and when it last said that it lives."""

    id: str
    host: str
    pid: int
    started: datetime
    beat: datetime


class Outbox(Protocol):
    """The effects that a decision brought about, kept until they are done. Safe to share between processes."""

    def due(self, now: datetime, limit: int, hold_until: datetime, kinds: Collection[str]) -> list[Effect]:
        """Effects whose time has come, oldest first; nobody else is given them before `hold_until`."""

    def effect(self, effect_id: int) -> Effect | None:
        """An effect that still has to be done, or None."""

    def delivered(self, effect_ids: Collection[int], now: datetime) -> None:
        """They are done."""

    def failed(self, effect_id: int, attempts: int, reason: str, next_attempt: datetime | None) -> None:
        """The attempt after `attempts` others failed; without a next one, people have to look at it."""

    def retry(self, effect_id: int, now: datetime) -> bool:
        """Give a failed effect another attempt now; False if it is not there or has not failed."""

    def standing(self, status: EffectStatus, limit: int = 100) -> list[EffectStanding]:
        """The effects of a status, oldest first."""

    def counts(self) -> dict[EffectStatus, int]:
        """How many effects have each status."""


class Workers(Protocol):
    """The processes that deliver effects, so that one can take over what another left."""

    def beat(self, worker: Worker) -> None:
        """Say that a worker lives at `worker.beat`; the first time makes it known."""

    def all(self) -> list[Worker]:
        """Every known worker, the one that was heard of last first."""

    def claim(self, dead: Worker, now: datetime) -> bool:
        """Take it on to clear up after a dead worker; only one caller is told True, and has until it seems dead."""

    def forget(self, worker_id: str) -> None:
        """Nothing is left of this worker."""


class Mailer(Protocol):
    """Sends e-mail."""

    def send(self, email: Email) -> None:
        """Send it. Raises `Transient` where trying again may help, `Permanent` where it will not."""

    def describe(self) -> str:
        """Where the mail goes, in words."""

    def check(self) -> None:
        """Raises `Transient` or `Permanent` where nothing could be sent just now; sends nothing."""


class TicketDesk(Protocol):
    """Where the team's tickets are kept."""

    def open(self, review: str, subject: str, at: datetime) -> None:
        """Open the ticket of a review; a second time, and after its end, changes nothing."""

    def close(self, review: str, at: datetime) -> None:
        """Close the ticket of a review."""
