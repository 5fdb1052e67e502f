"""What can and cannot be concluded of a campaign, in sentences."""

from __future__ import annotations

from agents.campaigns.campaign import Campaign, SendCounts
from agents.campaigns.describing import orders_said
from agents.campaigns.measuring import ArmResult, Results
from analytics.currency import written

_MOST_LIKELY = 0.8


def findings(
    campaign: Campaign, counts: SendCounts, results: Results | None, arms: tuple[ArmResult, ...]
) -> tuple[str, ...]:
    """A few sentences: how far it is, what it did, which subject leads, and what is not certain."""
    if results is None:
        return ("Nothing has been sent: the campaign is not approved.",)
    said = [_sending(campaign, counts), _effect(results), _money(results, campaign.currency)]
    said += [_arms(arms), _uncertain(counts)]
    return tuple(one for one in said if one)


def _sending(campaign: Campaign, counts: SendCounts) -> str:
    text = f"{counts.sent:,} of {counts.total:,} messages have gone"
    state = {
        "approved": f"; {counts.open:,} wait for their hour or their turn" if counts.open else "",
        "paused": f"; it is paused: {campaign.trouble or 'somebody has paused it'}",
        "stopped": "; it was stopped",
    }
    return text + state.get(campaign.status, "") + "."


def _effect(results: Results) -> str:
    orders = results.orders
    if orders.value is None or orders.low is None or orders.high is None:
        return f"What it changes is not measured: {orders.reason}."
    span = f"between {orders_said(orders.low)} and {orders_said(orders.high)} extra orders"
    sizes = f"{results.treated_ordered} of {results.treated:,} written to have ordered, and "
    sizes += f"{results.held_out_ordered} of {results.held_out:,} held out"
    match results.conclusion:
        case "works":
            return f"It works: {span} ({sizes})."
        case "hurts":
            return f"It does harm: {span} ({sizes})."
        case "no difference":
            return f"It makes no difference worth knowing: {span} ({sizes})."
    more = "" if not results.settles else f" Some {results.settles:,} more recipients would settle it."
    return f"Too early to say: {span} ({sizes}).{more}"


def _money(results: Results, currency: str) -> str:
    profit = results.profit
    if profit.value is None or profit.low is None or profit.high is None:
        return f"What it earns cannot be told yet: {profit.reason}."
    span = f"{written(profit.low, currency)} to {written(profit.high, currency)} of profit"
    return {"yes": f"It pays: {span}.", "no": f"It costs more than it brings: {span}."}.get(
        results.pays, f"Whether it pays is open: {span}."
    )


def _arms(arms: tuple[ArmResult, ...]) -> str:
    if len(arms) < 2:
        return ""
    best = max(arms, key=lambda one: one.best)
    if best.best >= _MOST_LIKELY:
        return f"Subject {best.name} is very likely the best ({best.best:.0%})."
    return f"Subject {best.name} is ahead ({best.best:.0%} likely the best); that is not certain."


def _uncertain(counts: SendCounts) -> str:
    if not counts.uncertain:
        return ""
    many = "message" if counts.uncertain == 1 else "messages"
    return f"Of {counts.uncertain:,} {many} nobody can tell whether they arrived; they are listed and not sent again."
