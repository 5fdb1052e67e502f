"""How the desk is, as values: what was counted turned into shares, set against what is aimed at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Literal

from agents.domain import Value
from agents.health_figures import Counted, Latency, Moment, Waiting
from agents.models.calls import ModelState
from agents.models.policy import ModelPolicy, Specialist
from agents.outage import State as BreakerState

LIMITS: Final = {"p50": 2.0, "p95": 5.0, "p99": 10.0, "errors": 0.01}
"""What is aimed at: seconds, and the share of texts that failed for a technical reason."""

TECHNICAL: Final = ("busy", "down", "late", "misused", "outage", "refused")
"""Endings of a text that are errors. Words that do not hold, a spent budget and a customer who leaves are none."""

Verdict = Literal["met", "missed", "unknown"]


class Target(Value):
    """Whether an aim was met; `value` is None, with a reason, where that cannot be known."""

    name: str
    limit: float
    value: float | None
    verdict: Verdict
    reason: str = ""


class SpecialistHealth(Value):
    """What was asked of one specialist's models over a time. Shares are of the texts, None where there were none.

    `retries` are calls beyond a text's first; `offline` counts by reason the texts for which the desk had to use its
    own words; `ungrounded` the calls whose words did not hold. `hits` is the share of texts found in a cache.
    """

    specialist: Specialist
    texts: int
    latency: Latency
    success: float | None
    errors: float | None
    calls: int
    calls_by_ending: dict[str, int]
    retries: int
    by_fallback_model: int
    offline: dict[str, int]
    ungrounded: int
    input_tokens: int
    output_tokens: int
    dollars: float
    dollars_a_text: float | None
    cached: dict[str, int]
    hits: float | None
    targets: tuple[Target, ...]
    reason: str = ""


class AnswersHealth(Value):
    """What customers were answered over a time, with or without a model."""

    answers: int
    by_decision: dict[str, int]
    by_mode: dict[str, int]
    latency: Latency
    latency_by_mode: dict[str, Latency]
    targets: tuple[Target, ...]


class PeriodHealth(Value):
    """How the desk did over a time."""

    since: datetime
    until: datetime
    answers: AnswersHealth
    specialists: tuple[SpecialistHealth, ...]
    dollars: float
    moments: tuple[Moment, ...]


class BudgetHealth(Value):
    """What the models may cost in a day (UTC), and have cost today."""

    usd_a_day: float
    warn_at: float
    spent: float
    left: float


class ModelHealth(Value):
    """How one model stands, over all processes; None where its host does not say what it allows."""

    model: str
    specialists: tuple[Specialist, ...]
    fallback_of: tuple[Specialist, ...]
    breaker: BreakerState
    failures: int
    opened: datetime | None = None
    requests_left: int | None = None
    tokens_left: int | None = None
    known: datetime | None = None
    """When it was last told; None where no process has called it yet."""


class WorkHealth(Value):
    """What there is to answer from, to do, and to decide. `index` is ok, or what is the matter with it."""

    index: str
    index_message: str
    documents: int | None
    passages: int | None
    last_ingest: datetime | None
    heartbeat: datetime | None
    outbox: dict[str, int]
    waiting: Waiting


def specialist_health(specialist: Specialist, counted: Counted) -> SpecialistHealth:
    """How the models of one specialist did."""
    texts = [
        each for each in counted.texts if each.specialist == specialist and each.ending not in ("off", "gone")
    ]
    calls = [each for each in counted.calls if each.specialist == specialist]
    number = sum(each.texts for each in texts)
    endings = _sums((each.ending, each.texts) for each in texts)
    cached = _sums((each.cache, each.texts) for each in texts if each.cache)
    dollars = sum(each.micro_dollars for each in calls) / 1_000_000
    latency = counted.text_latency.get(specialist, Latency())
    errors = _share(sum(endings.get(each, 0) for each in TECHNICAL), number)
    reason = "" if number else "no text was asked for"
    return SpecialistHealth(
        specialist=specialist,
        texts=number,
        latency=latency,
        success=_share(endings.get("ok", 0), number),
        errors=errors,
        calls=sum(each.calls for each in calls),
        calls_by_ending=_sums((each.ending, each.calls) for each in calls),
        retries=sum(max(0, each.attempts - each.called) for each in texts),
        by_fallback_model=sum(each.texts for each in texts if each.fallback and each.ending == "ok"),
        offline={ending: count for ending, count in endings.items() if ending != "ok"},
        ungrounded=sum(each.calls for each in calls if each.ending == "ungrounded"),
        input_tokens=sum(each.input_tokens for each in calls),
        output_tokens=sum(each.output_tokens for each in calls),
        dollars=round(dollars, 6),
        dollars_a_text=round(dollars / number, 6) if number else None,
        cached=cached,
        hits=_share(sum(cached.values()), number),
        targets=(*_latency_targets(latency, reason), _target("errors", errors, reason)),
        reason=reason,
    )


def answers_health(counted: Counted) -> AnswersHealth:
    """How customers were answered."""
    latency = counted.answer_latency.get("", Latency())
    return AnswersHealth(
        answers=sum(each.answers for each in counted.answers),
        by_decision=_sums((each.decision, each.answers) for each in counted.answers),
        by_mode=_sums((each.mode, each.answers) for each in counted.answers),
        latency=latency,
        latency_by_mode={mode: one for mode, one in sorted(counted.answer_latency.items()) if mode},
        targets=_latency_targets(latency, "nothing was asked"),
    )


def models_health(
    policy: ModelPolicy, states: Iterable[ModelState], now: datetime
) -> tuple[ModelHealth, ...]:
    """How each model that the policy names stands."""
    known = {state.model: state for state in states}
    first: dict[str, list[Specialist]] = {}
    second: dict[str, list[Specialist]] = {}
    for specialist, settings in policy.specialists.items():
        first.setdefault(settings.model, []).append(specialist)
        if settings.fallback:
            second.setdefault(settings.fallback, []).append(specialist)
    rest = timedelta(seconds=policy.outage.rest_seconds)
    return tuple(
        _model_health(model, known.get(model), first.get(model, []), second.get(model, []), now - rest)
        for model in dict.fromkeys((*first, *second))
    )


def _model_health(
    model: str,
    state: ModelState | None,
    specialists: list[Specialist],
    fallback_of: list[Specialist],
    rested: datetime,
) -> ModelHealth:
    breaker: BreakerState = "closed" if state is None else state.breaker
    if breaker == "open" and state is not None and state.opened is not None and state.opened <= rested:
        breaker = "half-open"  # nobody has called it since, so nobody has told
    return ModelHealth(
        model=model,
        specialists=tuple(specialists),
        fallback_of=tuple(fallback_of),
        breaker=breaker,
        failures=0 if state is None else state.failures,
        opened=None if state is None else state.opened,
        requests_left=None if state is None else state.requests_left,
        tokens_left=None if state is None else state.tokens_left,
        known=None if state is None else state.at,
    )


def _latency_targets(latency: Latency, reason: str) -> tuple[Target, ...]:
    return tuple(_target(name, getattr(latency, name), reason) for name in ("p50", "p95", "p99"))


def _target(name: str, value: float | None, reason: str) -> Target:
    limit = LIMITS[name]
    if value is None:
        return Target(
            name=name, limit=limit, value=None, verdict="unknown", reason=reason or "nothing was timed"
        )
    return Target(name=name, limit=limit, value=value, verdict="met" if value < limit else "missed")


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None


def _sums(counts: Iterable[tuple[str | None, int]]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for name, count in counts:
        sums[str(name)] += count
    return dict(sorted(sums.items()))
