"""Answers about customers and what is to come: how many, the best, who may leave, how pleased, the forecast."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from agents.inquiry.assignment import Assignment
from agents.inquiry.finding import Chart, Finding, Line
from agents.inquiry.phrasing import day_words, only_words, period_words, value_words
from agents.inquiry.writing_context import Context
from agents.weekly.report import AtRisk
from analytics.currency import minor_units
from analytics.figures import Number
from analytics.period import month_of

if TYPE_CHECKING:
    from analytics.forecast import Forecast
    from analytics.inquiries.people import Customer
    from analytics.inquiries.tickets import Pleased

_LISTED = 10


def people_words(found: Finding, assignment: Assignment) -> Finding:
    """How many customers there were at the end of a day, of a segment or a country."""
    assert found.value is not None  # noqa: S101 - a count is always known
    query = assignment.query
    segment, channel = query.restriction("segment"), query.restriction("channel")
    country = query.restriction("country")
    who = _count(found.value, "customer", "customers")
    if country is not None:
        who += f" from {country.label}"
    if channel is not None:
        who += f" who first came through {channel.label}"
    being = "was" if found.value == 1 else "were"
    what = f"{being} in the segment {segment.label}" if segment is not None else "had ordered at least once"
    text = f"{who} {what} at the end of {day_words(assignment.span.period.last)}"
    if found.previous is not None and assignment.against is not None:
        moved = round(found.value - found.previous)
        since = f"since {day_words(assignment.against.period.last)}"
        text += (
            f", {moved:+,} {since}"
            if moved
            else f", as many as on {day_words(assignment.against.period.last)}"
        )
    return found.model_copy(update={"text": f"{text}."})


def best_words(
    found: Finding, assignment: Assignment, customers: tuple[Customer, ...], context: Context
) -> Finding:
    """The customers who brought the most, by id."""
    when = period_words(assignment.span)
    only = only_words(assignment.query.only)
    tail = f"{' ' + only if only else ''} {when}"
    if not customers:
        return found.model_copy(
            update={"kind": "unknown", "text": f"I can't know: no customer ordered{tail}."}
        )
    lines = tuple(
        Line(
            label=one.customer_id,
            value=one.net,
            text=f"{value_words(one.net, 'minor', context.currency)} in {_count(one.orders, 'order', 'orders')}, "
            f"{one.segment}, last ordered on {day_words(one.last_day)}",
        )
        for one in customers
    )
    first = customers[0]
    money = value_words(first.net, "minor", context.currency)
    orders = _count(first.orders, "order", "orders")
    text = f"The customer with the most net revenue{tail} is {first.customer_id}: {money} in {orders}."
    if len(lines) > 1:
        whole = value_words(sum(one.net for one in customers), "minor", context.currency)
        text += f" The first {len(lines)} together brought {whole}."
    points = tuple(
        {
            "label": one.customer_id,
            "value": one.net / minor_units(context.currency),
            "text": value_words(one.net, "minor", context.currency),
        }
        for one in customers
    )
    chart = Chart(name="bars", title=f"Net revenue by customer {when}", axis=context.currency, points=points)
    return found.model_copy(
        update={
            "text": text,
            "lines": lines,
            "chart": chart,
            "value": first.net,
            "reason": None,
            "by": "customer",
        }
    )


def churn_words(found: Finding, warned: tuple[AtRisk, ...], context: Context) -> Finding:
    """Who may leave, the dearest first."""
    if found.value is None:
        return found.model_copy(
            update={"kind": "unknown", "text": f"I can't know who may leave: {found.reason}."}
        )
    if not warned:
        return found.model_copy(update={"text": "Nobody in reach is above the alarm for churn."})
    worth = value_words(sum(one.worth for one in warned), "minor", context.currency)
    verb = "is" if len(warned) == 1 else "are"
    who = f"{_count(len(warned), 'customer', 'customers')} in reach {verb}"
    first = warned[0]
    text = (
        f"{who} above the alarm for churn, together worth {worth} of margin a year. The first to write to is "
        f"{first.customer_id} ({first.probability:.0%}), who {first.why}."
    )
    lines = tuple(
        Line(
            label=one.customer_id,
            value=one.probability,
            text=f"{one.probability:.0%}, {value_words(one.worth, 'minor', context.currency)} a year; {one.why}",
        )
        for one in warned[:_LISTED]
    )
    return found.model_copy(update={"text": text, "lines": lines})


def pleased_words(found: Finding, assignment: Assignment, pleased: Pleased) -> Finding:
    """How pleased customers are, with its interval; or how few have said so."""
    country = assignment.query.restriction("country")
    where = f" from {country.label}" if country is not None else ""
    if pleased.value.value is None or pleased.low is None or pleased.high is None:
        people = _count(pleased.customers, "customer", "customers")
        known = f"{people}{where}, {_count(pleased.tickets, 'ticket', 'tickets')}"
        rated = f", {pleased.rated} of them rated" if pleased.tickets else ""
        text = f"I can't know: {known} in 90 days{rated}; 30 customers who have rated an answer are needed."
        text = text.replace(" 0 ", " no ")
        return found.model_copy(update={"kind": "unknown", "text": text})
    value = pleased.value.value
    text = (
        f"Of {pleased.rated} customers{where} who rated their last answer in the 90 days up to "
        f"{day_words(assignment.span.period.last)}, the pleased less the displeased are {value * 100:+.0f} points "
        f"(95% interval {pleased.low * 100:+.0f} to {pleased.high * 100:+.0f})."
    )
    return found.model_copy(
        update={"text": text, "notes": (*found.notes, "This is a proxy, not a Net Promoter Score.")}
    )


def forecast_words(found: Finding, forecast: Forecast, context: Context) -> Finding:
    """What the month should bring, with its interval and how often such held."""
    month = f"{forecast.month:%B %Y}"
    if forecast.value is None or forecast.low is None or forecast.high is None:
        text = f"I can't know what {month} will bring: {forecast.reason}."
        return found.model_copy(update={"kind": "unknown", "text": text})
    value, low, high, so_far = (
        value_words(one, "minor", context.currency)
        for one in (forecast.value, forecast.low, forecast.high, forecast.so_far)
    )
    text = (
        f"{month} should bring {value} of net revenue, {forecast.level:.0%} interval {low} to {high}; "
        f"{so_far} of it is sold."
    )
    if forecast.coverage is not None:
        text += f" Such intervals held in {forecast.coverage:.0%} of {forecast.origins} earlier stretches."
    return found.model_copy(update={"text": text})


def report_words(found: Finding, assignment: Assignment, context: Context) -> Finding:
    """A figure of the weekly report, as of the end of a day."""
    assert found.value is not None and found.unit is not None  # noqa: S101, PT018 - the caller has looked
    day = day_words(assignment.span.period.last)
    value = value_words(abs(found.value), found.unit, context.currency)
    month = month_of(assignment.span.period.end).start - timedelta(days=1)
    side = "below" if found.value < 0 else "above"
    better = "above" if found.value < 0 else "below"
    said = {
        "budget_variance": f"Net revenue of {month:%B %Y} was {value} {side} its budget.",
        "budget_variance_marketing_spend": f"Marketing spend of {month:%B %Y} was {value} {better} its budget.",
        "pacing": f"Net revenue of the month is at {found.value:.0%} of the budget for the days gone by {day}.",
        "runway": f"At the burn of the last three whole months, cash lasts {value} from {day}.",
        "net_burn": f"Net burn was {value} a month, the mean of the three whole months before {day}.",
        "gross_burn": f"Gross burn was {value} a month, the mean of the three whole months before {day}.",
    }
    if assignment.metric.name == "net_burn" and found.value <= 0:
        text = f"Nothing is burnt: over the three whole months before {day} {value} a month more came in than went out."
    else:
        label = assignment.metric.label
        text = said.get(
            found.metric or "", f"{label[:1].upper()}{label[1:]} was {value} at the end of {day}."
        )
    return found.model_copy(update={"text": text})


def _count(number: Number, one: str, many: str) -> str:
    return f"{round(number):,} {one if number == 1 else many}"
