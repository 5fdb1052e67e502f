"""The rule-based writer of the weekly report: facts in, plain sentences out. It works without any model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from agents.weekly.facts import Facts, FinanceFacts, InsightsFacts, MarketingFacts, SupportFacts
from agents.weekly.phrases import (
    STEADY,
    against,
    by_name,
    changed,
    channel,
    count,
    duration,
    moved,
    up_or_down,
    verb,
)
from agents.weekly.policy import WeeklyPolicy
from agents.weekly.report import SpecialistName
from analytics.alerts import Alert
from analytics.currency import written
from analytics.figures import Figure, Known, Number
from analytics.forecast import Forecast
from analytics.marketing import Campaign, Channel, Move

NAMES: Final = {
    "net_revenue": "net revenue",
    "marketing_spend": "marketing spend",
    "new_customers": "the number of new customers",
    "refunds": "refunds",
    "orders": "the number of orders",
}


class RuleWriter:
    """Implements `SectionWriter`."""

    def __init__(self, policy: WeeklyPolicy, currency: str) -> None:
        self._policy = policy
        self._currency = currency

    def write(
        self, name: SpecialistName, facts: Mapping[SpecialistName, Facts], together: tuple[Figure, ...]
    ) -> str:
        """The text of one section."""
        found = facts[name]
        if isinstance(found, FinanceFacts):
            return self._finance(found, together)
        if isinstance(found, MarketingFacts):
            return self._marketing(found)
        if isinstance(found, InsightsFacts):
            return self._insights(found)
        return self._support(found)

    def summary(self, facts: Mapping[SpecialistName, Facts], sample: bool) -> str:
        """The headline: revenue, customers, and the one thing to look at."""
        said = ["These are sample data of an invented shop."] if sample else []
        finance, insights = facts.get("finance"), facts.get("insights")
        if isinstance(finance, FinanceFacts):
            net = by_name(finance.figures)["net_revenue"]
            said.append(self._revenue_line(net))
            if finance.alerts:
                said.append(self.alert(finance.alerts[0]))
            elif net.value is not None:
                said.append("Nothing is out of the ordinary.")
        if isinstance(insights, InsightsFacts) and insights.customers:
            risk = next(one for one in insights.segments if one.name == "At Risk")
            said.append(
                f"{count(risk.customers, 'customer is', 'customers are')} at risk{moved(risk.moved)}."
            )
        return " ".join(said) or "No section could be made."

    def alert(self, alert: Alert) -> str:
        """One alert in a sentence or two, with what drives it."""
        of_money = alert.measure in ("net_revenue", "marketing_spend", "refunds")
        value, usual = (
            (self._money(alert.value), self._money(alert.expected))
            if of_money
            else (f"{alert.value:,}", f"{alert.expected:,}")
        )
        name = NAMES[alert.measure]
        text = (
            f"{name[0].upper()}{name[1:]} {verb(name)} {value}, {abs(alert.change):.0%} "
            f"{'above' if alert.change > 0 else 'below'} the {usual} to be expected"
        )
        if alert.roas is not None and alert.roas_before:
            text += f", while a unit of spend brought {alert.roas:.1f} (usually {alert.roas_before:.1f})"
        if alert.drivers and alert.drivers[0].channel != "unknown":
            first = alert.drivers[0]
            text += f"; {min(first.part, 1):.0%} of the difference is {channel(first.channel)}"
        return text + "."

    def _money(self, minor: Number) -> str:
        return written(minor, self._currency)

    def _revenue_line(self, net: Figure) -> str:
        if net.value is None:
            return f"Net revenue is not known: {net.reason}."
        return f"Net revenue was {self._money(net.value)}{against(net, 'the week before')}."

    def _finance(self, facts: FinanceFacts, together: tuple[Figure, ...]) -> str:
        known = {**by_name(facts.figures), **by_name(together)}
        said = [self._revenue_line(known["net_revenue"])]
        year = known["net_revenue_yoy"]
        if year.value is not None:
            said.append(f"That is {up_or_down(year.value)} on the same week a year ago.")
        if known["gross_revenue"].value is not None:
            orders = count(known["orders"].value, "order", "orders")
            less = [f"{self._money(known[name].value or 0)} of {name}" for name in ("discounts", "refunds")]
            gross = self._money(known["gross_revenue"].value)
            said.append(f"Gross revenue was {gross} from {orders}, less {' and '.join(less)}.")
        said += [
            self._acquisition(known),
            self._cash(known),
            self._plan(known),
            self.forecast(facts.forecast),
        ]
        return " ".join(one for one in said if one)

    def _acquisition(self, known: Mapping[str, Figure]) -> str:
        new, cac, mer = known["new_customers"], known["cac_blended"], known["mer"]
        if new.value is None:
            return ""
        text = f"{count(new.value, 'new customer', 'new customers')} came in"
        target = self._policy.finance.cac_target
        if cac.value is None:
            return f"{text}; what one cost is not known ({cac.reason})."
        text += f" at {self._money(cac.value)} each"
        if target is not None:
            away = cac.value - target * 100
            side = "above" if away > 0 else "below"
            text += f", {self._money(abs(away))} {side} target"
        ltv = known.get("ltv_cac")
        if ltv is not None and ltv.value is not None:
            text += f"; a customer has brought {ltv.value:.1f} times that in margin so far"
        if mer.value is not None:
            even = known["break_even_mer"].value or 0
            text += (
                f". A unit of marketing brought {mer.value:.1f} of net revenue ({even:.1f} would break even)"
            )
        return text + "."

    def _cash(self, known: Mapping[str, Figure]) -> str:
        burn, runway = known["net_burn"], known["runway"]
        if burn.value is None:
            return f"Burn and runway are not known: {burn.reason}."
        if burn.value <= 0:
            return "The business is cash-generating: over three months more came in than went out."
        text = f"Net burn is {self._money(burn.value)} a month"
        if runway.value is None:
            return f"{text}; how long cash lasts is not known ({runway.reason})."
        return f"{text}; at this pace cash lasts {runway.value:.1f} months."

    def _plan(self, known: Mapping[str, Figure]) -> str:
        variance, pacing = known["budget_variance"], known["pacing"]
        if variance.value is None and pacing.value is None:
            return f"How that stands against the plan is not known: {variance.reason}."
        said = []
        if variance.value is not None:
            side = "above" if variance.value > 0 else "below"
            said.append(
                "last month's net revenue was on plan"
                if abs(variance.value) < STEADY
                else f"last month's net revenue was {abs(variance.value):.0%} {side} plan"
            )
        if pacing.value is not None:
            said.append(f"this month is at {pacing.value:.0%} of the plan for the days gone")
        text = ", and ".join(said)
        return f"{text[0].upper()}{text[1:]}."

    def forecast(self, forecast: Forecast) -> str:
        """The month ahead in a sentence."""
        month = f"{forecast.month:%B}"
        if forecast.value is None or forecast.low is None or forecast.high is None:
            return f"There is no forecast for {month}: {forecast.reason}."
        text = (
            f"{month} should bring {self._money(forecast.value)} of net revenue, "
            f"{forecast.level:.0%} interval {self._money(forecast.low)} to {self._money(forecast.high)}"
        )
        if forecast.coverage is None:
            return text + "."
        return f"{text} (such intervals held in {forecast.coverage:.0%} of {forecast.origins} earlier stretches)."

    def _marketing(self, facts: MarketingFacts) -> str:
        costly = [one for one in facts.channels if one.spend is not None]
        if not costly:
            why = "no spend is recorded for this week, so ROAS and CAC are not known"
            best = max(facts.channels, key=lambda one: one.net, default=None)
            tail = (
                f" Most net revenue came through {channel(best.name)}: {self._money(best.net)}."
                if best is not None and best.name != "unknown"
                else ""
            )
            return f"{why[0].upper()}{why[1:]}.{tail}"
        total = sum(one.spend or 0 for one in costly)
        before = [one.spend_before for one in costly if one.spend_before is not None]
        said = [f"Spend was {self._money(total)}{changed(total, sum(before) if before else None)}."]
        said += [self._ranking(costly), self._move(facts.move)]
        said += [self._campaign(one) for one in facts.campaigns]
        return " ".join(one for one in said if one)

    def _ranking(self, costly: list[Channel]) -> str:
        paid = self._policy.attribution.paid_channels
        ranked = [one for one in costly if one.roas.value is not None and one.name in paid]
        if not ranked:
            return ""
        ranked.sort(key=lambda one: -(one.roas.value or 0))
        parts = []
        for one in ranked:
            text = f"{channel(one.name)} {one.roas.value:.1f}"
            if one.roas_before.value is not None:
                text += f" (the week before {one.roas_before.value:.1f})"
            parts.append(text)
        window = self._policy.attribution.window
        return f"Net revenue by spend (ROAS), best first: {', '.join(parts)}; attribution: {window}."

    def _move(self, move: Move | Known) -> str:
        if isinstance(move, Known):
            return ""
        to, away = channel(move.towards), channel(move.away_from)
        if move.low <= 0:
            return (
                f"Moving budget from {away} to {to} would not surely pay: between {self._money(move.low)} and "
                f"{self._money(move.high)} a week for {self._money(move.amount)}."
            )
        return (
            f"Moving {self._money(move.amount)} a week from {away} to {to} should bring {self._money(move.low)} to "
            f"{self._money(move.high)} more net revenue a week, if the next unit brings what the average one did."
        )

    def _campaign(self, one: Campaign) -> str:
        text = f"Campaign “{one.name}” ({count(one.recipients, 'recipient', 'recipients')}, {one.held_out} held out)"
        if one.lift.value is None or one.low is None or one.high is None:
            return f"{text}: {one.lift.reason}."
        low, high = one.low * one.recipients, one.high * one.recipients
        if low < 0 < high:
            return f"{text}: too early to say, between {low:+.0f} and {high:+.0f} extra orders."
        return f"{text}: {low:+.0f} to {high:+.0f} extra orders against those held out."

    def _insights(self, facts: InsightsFacts) -> str:
        if not facts.customers:
            return "No customer has ordered up to the end of this week."
        sizes = [one for one in facts.segments if one.customers]
        listed = ", ".join(
            f"{one.customers:,} {one.name} ({one.share:.0%}{moved(one.moved, ', ')})" for one in sizes
        )
        said = [f"{count(facts.customers, 'customer', 'customers')}: {listed}."]
        churn = facts.churn
        if churn.probability is None:
            said.append(f"Nothing is foretold of who will stop: {churn.reason}.")
        elif not facts.warned:
            said.append(f"Nobody in reach is above {self._policy.predictions.churn_alarm:.0%} churn risk.")
        else:
            worth = sum(one.worth for one in facts.warned)
            top = facts.warned[0]
            said.append(
                f"{count(len(facts.warned), 'customer in reach is', 'customers in reach are')} above "
                f"{self._policy.predictions.churn_alarm:.0%} churn risk, together worth {self._money(worth)} of margin "
                f"a year. The first to write to: {top.customer_id} ({top.probability:.0%}, "
                f"{self._money(top.worth)} a year), who {top.why}."
            )
        if churn.model is not None and churn.recency_alone is not None:
            said.append(
                f"On {churn.judged:,} customers it had not seen, the model told stayers from leavers with AUC "
                f"{churn.model.auc:.2f} (recency alone: {churn.recency_alone.auc:.2f})."
            )
        return " ".join([*said, *self._cohort_line(facts)])

    @staticmethod
    def _cohort_line(facts: InsightsFacts) -> list[str]:
        mature = [one for one in facts.cohorts if len(one.retention) > 1]
        if not mature:
            return []
        last = mature[-1]
        size = sum(one.size for one in mature)
        mean = sum(one.retention[1] * one.size for one in mature) / size
        again = f"{last.retention[1]:.0%} bought again in the next month (all cohorts: {mean:.0%})"
        return [f"Of the {last.size:,} who first bought in {last.month}, {again}."]

    def _support(self, facts: SupportFacts) -> str:
        known = by_name(facts.figures)
        volume = known["support_volume"]
        if volume.value is None:
            return f"Support is not known: {volume.reason}."
        if not volume.value:
            return "No ticket came in this week."
        nouns = ("question at the desk", "questions at the desk") if facts.of_desk else ("ticket", "tickets")
        text = f"{count(volume.value, *nouns)}{against(volume, 'the week before')}"
        answered, escalated = known["support_answered"], known["support_escalated"]
        if answered.value is not None:
            text += f", {answered.value:.0%} answered by the bot"
        if escalated.value is not None:
            text += f", {escalated.value:.0%} escalated"
        first = known["first_response_time"]
        if first.value is not None:
            text += f"; median first response {duration(first.value)}"
        said = [text + "."]
        topics = () if facts.of_desk else facts.support.topics
        if topics:
            said.append("Most asked: " + ", ".join(f"{one.name} ({one.count})" for one in topics[:3]) + ".")
        gaps = [one for one in topics if one.escalated >= 3 and one.count >= 2 * max(one.usual, 1)]
        said += [
            f"A gap: {one.count} asked about {one.name} (usually {one.usual:.0f} a week) and {one.escalated} had to go "
            "to a person."
            for one in gaps[:2]
        ]
        if "nps_proxy" in known:
            said.append(self._proxy(facts, known["nps_proxy"]))
        return " ".join(said)

    @staticmethod
    def _proxy(facts: SupportFacts, proxy: Figure) -> str:
        if proxy.value is None or facts.support.proxy_interval is None:
            return f"How pleased customers are is not known: {proxy.reason}."
        low, high = facts.support.proxy_interval
        return (
            f"Pleased less displeased customers: {proxy.value * 100:+.0f} points (95% interval {low * 100:+.0f} to "
            f"{high * 100:+.0f})."
        )
