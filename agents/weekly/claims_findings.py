"""What the specialists have found beside metrics, as facts that a text may state; and the sheet of them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from agents.weekly.claims import Against, End, Fact, FactSheet
from agents.weekly.claims_customers import facts_of_insights
from agents.weekly.claims_figures import Basis, constant, facts_of_figure
from agents.weekly.claims_marketing import facts_of_marketing
from agents.weekly.facts import Facts, FinanceFacts, InsightsFacts, MarketingFacts, SupportFacts, figures_of
from agents.weekly.phrases import channel, plain
from agents.weekly.report import AtRisk, SpecialistName
from analytics.alerts import Alert
from analytics.currency import minor_units
from analytics.definitions import PHRASES
from analytics.figures import Figure, Known, Unit
from analytics.forecast import Forecast
from analytics.support import Topic

_MEANT: Final = ("should", "forecast", "expect", "foretold", "predict", "likely", "outlook", "heading")


@dataclass(frozen=True)
class Findings:
    """What the texts of a report are written from. `sample` tells that the business is the invented one."""

    facts: Mapping[SpecialistName, Facts]
    together: tuple[Figure, ...]
    sheet: FactSheet
    sample: bool = False


def sheet_of(facts: Mapping[SpecialistName, Facts], together: tuple[Figure, ...], basis: Basis) -> FactSheet:
    """All that the texts of a report may state."""
    found: list[Fact] = []
    for part in facts.values():
        of_desk = isinstance(part, SupportFacts) and part.of_desk
        for each in figures_of(part):
            known = facts_of_figure(each, basis)
            found += (replace(one, query=_from_log) for one in known) if of_desk else known
    paid = any(one.name == "cac_paid" for one in found)
    by_cost = basis.query(lambda lineage: lineage.metric("ltv_cac" if paid else "ltv_cac (blended)"))
    for each in together:
        known = facts_of_figure(each, basis)
        found += (replace(one, query=by_cost) if one.name == "ltv_cac" else one for one in known)
    found += _targets({one.name: one for one in found}, basis)
    days, months = {basis.week.start, basis.week.last, basis.week.end}, {basis.week.last.replace(day=1)}
    for part in facts.values():
        if isinstance(part, FinanceFacts):
            found += _forecast(part.forecast, basis)
            for n, alert in enumerate(part.alerts):
                found += _alert(n, alert, {one.name: one for one in found}, basis)
            months.add(part.forecast.month)
        elif isinstance(part, MarketingFacts):
            found += facts_of_marketing(part, {one.name for one in found}, basis)
            days |= {day for one in part.campaigns for day in (one.started, one.ended)}
        elif isinstance(part, InsightsFacts):
            found += facts_of_insights(part, basis)
            months |= {date(int(one.month[:4]), int(one.month[5:]), 1) for one in part.cohorts}
            if part.churn.judged_at is not None:
                days.add(part.churn.judged_at)
        else:
            found += _support(part, basis)
    whole = basis.week.end.replace(day=1)
    months.add((whole - timedelta(days=1)).replace(day=1))
    return FactSheet(
        facts=tuple({one.name: one for one in found}.values()),
        currency=basis.currency,
        names=_names(facts),
        numbered=tuple(("customer", plain(one.customer_id)) for one in _first_warned(facts)),
        verbatim=frozenset(_reasons(facts, together)) | {basis.policy.attribution.window},
        days=frozenset(days),
        months=frozenset(months),
        unknown=tuple(each for phrases in PHRASES.values() for each in phrases),
    )


def _from_log() -> str:
    return "counted in the desk's own log of conversations, from the week's first day to its last"


def _targets(known: Mapping[str, Fact], basis: Basis) -> Iterator[Fact]:
    """What the policy aims at, and how far from it a figure is."""
    aims = basis.policy.finance
    phrases = PHRASES["cac_blended"]
    if aims.cac_target is not None:
        target = round(aims.cac_target * minor_units(basis.currency))
        yield constant(
            "cac_target",
            "target for CAC",
            target,
            phrases,
            "finance.cac_target",
            unit="minor",
            against="target",
        )
        cac = known.get("cac_blended")
        if cac is not None:
            yield Fact(
                "cac_blended.to_target",
                "CAC beside its target",
                cac.value - target,
                "minor",
                phrases,
                form="change",
                against="target",
                period=cac.period,
                definition=cac.definition,
                query=lambda: f"cac_blended - finance.cac_target of policies/weekly.yaml\n\n{cac.query()}",
            )
    yield constant(
        "ltv_cac_target",
        "target for LTV:CAC",
        aims.ltv_cac_target,
        PHRASES["ltv_cac"],
        "finance.ltv_cac_target",
        unit="ratio",
        against="target",
    )


def _forecast(forecast: Forecast, basis: Basis) -> Iterator[Fact]:
    month, phrases = f"{forecast.month:%B %Y}", ("net revenue", "revenue", "forecast", "interval")
    definition = (
        "Net revenue so far and of the days left, by the model of AutoETS and DynamicOptimizedTheta whose intervals "
        "did best on earlier stretches."
    )
    query = basis.query(
        lambda lineage: (
            f"{forecast.model} on sums of net revenue by stretches of days\n\n-- net a day\n{lineage.daily_net()}"
        )
    )
    yield Fact(
        "forecast.so_far", "net revenue of the month so far", forecast.so_far, "minor", phrases,
        also=("so far", "up to now"), span="month", period=month, definition="Net revenue since the month began.",
        query=query,
    )  # fmt: skip
    if forecast.value is None or forecast.low is None or forecast.high is None:
        return
    meant = (*_MEANT, f"{forecast.month:%B}")
    ends: tuple[tuple[str, str, int, End | None], ...] = (
        ("value", "forecast of net revenue", forecast.value, None),
        ("low", "lower end of the forecast", forecast.low, "low"),
        ("high", "upper end of the forecast", forecast.high, "high"),
    )
    for name, label, value, end in ends:
        yield Fact(
            f"forecast.{name}", label, value, "minor", phrases, end=end, also=meant, span="month", period=month,
            definition=definition, query=query,
        )  # fmt: skip
    yield constant(
        "interval", "width of the forecast's interval", forecast.level, ("interval", "confidence"),
        "predictions.interval", unit="share", also=meant,
    )  # fmt: skip
    if forecast.coverage is not None:
        judged = (
            "How often such an interval held what came, foretold from what was known before each stretch."
        )
        yield Fact(
            "forecast.coverage", "share of earlier intervals that held", forecast.coverage, "share",
            ("held", "coverage", "covered"), period=month, definition=judged, query=query,
        )  # fmt: skip
        yield Fact(
            "forecast.origins", "earlier stretches that were foretold", forecast.origins, "count",
            ("earlier stretches", "stretches", "earlier periods"), definition=judged, query=query,
        )  # fmt: skip


def _alert(n: int, alert: Alert, known: Mapping[str, Fact], basis: Basis) -> Iterator[Fact]:
    name, phrases = f"alerts.{n}", PHRASES[alert.measure]
    money = alert.measure in ("net_revenue", "marketing_spend", "refunds")
    unit: Unit = "minor" if money else "count"
    usual = "The median of the eight weeks before, scaled by how the same week stood out a year ago."
    weekly = basis.query(
        lambda lineage: (
            f"median of the last eight weeks x season\n\n-- a week\n{lineage.weekly(alert.measure, 8)}"
        )
    )
    if alert.measure not in known or known[alert.measure].value != alert.value:
        yield Fact(
            f"{name}.value", phrases[0], alert.value, unit, phrases, span="week", period=basis.said,
            definition="Of the week.", query=basis.query(lambda lineage: lineage.metric(alert.measure)),
        )  # fmt: skip
    yield Fact(
        f"{name}.expected", f"{phrases[0]} to be expected", alert.expected, unit, phrases, against="expected",
        period=basis.said, definition=usual, query=weekly,
    )  # fmt: skip
    yield Fact(
        f"{name}.change", f"{phrases[0]} beside what was to be expected", alert.change, "share", phrases,
        form="change", against="expected", period=basis.said, definition=usual, query=weekly,
    )  # fmt: skip
    roas: tuple[tuple[str, float | None, Against | None], ...] = (
        ("roas", alert.roas, None),
        ("roas_before", alert.roas_before, "expected"),
    )
    for end, value, against in roas:
        if value is not None:
            yield Fact(
                f"{name}.{end}", "net revenue by unit of spend" + (" as usual" if against else ""), value, "ratio",
                ("unit of spend", "MER"), against=against, period=basis.said,
                definition="All net revenue by all marketing spend.",
                query=basis.query(lambda lineage: lineage.metric("mer")) if against is None else weekly,
            )  # fmt: skip
    for driver in alert.drivers:
        yield Fact(
            f"{name}.driver.{driver.channel}", f"part of the difference that is {channel(driver.channel)}",
            min(driver.part, 1.0), "share", ("difference", "change"), of=(channel(driver.channel),), period=basis.said,
            definition="The channel's difference from its own usual week, by the whole difference.", query=weekly,
        )  # fmt: skip


def _support(facts: SupportFacts, basis: Basis) -> Iterator[Fact]:
    if facts.support.proxy_interval is not None:
        pleased = ("pleased", "NPS", "satisfaction", "displeased")
        low, high = facts.support.proxy_interval
        ends: tuple[tuple[End, float], ...] = (("low", low), ("high", high))
        for end, value in ends:
            yield Fact(
                f"nps_proxy.{end}", f"{end} end of the NPS proxy's interval", value, "share",
                ("interval", *PHRASES["nps_proxy"]), form="signed", end=end, points=True,
                definition="95% interval of the NPS proxy, by the normal approximation.",
                query=basis.query(lambda lineage: lineage.metric("nps_proxy")),
            )  # fmt: skip
        yield Fact(
            "nps_proxy.level", "width of the NPS proxy's interval", 0.95, "share", ("interval", "confidence"),
            also=pleased, definition="95% interval of the NPS proxy, by the normal approximation.",
            query=lambda: "fixed, analytics/support.py",
        )  # fmt: skip
    for topic in () if facts.of_desk else facts.support.topics:
        yield from _topic(topic, basis)
    for gap in facts.gaps:
        yield Fact(
            f"gap.{gap.topic}", f"questions about {gap.topic} that no document answers", gap.questions, "count",
            ("questions",), of=(plain(gap.topic),), period=basis.said,
            definition="Questions to the desk on one topic that the documents did not answer.",
            query=lambda: "grouped from the desk's own log; `gtm learn gaps` shows the questions",
        )  # fmt: skip


def _topic(topic: Topic, basis: Basis) -> Iterator[Fact]:
    about, phrases = (plain(topic.name),), ("most asked", "asked", "tickets")
    yield Fact(
        f"topic.{topic.name}.count", f"tickets about {topic.name}", topic.count, "count", phrases, of=about,
        span="week", period=basis.said, definition="Tickets of the week with this topic.",
        query=basis.query(lambda lineage: lineage.topic(topic.name)),
    )  # fmt: skip
    yield Fact(
        f"topic.{topic.name}.usual", f"tickets about {topic.name} in a usual week", topic.usual, "count", phrases,
        of=about, against="expected", definition="Mean of the eight weeks before.",
        query=basis.query(lambda lineage: lineage.topic(topic.name, weeks=8)),
    )  # fmt: skip
    yield Fact(
        f"topic.{topic.name}.escalated", f"tickets about {topic.name} that went to a person", topic.escalated,
        "count", ("go to a person", "went to a person", "escalated"), of=about, period=basis.said,
        definition="Tickets of the week with this topic that were escalated.",
        query=basis.query(lambda lineage: lineage.topic(topic.name, escalated=True)),
    )  # fmt: skip


def _first_warned(facts: Mapping[SpecialistName, Facts]) -> tuple[AtRisk, ...]:
    found = facts.get("insights")
    return found.warned[:1] if isinstance(found, InsightsFacts) else ()


def _names(facts: Mapping[SpecialistName, Facts]) -> frozenset[str]:
    """What things of the business are called."""
    found: set[str] = set()
    for part in facts.values():
        if isinstance(part, MarketingFacts):
            found |= {channel(one.name) for one in part.channels} | {
                plain(one.name) for one in part.campaigns
            }
        elif isinstance(part, SupportFacts):
            found |= {plain(one.name) for one in part.support.topics} | {
                plain(one.topic) for one in part.gaps
            }
    return frozenset(found)


def _reasons(facts: Mapping[SpecialistName, Facts], together: tuple[Figure, ...]) -> Iterator[str]:
    """Why something is not known: told as it is."""
    for part in facts.values():
        yield from (one.reason for one in figures_of(part) if one.reason)
        if isinstance(part, FinanceFacts):
            yield part.forecast.reason or ""
        elif isinstance(part, MarketingFacts):
            yield from (one.lift.reason or "" for one in part.campaigns)
            yield (part.move.reason or "") if isinstance(part.move, Known) else ""
        elif isinstance(part, InsightsFacts):
            yield part.churn.reason or ""
    yield from (one.reason for one in together if one.reason)
