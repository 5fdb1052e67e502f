"""`gtm status` and `gtm trace`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from agents.health import Health
from agents.health_notices import Gravity
from agents.health_report import PeriodHealth, SpecialistHealth, Target, WorkHealth
from agents.tracing import Fact, Span, Trace
from apps import cli_edge as edge
from apps.cli_lists import duration, open_session, plain_table
from integrations.settings import Settings

NOT_KNOWN = "–"
MARKS: dict[Gravity, tuple[str, str]] = {
    "trouble": ("!", "bold red"),
    "warning": ("!", "yellow"),
    "plain": ("·", "dim"),
}
PERIODS = {"day": "last 24 hours", "month": "last 30 days"}
BAR = 24  # characters


def run_status(settings: Settings, *, as_json: bool) -> None:
    """Print how the desk is; that it could be told is success, however it is."""
    with open_session(settings) as session:
        health, brand = session.health.look(), session.policy.brand.name
    if as_json:
        edge.print_json(health.model_dump(mode="json"))
    else:
        _show_health(health, brand, edge.console())


def run_trace(settings: Settings, trace: str, *, as_json: bool) -> None:
    """Print how an answer came about."""
    with open_session(settings) as session:
        found = session.health.trace(trace)
    if as_json:
        edge.print_json(found.model_dump(mode="json"))
    else:
        _show_trace(found, edge.console())


def _show_health(health: Health, brand: str, console: Console) -> None:
    console.print(Text(f"{brand}, {health.at.astimezone():%Y-%m-%d %H:%M}", style="bold"))
    for notice in health.notices:
        mark, style = MARKS[notice.gravity]
        console.print(Text.assemble((f"{mark} {notice.sentence}", style), f" {notice.remedy}"))
    console.print()
    console.print(_standing(health))
    for name, period in (("day", health.day), ("month", health.month)):
        console.print()
        console.print(Text(PERIODS[name], style="bold"))
        console.print(_answers(period))
        asked = [each for each in period.specialists if each.texts]
        if asked:
            console.print(_specialists(asked))
        else:
            console.print(Text("No text was asked of a model.", style="dim"))


def _standing(health: Health) -> Table:
    work, budget = health.work, health.budget
    table = plain_table("", "")
    table.show_header = False
    table.add_row("documents", _documents(work, health.at))
    beat = work.heartbeat
    table.add_row("jobs", "never done" if beat is None else f"last heartbeat {_ago(beat, health.at)}")
    counts = (f"{work.outbox.get(status, 0)} {status}" for status in ("pending", "failed", "delivered"))
    table.add_row("outbox", ", ".join(counts))
    waiting = work.waiting
    oldest = "" if waiting.oldest is None else f", the oldest since {_ago(waiting.oldest, health.at)}"
    table.add_row("for a person", f"{waiting.reviews} wait, {waiting.late} too long{oldest}")
    table.add_row(
        "budget", f"${budget.spent:.2f} of ${budget.usd_a_day:.2f} spent today, ${budget.left:.2f} left"
    )
    for model in health.models if health.models_on else ():
        left = [
            f"{count} {what} left at the host"
            for count, what in ((model.requests_left, "requests"), (model.tokens_left, "tokens"))
            if count is not None
        ]
        state = "not called yet" if model.known is None else f"breaker {model.breaker}"
        table.add_row("model", ", ".join((model.model, state, *left)))
    return table


def _documents(work: WorkHealth, now: datetime) -> str:
    if work.index != "ok" or work.last_ingest is None:
        return work.index_message or work.index
    return f"{work.documents} documents, {work.passages} passages, ingested {_ago(work.last_ingest, now)}"


def _answers(period: PeriodHealth) -> Text:
    answers = period.answers
    if not answers.answers:
        return Text("Nothing was asked.", style="dim")
    how = ", ".join(f"{count} {name}" for name, count in answers.by_decision.items())
    whose = ", ".join(f"{count} {name}" for name, count in answers.by_mode.items())
    line = Text(f"{answers.answers} answers ({how}; {whose}): ")
    for place, target in enumerate(answers.targets):
        line.append(", " if place else "")
        line.append(f"{target.name} ")
        line.append_text(_aimed(target))
    return line


def _specialists(specialists: list[SpecialistHealth]) -> Table:
    table = plain_table(
        "specialist", "texts", "p50", "p95", "p99", "written", "errors", "retries", "2nd model", "quoted instead",
        "did not hold", "tokens in / out", "cost", "a text", "from cache", whole=("specialist",),
    )  # fmt: skip
    for each in specialists:
        targets = {target.name: target for target in each.targets}
        offline = ", ".join(f"{count} {why}" for why, count in each.offline.items())
        table.add_row(
            each.specialist,
            str(each.texts),
            *(_aimed(targets[name]) for name in ("p50", "p95", "p99")),
            _percent(each.success),
            _aimed(targets["errors"]),
            str(each.retries),
            str(each.by_fallback_model),
            offline or "0",
            str(each.ungrounded),
            f"{each.input_tokens} / {each.output_tokens}",
            f"${each.dollars:.2f}",
            NOT_KNOWN if each.dollars_a_text is None else f"${each.dollars_a_text:.4f}",
            _percent(each.hits),
        )
    return table


def _aimed(target: Target) -> Text:
    """A figure, red where it misses its aim."""
    if target.value is None:
        return Text(NOT_KNOWN, style="dim")
    shown = _percent(target.value) if target.name == "errors" else f"{target.value:.2f} s"
    return Text(shown, style="bold red" if target.verdict == "missed" else "green")


def _percent(share: float | None) -> str:
    return NOT_KNOWN if share is None else f"{share:.1%}"


def _ago(then: datetime, now: datetime) -> str:
    return f"{duration(max(0.0, (now - then).total_seconds()))} ago"


def _show_trace(trace: Trace, console: Console) -> None:
    console.print(
        Text(f"{trace.at.astimezone():%Y-%m-%d %H:%M:%S}, {_milliseconds(trace.seconds)}", style="bold")
    )
    if trace.conversation:
        console.print(Text(f"gtm conversations show {trace.conversation}", style="dim"))
    for place, span in enumerate(trace.spans):
        depth = _depth(trace.spans, place)
        name = f"{'  ' * depth}{span.name}"
        failed = f"  failed: {span.failed}" if span.failed else ""
        line = Text(f"{name:<18} {_milliseconds(span.seconds):>9}  ")
        line.append(_bar(span, trace.seconds), style="red" if failed else "cyan")
        line.append(failed, style="bold red")
        console.print(line)
        for fact in _facts(span):
            console.print(Text(f"{'  ' * (depth + 1)}{fact}", style="dim"), soft_wrap=True)


def _depth(spans: tuple[Span, ...], place: int) -> int:
    depth, parent = 0, spans[place].parent
    while parent is not None:
        depth, parent = depth + 1, spans[parent].parent
    return depth


def _bar(span: Span, whole: float) -> str:
    """Where in the whole the span lies, and how much of it it takes."""
    if whole <= 0:
        return ""
    before = min(BAR - 1, int(BAR * span.began / whole))
    return " " * before + "━" * max(1, min(BAR - before, round(BAR * span.seconds / whole)))


def _facts(span: Span) -> Iterator[str]:
    facts = dict(span.facts)
    places, scores = _several(facts.pop("sections", None)), _several(facts.pop("scores", None))
    plain = [f"{name} {_told(value)}" for name, value in facts.items() if value is not None]
    if plain:
        yield ", ".join(plain)
    for place, score in zip(places, scores, strict=False):
        yield f"{float(score):.2f}  {place}"


def _several(fact: Fact) -> tuple[str | float, ...]:
    return fact if isinstance(fact, tuple) else ()


def _told(value: Fact) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " ".join(str(each) for each in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 10 else f"{seconds:.1f} s"
