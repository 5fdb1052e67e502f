"""Finance's part of a draft: what it may bring and cost, whether that is worth it, and who has to agree."""

from __future__ import annotations

from agents.campaigns.campaign import Brief, Offer, Prospects, Span
from agents.campaigns.choosing import Chosen
from agents.campaigns.policy import CampaignPolicy
from agents.errors import WrongField
from analytics.currency import minor_units
from analytics.profit import Expected, Impossible, Range, Terms, expect


def reckon(
    chosen: Chosen, brief: Brief, offer: Offer, policy: CampaignPolicy, *, margin: float, currency: str
) -> Prospects:
    """What to expect of a draft, with finance's objections. Raises as `check_offer` does."""
    rules = policy.economics
    check_offer(offer, policy)
    if chosen.value is None:
        return Prospects(unknown="the value of an order of these customers is not known")
    value, error = chosen.value
    expected = expect(
        Terms(
            recipients=chosen.audience.eligible - chosen.audience.holdout,
            usual=chosen.usual,
            value=value,
            value_error=error,
            margin=margin,
            offer_share=offer.percent / 100,
            send_cost_each=rules.send_cost_each * minor_units(currency),
            budget=brief.budget,
        ),
        chosen.belief,
    )
    if isinstance(expected, Impossible):
        return Prospects(unknown=expected.reason)
    return _prospects(expected)


def check_offer(offer: Offer, policy: CampaignPolicy) -> None:
    """Raises `WrongField` for an offer above the policy's limit."""
    most = policy.economics.offer_at_most
    if offer.percent > most:
        words = f"An offer of {offer.percent}% is above the {most}% that policies/campaigns.yaml allows."
        raise WrongField(words, "offer")


def approvals_needed(recipients: int, prospects: Prospects, policy: CampaignPolicy, currency: str) -> int:
    """How many people have to approve: two above the policy's limits."""
    limit = policy.approval.cost_above * minor_units(currency)
    dear = prospects.cost is not None and prospects.cost.value > limit
    return 2 if dear or recipients > policy.approval.recipients_above else 1


def _prospects(expected: Expected) -> Prospects:
    return Prospects(
        orders=_span(expected.orders),
        usual_orders=_span(expected.usual_orders),
        revenue=_span(expected.revenue),
        profit=_span(expected.profit),
        cost=_span(expected.cost),
        level=expected.level,
        prior=expected.prior.source,
        weak=expected.prior.weak,
        objections=tuple(one.reason for one in expected.refusals),
    )


def _span(found: Range) -> Span:
    return Span(value=found.value, low=found.low, high=found.high)
