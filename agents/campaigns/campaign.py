"""A campaign, from its draft to its last message, as values that cross boundaries."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal

from pydantic import Field

from agents.domain import Value

CAMPAIGN: Final = "c-"
"""How the id of a campaign begins."""

CampaignKind = Literal["winback", "brief"]
CampaignStatus = Literal["pending", "approved", "paused", "stopped", "sent", "rejected"]
"""`approved` is being sent, or waits for its hour; `paused`, `stopped` and `sent` can follow."""

RecipientStatus = Literal["queued", "claimed", "handed over", "sent", "refused", "withheld", "uncertain"]
"""`claimed` may be taken back; `handed over` may have arrived. `withheld`: may not be written to any more."""

Origin = Literal["shell", "slack", "room", "report"]


class Offer(Value):
    """What the recipients are offered: a part of the order's value. 0 is no offer."""

    percent: Annotated[int, Field(ge=0, lt=100)] = 0
    code: str | None = None
    until: date | None = None

    @property
    def words(self) -> str | None:
        """As it stands in a mail."""
        return f"{self.percent}% off" if self.percent else None


class Brief(Value):
    """What was asked for. `budget` in minor units is for offers and sending; None is no limit."""

    kind: CampaignKind
    text: str = ""
    days: Annotated[int, Field(ge=1, le=3650)] = 90
    segment: str | None = None
    budget: Annotated[int, Field(ge=0)] | None = None
    offer: Offer | None = None


class Texts(Value):
    """What marketing wrote, with {fields}: the arms are the subjects, in order A, B, C."""

    concept: str
    subjects: tuple[str, ...]
    preheader: str = ""
    body: str
    social: str | None = None
    landing: str | None = None
    by: str = "rules"
    prompt: str | None = None

    def rewritten(self, by: str, **changes: object) -> Texts:
        """What somebody has made of them; where nothing is changed, they stay whose they are."""
        changed = self.model_copy(update=changes)
        return self if changed == self else changed.model_copy(update={"by": by, "prompt": None})


class Excluded(Value):
    """How many are left out for one reason, in words."""

    reason: str
    count: int


class ArmLine(Value):
    """One subject, and to how many it would go if arms were split evenly."""

    name: str
    subject: str
    recipients: int


class Audience(Value):
    """Who is written to: `eligible` of `found`, less the `holdout`. `digest` is the mark of exactly these people."""

    why: str
    found: int
    eligible: int
    excluded: tuple[Excluded, ...]
    holdout: int
    arms: tuple[ArmLine, ...]
    digest: str


class Span(Value):
    """A best guess and its interval."""

    value: float
    low: float
    high: float


class Prospects(Value):
    """What the campaign is expected to bring; money in minor units, intervals of `level`.

    `objections` are finance's: with any, approving needs a reason. `unknown` says why nothing could be calculated.
    """

    orders: Span | None = None
    usual_orders: Span | None = None
    revenue: Span | None = None
    profit: Span | None = None
    cost: Span | None = None
    level: float = 0.8
    prior: str = ""
    weak: bool = True
    objections: tuple[str, ...] = ()
    unknown: str | None = None


class Plan(Value):
    """How it goes out, in words for people and numbers for the sender."""

    a_minute: float
    opens: str
    closes: str
    holdout_share: float
    arms: Literal["thompson", "fixed"]


class Draft(Value):
    """One version of a campaign; an edit makes the next."""

    version: int
    made: datetime
    by: str
    brief: Brief
    texts: Texts
    offer: Offer
    audience: Audience
    prospects: Prospects
    plan: Plan
    measures: tuple[str, ...]
    """What will tell whether it worked."""


DraftStep = Literal["insights", "marketing", "finance"]


class DraftProgress(Value):
    """Which specialist is at work on a draft, and what the last one has found."""

    specialist: DraftStep
    state: Literal["working", "done"]
    found: str = ""


class Approval(Value):
    """Somebody's yes to one version; `reason` where finance had said no."""

    by: str
    at: datetime
    version: int
    origin: str
    reason: str | None = None


class Campaign(Value):
    """A campaign as it stands. `needs` is how many people have to approve this version.

    `trouble` is why it pauses by itself; `runs` counts how often its sending was begun.
    """

    id: str
    created: datetime
    by: str
    origin: Origin
    sample: bool
    currency: str
    status: CampaignStatus
    draft: Draft
    approvals: tuple[Approval, ...] = ()
    needs: int = 1
    decided_by: str | None = None
    reason: str | None = None
    approved: datetime | None = None
    ended: datetime | None = None
    trouble: str | None = None
    runs: int = 0


class Person(Value):
    """Somebody in the audience, as the business knows them; `values` are for the template's fields."""

    customer: str
    address: str
    name: str = ""
    timezone: str | None = None
    values: dict[str, str | None] = Field(default_factory=dict)


class Addressee(Value):
    """A frozen recipient: who, whether held out, and how far their message is."""

    campaign: str
    contact: str
    person: Person
    arm: str | None = None
    held_out: bool = False
    status: RecipientStatus = "queued"
    attempts: int = 0
    note: str | None = None
    sent: datetime | None = None


class SendCounts(Value):
    """How many recipients have each status; `held_out` are no recipients."""

    queued: int = 0
    claimed: int = 0
    handed_over: int = 0
    sent: int = 0
    refused: int = 0
    withheld: int = 0
    uncertain: int = 0
    held_out: int = 0

    @property
    def open(self) -> int:
        """Those whose message is not settled."""
        return self.queued + self.claimed + self.handed_over

    @property
    def total(self) -> int:
        """All who are written to."""
        return self.open + self.sent + self.refused + self.withheld + self.uncertain


class Side(Value):
    """Where chance put a customer of a campaign: held out, or written to, with the arm once it is known."""

    customer: str
    contact: str
    held_out: bool
    arm: str | None = None


class CampaignLine(Value):
    """A campaign in a list."""

    id: str
    created: datetime
    by: str
    kind: CampaignKind
    status: CampaignStatus
    version: int
    eligible: int
    concept: str
    sample: bool
