"""The rule-based writer of the weekly report: facts in, plain sentences out. It works without any model."""

from __future__ import annotations

from agents.weekly.claims import Written
from agents.weekly.claims_findings import Findings
from agents.weekly.facts import FinanceFacts, InsightsFacts, MarketingFacts, figures_of
from agents.weekly.phrases import Pen
from agents.weekly.policy import WeeklyPolicy
from agents.weekly.report import SpecialistName
from agents.weekly.words_customers import FEWEST, at_risk_words, insights_words
from agents.weekly.words_finance import alert_words, finance_words, revenue_words
from agents.weekly.words_marketing import marketing_words
from agents.weekly.words_support import support_words


class RuleWriter:
    """Implements `SectionWriter`: every number that it writes is a fact of the findings' sheet."""

    def __init__(self, policy: WeeklyPolicy) -> None:
        self._policy = policy

    def write(self, name: SpecialistName, findings: Findings) -> Written:
        """The text of one section."""
        found, pen = findings.facts[name], Pen(findings.sheet)
        known = {one.name: one for one in (*figures_of(found), *findings.together)}
        if isinstance(found, FinanceFacts):
            return _finished(pen, finance_words(pen, found, known))
        if isinstance(found, MarketingFacts):
            return _finished(pen, marketing_words(pen, found, self._policy.attribution))
        if isinstance(found, InsightsFacts):
            return _finished(pen, insights_words(pen, found))
        return _finished(pen, support_words(pen, found, known))

    def summary(self, findings: Findings) -> Written:
        """The headline: revenue, customers, and the one thing to look at."""
        pen = Pen(findings.sheet)
        said = mark_of_sample(findings)
        finance, insights = findings.facts.get("finance"), findings.facts.get("insights")
        if isinstance(finance, FinanceFacts):
            net = next(one for one in finance.figures if one.name == "net_revenue")
            said.append(revenue_words(pen, net))
            if finance.alerts:
                said.append(alert_words(pen, 0, finance.alerts[0]))
            elif pen.knows("forecast.value"):  # with less history nobody knows what is ordinary
                said.append("Nothing is out of the ordinary.")
        if isinstance(insights, InsightsFacts) and insights.customers >= FEWEST:
            said.append(at_risk_words(pen))
        return _finished(pen, " ".join(said) or "No section could be made.")

    def alerts(self, findings: Findings) -> tuple[Written, ...]:
        """Each alert in a sentence or two."""
        finance, pen = findings.facts.get("finance"), Pen(findings.sheet)
        found = finance.alerts if isinstance(finance, FinanceFacts) else ()
        return tuple(_finished(pen, alert_words(pen, n, one)) for n, one in enumerate(found))


def mark_of_sample(findings: Findings) -> list[str]:
    """What has to be said first of data that are invented."""
    return ["These are sample data of an invented shop."] if findings.sample else []


def _finished(pen: Pen, marked: str) -> Written:
    return Written(*pen.finish(marked))
