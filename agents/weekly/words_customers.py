"""The rule-based words about customers: who they are, who may stop, how cohorts stay."""

from __future__ import annotations

from typing import Final

from agents.weekly.claims_customers import month_names
from agents.weekly.facts import InsightsFacts
from agents.weekly.phrases import Pen, plain
from analytics.customers import Segment

FEWEST: Final = 5
"""Customers are ranked in fifths: of fewer the segments mean nothing."""


def insights_words(pen: Pen, facts: InsightsFacts) -> str:
    """The section of the specialist for insights."""
    if not facts.customers:
        return "No customer has ordered up to the end of this week."
    if facts.customers < FEWEST:
        people = pen.count("customers", "customer has", "customers have")
        return f"{people} ordered so far: too few to sort into segments, or to foretell anything."
    listed = ", ".join(_segment(pen, one) for one in facts.segments if one.customers)
    said = [
        f"{pen.count('customers', 'customer', 'customers')}: {listed}.",
        _churn(pen, facts),
        _quality(pen),
    ]
    return " ".join([*(one for one in said if one), *_cohorts(pen, facts)])


def at_risk_words(pen: Pen) -> str:
    """How many are at risk, for the summary."""
    if not pen.value("segment.At Risk.customers"):
        return "Nobody is at risk."
    customers = pen.count("segment.At Risk.customers", "customer is", "customers are")
    return f"{customers} at risk{pen.moved('segment.At Risk.moved')}."


def _segment(pen: Pen, one: Segment) -> str:
    name = f"segment.{one.name}"
    moved = f", {pen.signed(f'{name}.moved')} since last week" if pen.knows(f"{name}.moved") else ""
    return f"{pen.count(f'{name}.customers')} {one.name} ({pen.percent(f'{name}.share')}{moved})"


def _churn(pen: Pen, facts: InsightsFacts) -> str:
    if facts.churn.probability is None:
        return f"Nothing is foretold of who will stop: {facts.churn.reason}."
    alarm = f"above {pen.percent('policy.churn_alarm')} churn risk"
    if not facts.warned:
        return f"Nobody in reach is {alarm}."
    customers = pen.count("churn.warned", "customer in reach is", "customers in reach are")
    text = f"{customers} {alarm}, together worth {pen.money('churn.worth')} of margin a year."
    if not pen.knows("churn.first.probability"):
        return text
    first = facts.warned[0]
    who = f"customer {plain(first.customer_id)} (churn risk {pen.percent('churn.first.probability')}, "
    who += f"{pen.money('churn.first.worth')} of margin a year)"
    return f"{text} The first to write to is {who}{_habit(pen)}."


def _habit(pen: Pen) -> str:
    """How the first to write to has ordered so far."""
    if not pen.knows("churn.first.orders", "churn.first.recency"):
        return ""
    last = f"{pen.days('churn.first.recency')} ago"
    if not pen.knows("churn.first.gap"):
        return f", who last ordered {last}"
    often = pen.times("churn.first.orders")
    return f", who ordered {often}, usually after {pen.days('churn.first.gap')}, and last ordered {last}"


def _quality(pen: Pen) -> str:
    """How well the classifier did on those it had not seen."""
    if not pen.knows("churn.judged"):
        return ""
    return (
        f"On {pen.count('churn.judged', 'customer', 'customers')} it had not seen, the model told stayers from leavers "
        f"with AUC {pen.ratio('churn.auc', 2)} (recency alone: {pen.ratio('churn.recency.auc', 2)})."
    )


def _cohorts(pen: Pen, facts: InsightsFacts) -> list[str]:
    mature = [one for one in facts.cohorts if len(one.retention) > 1]
    if not mature:
        return []
    name = f"cohort.{mature[-1].month}"
    again = f"{pen.percent(f'{name}.again')} bought again in the next month"
    everyone = f" (all cohorts: {pen.percent('cohorts.again')})" if len(mature) > 1 else ""
    month = month_names(mature[-1].month)[0]
    return [f"Of the {pen.count(f'{name}.size')} who first bought in {month}, {again}{everyone}."]
