"""The metrics of a report as facts that a text may state: each with what it was, and how it has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from agents.weekly.claims import Against, Fact, no_query
from agents.weekly.policy import WeeklyPolicy
from analytics.definitions import DEFINITIONS, PHRASES
from analytics.figures import Figure, Number
from analytics.period import Period

if TYPE_CHECKING:
    from analytics.lineage import Lineage

Query = Callable[[], str]

_LAST_MONTH: Final = ("budget_variance", "budget_variance_marketing_spend")
_MONTHLY: Final = (*_LAST_MONTH, "pacing", "gross_burn", "net_burn")
_TIMELESS: Final = (
    "cash_balance",
    "runway",
    "customers",
    "ltv_historic",
    "ltv_predicted",
    "ltv_cac",
    "break_even_mer",
)


@dataclass(frozen=True, slots=True)
class Basis:
    """What all facts of a report rest on; without a lineage they have no queries."""

    policy: WeeklyPolicy
    currency: str
    week: Period
    lineage: Lineage | None

    def query(self, find: Callable[[Lineage], str]) -> Query:
        """A query, found when it is asked for."""
        return no_query if self.lineage is None else partial(find, self.lineage)

    @property
    def said(self) -> str:
        """The week as a person says it."""
        first, last = self.week.start, self.week.last
        begins = f"{first.day} {first:%B}" if first.month != last.month else f"{first.day}"
        return f"{begins} to {last.day} {last:%B %Y}"


def facts_of_figure(figure: Figure, basis: Basis) -> Iterator[Fact]:
    """A metric, what it was in the week before, and how it has changed; nothing of one that is unknown."""
    if figure.value is None:
        return
    name, phrases = figure.name, PHRASES[figure.name]
    definition = DEFINITIONS[name]
    form, against = _form(name)
    span: Literal["week", "month", "none"] = (
        "month" if name in _MONTHLY else "none" if name in _TIMELESS else "week"
    )
    also = _also(name, basis)
    whole = Fact(
        name,
        _label(name),
        figure.value,
        figure.unit,
        phrases,
        form=form,
        against=against,
        points=name == "nps_proxy",
        span="none" if form == "change" else span,
        trend=0 if figure.change is None else (figure.change > 0) - (figure.change < 0),
        also=also,
        period=_period(name, basis),
        definition=definition,
        query=basis.query(lambda lineage: lineage.metric(name)),
    )
    yield whole
    if form == "level" and span != "month" and figure.previous is not None:
        yield from _earlier(figure, whole, basis)


def _earlier(figure: Figure, whole: Fact, basis: Basis) -> Iterator[Fact]:
    """What it was in the week before, and the change."""
    name = figure.name
    before = basis.week.before()
    period = f"week of {before.start.day} {before.start:%B %Y}"
    yield Fact(
        f"{name}.previous",
        f"{whole.label} of the week before",
        figure.previous or 0,
        figure.unit,
        whole.phrases,
        against="before",
        points=whole.points,
        period=period,
        definition=whole.definition,
        query=basis.query(lambda lineage: lineage.metric(name, 1)),
    )
    if figure.change is None:
        return
    yield Fact(
        f"{name}.change",
        f"change of {whole.label}",
        figure.change,
        "share",
        whole.phrases,
        form="change",
        against="before",
        points=figure.unit == "share",
        period="on the week before",
        definition=f"By what part it differs from the week before. {whole.definition}",
        query=basis.query(lambda lineage: lineage.change(name, 1)),
    )


def _form(name: str) -> tuple[Literal["level", "change", "signed"], Against | None]:
    if name.endswith("_yoy"):
        return "change", "year"
    if name in _LAST_MONTH:
        return "change", "plan"
    if name == "pacing":
        return "level", "plan"
    return ("signed" if name == "nps_proxy" else "level"), None


def _label(name: str) -> str:
    return {
        "gross_revenue_yoy": "gross revenue on the same week a year ago",
        "net_revenue_yoy": "net revenue on the same week a year ago",
        "budget_variance": "last month's net revenue beside plan",
        "budget_variance_marketing_spend": "last month's marketing spend beside plan",
        "pacing": "this month's net revenue so far, of the plan for the days gone",
        "first_response_time": "median first response time",
        "support_answered": "share answered by the bot",
        "support_escalated": "share escalated",
        "support_resolved": "share resolved",
        "marketing_spend": "marketing spend",
        "roas": "ROAS of the paid channels",
    }.get(name, PHRASES[name][0])


def _also(name: str, basis: Basis) -> tuple[str, ...]:
    """Words of which one must tell the period of a metric that is not the week's."""
    if name in _LAST_MONTH:
        whole = basis.week.end.replace(day=1)
        last = whole.replace(year=whole.year - (whole.month == 1), month=(whole.month - 2) % 12 + 1)
        return ("last month", "last whole month", f"{last:%B}")
    if name == "pacing":
        return ("this month", "month so far", f"{basis.week.last:%B}")
    return ()


def _period(name: str, basis: Basis) -> str:
    if name in ("gross_burn", "net_burn"):
        return "a month, mean of three"
    if name in _LAST_MONTH:
        return "last whole month"
    if name == "pacing":
        return f"{basis.week.last:%B %Y} so far"
    if name in _TIMELESS:
        return f"as of {basis.week.last.day} {basis.week.last:%B %Y}"
    return basis.said


def constant(
    name: str, label: str, value: Number, phrases: tuple[str, ...], key: str, **more: object
) -> Fact:
    """A number of the weekly policy; `key` is where it stands in it."""
    return Fact(
        f"policy.{name}",
        label,
        value,
        phrases=phrases,
        definition="Set in policies/weekly.yaml.",
        query=lambda: f"policies/weekly.yaml: {key}",
        **more,  # type: ignore[arg-type]
    )
