"""A campaign as the room's page draws it: amounts and intervals in words beside their numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from agents.campaigns.campaign import Addressee, Campaign, Draft, Offer, Prospects, SendCounts, Span
from agents.campaigns.describing import expected_lines, orders_said, plan_line
from agents.campaigns.measuring import CampaignStanding, EstimateValue, Results
from agents.campaigns.outcomes import OutcomeCounts
from analytics.currency import minor_units, written
from apps.presenting import Shown

_NOTHING_SENT: Final = "nothing has been sent yet"
_NOT_TOLD: Final = "what carries the mail has not told of any"
_NOT_COUNTED: Final = "links are not counted (count_clicks in campaigns.yaml)"


def campaign(known: Campaign, versions: Sequence[Draft]) -> Shown:
    """All of a campaign but how its sending is."""
    draft = known.draft
    head = known.model_dump(
        mode="json",
        include={
            "id",
            "created",
            "by",
            "origin",
            "sample",
            "status",
            "needs",
            "decided_by",
            "reason",
            "trouble",
        }
        | {"approved", "ended"},
    )
    return {
        **head,
        "kind": draft.brief.kind,
        "version": draft.version,
        "brief": _brief(known),
        "audience": draft.audience.model_dump(mode="json", exclude={"digest"}),
        "texts": draft.texts.model_dump(mode="json", exclude={"prompt"}),
        "offer": {"percent": draft.offer.percent, "words": _offer(draft.offer)},
        "prospects": _prospects(draft.prospects, known.currency),
        "plan": plan_line(draft),
        "measures": list(draft.measures),
        "approvals": [
            {**each.model_dump(mode="json", exclude={"origin"}), "counts": each.version == draft.version}
            for each in known.approvals
        ],
        "versions": [
            _version(each, before) for before, each in zip([None, *versions], versions, strict=False)
        ],
    }


def sending(counts: SendCounts) -> Shown:
    """How far the sending is; `total` are all who are written to."""
    return {**counts.model_dump(), "open": counts.open, "total": counts.total}


def recipient(one: Addressee) -> Shown:
    """A recipient whose message did not go, or may have gone."""
    return {
        "customer": one.person.customer,
        "name": one.person.name,
        "status": one.status,
        "note": one.note,
    }


def standing(found: CampaignStanding, *, counted: bool) -> Shown:
    """What came of a campaign, whose links are `counted`; what is not known has a reason and no value."""
    results, currency = found.results, found.campaign.currency
    return {
        "words": list(found.words),
        "came": _came(found.counts, found.outcomes, counted=counted)
        if found.campaign.approved is not None
        else [],
        "arms": [each.model_dump(mode="json") for each in found.arms],
        "effect": None if results is None else _effect(results, currency),
    }


def _brief(known: Campaign) -> Shown:
    brief = known.draft.brief
    units = minor_units(known.currency)
    budget = None if brief.budget is None else brief.budget / units
    return {
        "text": brief.text,
        "days": brief.days,
        "segment": brief.segment,
        "budget": None if budget is None else f"{budget:g}" if budget == int(budget) else f"{budget:.2f}",
        "budget_words": None if brief.budget is None else written(brief.budget, known.currency),
        "currency": known.currency,
    }


def _offer(offer: Offer) -> str:
    if not offer.percent:
        return "No offer"
    until = f", until {offer.until.day} {offer.until:%B %Y}" if offer.until else ""
    return f"{offer.words} with the code {offer.code}{until}"


def _prospects(prospects: Prospects, currency: str) -> Shown:
    spans = (("Profit", prospects.profit, _money(currency)), ("Extra orders", prospects.orders, orders_said))
    return {
        "intervals": [_interval(label, span, write) for label, span, write in spans if span is not None],
        "level": prospects.level,
        "words": expected_lines(prospects, currency),
        "weak": prospects.weak,
        "objections": list(prospects.objections),
        "unknown": prospects.unknown,
    }


def _effect(results: Results, currency: str) -> Shown:
    estimates = (
        ("Extra orders", results.orders, orders_said),
        ("Additional revenue", results.revenue, _money(currency)),
        ("Additional profit", results.profit, _money(currency)),
    )
    return {
        "intervals": [_interval(label, estimate, write) for label, estimate, write in estimates],
        **results.model_dump(mode="json", include={"level", "until", "window_days", "conclusion", "pays"}),
        "sides": [
            {"label": "written to", "customers": results.treated, "ordered": results.treated_ordered},
            {"label": "held out", "customers": results.held_out, "ordered": results.held_out_ordered},
        ],
    }


def _came(counts: SendCounts, outcomes: OutcomeCounts, *, counted: bool) -> list[Shown]:
    # A server that refuses an address tells of a bounce; only a service's own events tell of deliveries.
    found: tuple[tuple[str, int, str | None], ...] = (
        ("Delivered", outcomes.delivered, None if outcomes.delivered else _NOT_TOLD),
        ("Bounced", outcomes.bounced, None if outcomes.delivered or outcomes.bounced else _NOT_TOLD),
        ("Clicked", outcomes.clicked, None if counted or outcomes.clicked else _NOT_COUNTED),
        ("Unsubscribed", outcomes.unsubscribed, None),
    )
    lines: list[Shown] = [{"label": "Sent", "value": counts.sent, "reason": None}]
    for label, count, unknown in found:
        why = unknown if counts.sent or count else _NOTHING_SENT
        lines.append({"label": label, "value": None if why else count, "reason": why})
    return lines


def _interval(label: str, span: Span | EstimateValue, write: Callable[[float], str]) -> Shown:
    """An interval with its ends in words; without a value the reason."""
    value, low, high = span.value, span.low, span.high
    if value is None or low is None or high is None:
        assert isinstance(span, EstimateValue)  # noqa: S101 - the other kind is always known
        return {"label": label, "value": None, "reason": span.reason}
    return {
        "label": label,
        "value": value,
        "low": low,
        "high": high,
        "text": f"{write(low)} to {write(high)}",
        "best": write(value),
    }


def _money(currency: str) -> Callable[[float], str]:
    def write(minor: float) -> str:
        text = written(minor, currency)
        return f"+{text}" if minor > 0 else text

    return write


def _version(draft: Draft, before: Draft | None) -> Shown:
    return {
        "version": draft.version,
        "made": draft.made.isoformat(),
        "by": draft.by,
        "eligible": draft.audience.eligible,
        "offer": _offer(draft.offer),
        "changed": [] if before is None else _changed(draft, before),
        "texts": draft.texts.model_dump(mode="json", include={"subjects", "preheader", "body"}),
    }


def _changed(draft: Draft, before: Draft) -> list[str]:
    """What a version changed, in words."""
    now, then = draft.texts, before.texts
    parts = {
        "subjects": now.subjects != then.subjects,
        "preheader": now.preheader != then.preheader,
        "mail": now.body != then.body,
        "offer": draft.offer.percent != before.offer.percent,
        "audience": draft.audience.digest != before.audience.digest,
        "budget": draft.brief.budget != before.brief.budget,
    }
    return [name for name, differs in parts.items() if differs]
