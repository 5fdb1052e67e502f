"""What came of a campaign: against who was held out, and which subject does best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from agents.campaigns.campaign import Campaign, SendCounts, Side
from agents.campaigns.outcomes import OutcomeCounts
from agents.campaigns.records import business_day
from agents.domain import Value
from analytics.figures import Known

if TYPE_CHECKING:
    import pandas as pd

    from agents.ports import Services
    from analytics.arms import Arm
    from analytics.holdout import Effect, Estimate, Foreseen, Verdict
    from analytics.uplift import Belief, Measured


class ArmResult(Value):
    """How a subject does: its rate of clicks and orders with a 95% interval, and how likely it is the best."""

    name: str
    subject: str
    sent: int
    successes: int
    rate: float | None
    low: float
    high: float
    best: float


class EstimateValue(Value):
    """A number with an interval that holds however often one looks; None for the reason."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str | None = None


class Results(Value):
    """What a campaign has changed so far; money in minor units.

    `until` is the last day that counts. `conclusion` is the verdict, `settles` how many more recipients would bring
    one, None where that cannot be told.
    """

    until: date
    window_days: int
    treated: int
    treated_ordered: int
    held_out: int
    held_out_ordered: int
    orders: EstimateValue
    revenue: EstimateValue
    profit: EstimateValue
    level: float
    conclusion: Literal["not measured", "too early", "works", "hurts", "no difference"]
    pays: Literal["yes", "no", "not known"]
    no_bigger_than: float | None
    settles: int | None


class CampaignStanding(Value):
    """All that is known of a campaign: how far it is, what came back, and what can be concluded, also in words."""

    campaign: Campaign
    counts: SendCounts
    outcomes: OutcomeCounts
    arms: tuple[ArmResult, ...]
    results: Results | None
    words: tuple[str, ...]


@dataclass(frozen=True)
class Measurement:
    """What `measure_campaign` finds."""

    results: Results
    arms: tuple[ArmResult, ...]


def measure_campaign(services: Services, campaign: Campaign) -> Measurement | None:
    """The effect of an approved campaign as of now; None before it is approved."""
    from analytics.arms import standings  # noqa: PLC0415
    from analytics.holdout import conclude, measure  # noqa: PLC0415
    from analytics.outcomes import sides as split  # noqa: PLC0415

    if campaign.approved is None:
        return None
    people = services.send_list.sides(campaign.id)
    start, end = _window(services, campaign)
    assigned, ordered = _frames(services, people, start, end)
    draft = campaign.draft
    margin = services.open_weekly_policy().finance.contribution_margin
    treated, held_out = split(assigned, ordered, margin, offer_share=draft.offer.percent / 100)
    foreseen = _foreseen(campaign, margin)
    cost = _send_cost(services, campaign, treated.customers)
    effect = measure(treated, held_out, foreseen, send_cost=cost)
    verdict = conclude(treated, held_out, effect, foreseen)
    subjects = {one.name: one.subject for one in draft.audience.arms}
    arms = [one for one in standings(_arms(services, campaign, people, ordered)) if one.name in subjects]
    return Measurement(
        results=_results(
            effect,
            verdict,
            (treated.customers, treated.ordered, held_out.customers, held_out.ordered),
            start,
            end,
        ),
        arms=tuple(
            ArmResult(
                name=one.name,
                subject=subjects[one.name],
                sent=one.sent,
                successes=one.successes,
                rate=one.rate.value,
                low=one.low,
                high=one.high,
                best=one.best,
            )
            for one in arms
        ),
    )


def shares_now(services: Services, campaign: Campaign) -> Mapping[str, float]:
    """Which part of the next recipients each subject gets, by what is known by now."""
    from analytics.arms import Arm, fixed_shares, next_shares  # noqa: PLC0415

    names = [one.name for one in campaign.draft.audience.arms]
    if campaign.draft.plan.arms == "fixed":
        return fixed_shares(names)
    people = services.send_list.sides(campaign.id)
    start, end = _window(services, campaign)
    _, ordered = _frames(services, people, start, end)
    known = {one.name: one for one in _arms(services, campaign, people, ordered)}
    arms = [known.get(name, Arm(name)) for name in names]
    return next_shares(arms, services.open_campaign_policy().audience.arm_minimum)


def own_results(services: Services, day: date) -> list[Measured]:
    """The campaigns of the desk whose window is over: what the next draft can believe."""
    from analytics.uplift import Measured  # noqa: PLC0415

    found = []
    for line in services.campaigns.list(1000):
        campaign = services.campaigns.campaign(line.id)
        if campaign is None or campaign.status not in ("sent", "stopped") or campaign.approved is None:
            continue
        _, end = _window(services, campaign)
        measured = measure_campaign(services, campaign) if end <= day else None
        if measured is not None:
            one = measured.results
            found.append(Measured(one.treated, one.treated_ordered, one.held_out, one.held_out_ordered))
    return found


def _window(services: Services, campaign: Campaign) -> tuple[date, date]:
    """From the day of the approval until the window's end, or today; the end is the first day that does not count."""
    assert campaign.approved is not None  # noqa: S101 - both callers have looked
    start, today = business_day(services, campaign.approved), business_day(services)
    days = services.open_campaign_policy().economics.window_days
    return start, min(start + timedelta(days=days), today + timedelta(days=1))


def _frames(
    services: Services, people: Sequence[Side], start: date, end: date
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The customers with their sides, and what customers bought in the window."""
    import pandas as pd  # noqa: PLC0415

    from analytics.outcomes import bought  # noqa: PLC0415

    with services.open_warehouse().reading() as tables:
        ordered = bought(tables.orders, start, end)
    assigned = pd.DataFrame(
        {
            "customer_id": [one.customer for one in people],
            "held_out": [one.held_out for one in people],
        }
    ).astype({"held_out": bool})
    return assigned, ordered


def _arms(services: Services, campaign: Campaign, people: Sequence[Side], ordered: pd.DataFrame) -> list[Arm]:
    """A subject succeeds with who clicks or orders."""
    from analytics.arms import Arm  # noqa: PLC0415

    clicked = services.mail_outcomes.contacts(campaign.id, "clicked")
    bought = set(ordered.index)
    found: dict[str, tuple[int, int]] = {}
    for one in people:
        if one.arm is not None:
            sent, hits = found.get(one.arm, (0, 0))
            found[one.arm] = (sent + 1, hits + (one.contact in clicked or one.customer in bought))
    return [Arm(name, sent, hits) for name, (sent, hits) in sorted(found.items())]


def _foreseen(campaign: Campaign, margin: float) -> Foreseen:
    from analytics.holdout import Foreseen  # noqa: PLC0415

    prospects = campaign.draft.prospects
    people = max(campaign.draft.audience.eligible - campaign.draft.audience.holdout, 1)
    if prospects.orders is None or prospects.usual_orders is None or prospects.revenue is None:
        return Foreseen(margin=margin)
    rate = min(max((prospects.orders.value + prospects.usual_orders.value) / people, 1e-4), 0.5)
    return Foreseen(rate=rate, margin=margin)


def _send_cost(services: Services, campaign: Campaign, treated: int) -> float:
    from analytics.currency import minor_units  # noqa: PLC0415

    return services.open_campaign_policy().economics.send_cost_each * minor_units(campaign.currency) * treated


def _results(
    effect: Effect, verdict: Verdict, sizes: tuple[int, int, int, int], start: date, end: date
) -> Results:
    more: Known = verdict.more_recipients
    return Results(
        until=end - timedelta(days=1),
        window_days=(end - start).days,
        treated=sizes[0],
        treated_ordered=sizes[1],
        held_out=sizes[2],
        held_out_ordered=sizes[3],
        orders=_estimate(effect.orders),
        revenue=_estimate(effect.revenue),
        profit=_estimate(effect.profit),
        level=effect.level,
        conclusion=verdict.conclusion,
        pays=verdict.pays,
        no_bigger_than=verdict.no_bigger_than.value,
        settles=None if more.value is None else int(more.value),
    )


def _estimate(found: Estimate) -> EstimateValue:
    return EstimateValue(value=found.value, low=found.low, high=found.high, reason=found.reason)


def believed(services: Services, imported: Sequence[Measured], day: date) -> Belief:
    """What is believed of the next campaign, after all that were measured."""
    from analytics.uplift import believe  # noqa: PLC0415

    return believe([*imported, *own_results(services, day)])
