"""What each specialist finds out, in numbers: the typed state that they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.alerts import Alert
from analytics.customers import Cohort, Segment
from analytics.figures import Figure, Known
from analytics.forecast import Forecast
from analytics.marketing import Campaign, Channel, Move
from analytics.support import Support

if TYPE_CHECKING:
    from agents.gaps import Gap
    from agents.weekly.report import AtRisk
    from analytics.churn import Churn


@dataclass(frozen=True, slots=True)
class FinanceFacts:
    """Revenue, acquisition, cash, budget and forecast."""

    figures: tuple[Figure, ...]
    forecast: Forecast
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class MarketingFacts:
    """Channels, a suggestion, campaigns."""

    channels: tuple[Channel, ...]
    move: Move | Known
    campaigns: tuple[Campaign, ...]


@dataclass(frozen=True)
class InsightsFacts:
    """Customers: how many, of which kinds, who is about to go, what they are worth."""

    customers: int
    figures: tuple[Figure, ...]
    segments: tuple[Segment, ...]
    cohorts: tuple[Cohort, ...]
    churn: Churn
    at_risk: tuple[str, ...]
    """The ids of the segment At Risk, for whoever writes to them."""
    warned: tuple[AtRisk, ...]
    """Those in reach whose probability is above the policy's alarm, the dearest first."""


@dataclass(frozen=True, slots=True)
class SupportFacts:
    """What customers asked: imported tickets, or what the desk itself has in its log (`of_desk`).

    `gaps` are what they asked the desk and no document answers.
    """

    figures: tuple[Figure, ...]
    support: Support
    of_desk: bool = False
    gaps: tuple[Gap, ...] = ()


Facts = FinanceFacts | MarketingFacts | InsightsFacts | SupportFacts


def figures_of(facts: Facts) -> tuple[Figure, ...]:
    """The metrics among the facts."""
    return () if isinstance(facts, MarketingFacts) else facts.figures
