"""What somebody should know of the desk's health before any figure, in sentences, each with what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from agents.domain import Value
from agents.health_report import BudgetHealth, ModelHealth, WorkHealth
from agents.models.calls import ModelText

Gravity = Literal["trouble", "warning", "plain"]

NO_MODEL: Final = "No language model is set: every answer is quoted from the documents."
SET_A_KEY: Final = "Set OPENAI_API_KEY, and OPENAI_BASE_URL for another host, for answers in a model's words."
JOBS_SILENT: Final = timedelta(minutes=1)
"""Without a heartbeat for so long, nobody does the jobs."""
RECENT: Final = timedelta(hours=1)
"""For so long the ending of the last text tells how it stands with the host."""


class Notice(Value):
    """Something to know: about what, how bad it is, in words, and what to do about it."""

    about: Literal["models", "budget", "index", "jobs", "outbox", "reviews"]
    gravity: Gravity
    sentence: str
    remedy: str = ""


def notices(
    now: datetime,
    *,
    answering: str | None,
    work: WorkHealth,
    budget: BudgetHealth,
    models: Sequence[ModelHealth],
    last: ModelText | None,
) -> tuple[Notice, ...]:
    """All there is to know, the gravest first; `answering` is the model that words answers, None without a key."""
    told = [*_of_models(now, answering, budget, models, last), *_of_work(now, work)]
    order = ("trouble", "warning", "plain")
    return tuple(sorted(told, key=lambda notice: order.index(notice.gravity)))


def _of_models(
    now: datetime,
    answering: str | None,
    budget: BudgetHealth,
    models: Sequence[ModelHealth],
    last: ModelText | None,
) -> Iterator[Notice]:
    if answering is None:
        yield Notice(about="models", gravity="plain", sentence=NO_MODEL, remedy=SET_A_KEY)
        return
    trouble = _budget_spent(budget) or _resting(answering, models) or _last_failed(now, last)
    if trouble is not None:
        yield trouble
        return
    if budget.spent >= budget.warn_at * budget.usd_a_day:
        yield Notice(
            about="budget",
            gravity="warning",
            sentence=f"The models have cost ${budget.spent:.2f} of today's ${budget.usd_a_day:.2f}.",
            remedy="At all of it answers are quoted; raise usd_a_day in models.yaml if that is too little.",
        )
    yield Notice(about="models", gravity="plain", sentence=f"{answering} words the answers.")


def _budget_spent(budget: BudgetHealth) -> Notice | None:
    if budget.left > 0:
        return None
    return Notice(
        about="budget",
        gravity="trouble",
        sentence=f"Today's ${budget.usd_a_day:.2f} for models are spent: answers are quoted until midnight (UTC).",
        remedy="Raise usd_a_day in models.yaml and restart, or leave it until tomorrow.",
    )


def _resting(answering: str, models: Sequence[ModelHealth]) -> Notice | None:
    model = next((each for each in models if each.model == answering), None)
    if model is None or model.breaker == "closed":
        return None
    return Notice(
        about="models",
        gravity="trouble",
        sentence=f"{answering} has failed {model.failures} times in a row and is left alone for a while: "
        "its fallback words the answers, or they are quoted.",
        remedy="It is tried again by itself. `gtm doctor` asks the host; look at its status page.",
    )


_FAILURES: Final = {
    "refused": ("does not accept our key", "Correct OPENAI_API_KEY (or ANTHROPIC_API_KEY) and restart."),
    "misused": (
        "does not understand our requests",
        "See whether it knows the model that models.yaml names; `gtm doctor` asks it.",
    ),
    "down": (
        "cannot be reached or is overloaded",
        "See OPENAI_BASE_URL and the host's status page; it is tried with every question.",
    ),
    "late": (
        "takes longer than a customer is kept waiting",
        "Name a faster model in models.yaml, or raise deadline_seconds.",
    ),
}


def _last_failed(now: datetime, last: ModelText | None) -> Notice | None:
    """What the last text says, for a while: a desk that nobody asks cannot know better."""
    if last is None or now - last.at > RECENT or last.ending not in _FAILURES:
        return None
    failure, remedy = _FAILURES[last.ending]
    return Notice(
        about="models",
        gravity="trouble",
        sentence=f"The models' host {failure} (at {last.at:%H:%M} UTC): answers are quoted meanwhile.",
        remedy=remedy,
    )


def _of_work(now: datetime, work: WorkHealth) -> Iterator[Notice]:
    if work.index != "ok":
        absent = "Nothing was ingested yet, so nothing can be answered."
        yield Notice(
            about="index",
            gravity="trouble",
            sentence=absent if work.index == "absent" else work.index_message,
            remedy="Run `gtm ingest PATH` with your documents.",
        )
    if work.waiting.late:
        yield Notice(
            about="reviews",
            gravity="trouble",
            sentence=f"{_customers(work.waiting.late)} longer than promised for a person.",
            remedy="See the room's inbox, or `gtm reviews`.",
        )
    elif work.waiting.reviews:
        sentence = f"{_customers(work.waiting.reviews)} for a person."
        yield Notice(
            about="reviews",
            gravity="warning",
            sentence=sentence,
            remedy="See the room's inbox, or `gtm reviews`.",
        )
    if work.outbox.get("failed"):
        failed = work.outbox["failed"]
        yield Notice(
            about="outbox",
            gravity="trouble",
            sentence=f"{failed} {'effect has' if failed == 1 else 'effects have'} failed for good.",
            remedy="`gtm outbox` lists what failed and why; `gtm outbox --retry ID` tries again.",
        )
    if work.heartbeat is None or now - work.heartbeat > JOBS_SILENT:
        waits = bool(work.outbox.get("pending"))
        since = "" if work.heartbeat is None else f" since {work.heartbeat:%Y-%m-%d %H:%M} UTC"
        yield Notice(
            about="jobs",
            gravity="trouble" if waits else "warning",
            sentence=f"No process does the jobs{since}"
            + (f", and {work.outbox['pending']} wait." if waits else "."),
            remedy="Start `gtm serve` or `gtm worker`.",
        )


def _customers(count: int) -> str:
    return "1 customer waits" if count == 1 else f"{count} customers wait"
