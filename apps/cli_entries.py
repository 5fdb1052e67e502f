"""`gtm entries`: what the desk learns from people's answers, and what nobody could answer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apps import cli_edge as edge
from apps.cli_edge import HomeOption, JsonOption

if TYPE_CHECKING:
    from agents.entries import Entry
    from agents.learning import Learned, Learning, Proposal

entries = typer.Typer(
    name="entries", help="Decide what is learned from people's answers.", no_args_is_help=True
)

IdArgument = Annotated[int, typer.Argument(help="The entry, as `gtm entries list` names it.", metavar="ID")]
QuestionOption = Annotated[str | None, typer.Option(help="The question, in other words.")]
AnswerOption = Annotated[str | None, typer.Option(help="The answer, in other words.")]
NotPersonalOption = Annotated[
    list[str] | None, typer.Option(help="A part that is nobody's personal data; may be given again.")
]


@entries.command(name="list")
def list_entries(
    status: Annotated[str, typer.Option(help="proposed, accepted, dismissed or withdrawn.")] = "proposed",
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """List the entries of a status, masked, with what the documents say already."""
    with _learning(home, as_json=as_json) as learning:
        found = [learning.proposal(entry.id) for entry in _of_status(learning, status)]
        if as_json:
            edge.print_json({"entries": [_as_json(each) for each in found]})
            return
        for each in found:
            _show(each)
        if not found:
            typer.echo(f"No entry is {status}.")


@entries.command()
def accept(
    entry: IdArgument,
    *,
    question: QuestionOption = None,
    answer: AnswerOption = None,
    not_personal: NotPersonalOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Take a proposal into the knowledge base, as it is listed or in other words."""
    with _learning(home, as_json=as_json) as learning:
        proposal = learning.proposal(entry)
        learned = learning.accept(
            entry,
            question or (proposal.entry.question if not_personal else proposal.question),
            answer or (proposal.entry.answer if not_personal else proposal.answer),
            by=edge.operator(),
            origin="shell",
            not_personal=not_personal or (),
        )
        _tell(learned, as_json=as_json)


@entries.command()
def edit(
    entry: IdArgument,
    *,
    question: QuestionOption = None,
    answer: AnswerOption = None,
    not_personal: NotPersonalOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Put an accepted entry in other words."""
    with _learning(home, as_json=as_json) as learning:
        known = learning.entry(entry)
        learned = learning.edit(
            entry,
            question or known.question,
            answer or known.answer,
            by=edge.operator(),
            origin="shell",
            not_personal=not_personal or (),
        )
        _tell(learned, as_json=as_json)


@entries.command()
def withdraw(entry: IdArgument, as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Take an accepted entry out of the knowledge base."""
    with _learning(home, as_json=as_json) as learning:
        _tell(learning.withdraw(entry, by=edge.operator(), origin="shell"), as_json=as_json)


@entries.command()
def dismiss(entry: IdArgument, as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Turn a proposal down."""
    with _learning(home, as_json=as_json) as learning:
        dismissed = learning.dismiss(entry, by=edge.operator(), origin="shell")
        if as_json:
            edge.print_json({"entry": dismissed.model_dump(mode="json")})
        else:
            typer.echo(f"Entry {dismissed.id} is dismissed.")


@entries.command()
def restore(entry: IdArgument, as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Undo: a withdrawn entry is answered from again, a dismissed one is proposed again."""
    with _learning(home, as_json=as_json) as learning:
        _tell(learning.restore(entry, by=edge.operator(), origin="shell"), as_json=as_json)


@entries.command()
def export(
    out: Annotated[Path | None, typer.Option(help="Write the Markdown here instead of printing it.")] = None,
    home: HomeOption = None,
) -> None:
    """Give out all accepted entries as one Markdown document."""
    with _learning(home, as_json=False) as learning:
        markdown = learning.export_markdown()
        if out is None:
            typer.echo(markdown, nl=False)
        else:
            edge.write_file(out, markdown)
            typer.echo(f"{out}: {len(learning.entries())} entries")


@entries.command()
def gaps(
    days: Annotated[int, typer.Option(help="Look at what was asked in so many days.", min=1)] = 30,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """List what customers asked and nobody could answer from the documents, by topic."""
    with _learning(home, as_json=as_json) as learning:
        found = learning.gaps(datetime.now(UTC) - timedelta(days=days))
        if as_json:
            lines = [
                {
                    "topic": gap.topic,
                    "questions": gap.questions,
                    "conversations": gap.conversations,
                    "first": gap.first.isoformat(),
                    "last": gap.last.isoformat(),
                    "examples": list(gap.examples),
                    "answered_now": gap.answered_now,
                }
                for gap in found
            ]
            edge.print_json({"gaps": lines})
            return
        for gap in found:
            now = "  (answered by now)" if gap.answered_now else ""
            typer.echo(f"{gap.questions:4}  {gap.topic}: {gap.examples[0]}{now}")
        if not found:
            typer.echo("No question was left unanswered.")


@contextlib.contextmanager
def _learning(home: Path | None, *, as_json: bool) -> Iterator[Learning]:
    with edge.guarded(home, as_json=as_json) as settings:
        from agents.session import Session  # noqa: PLC0415
        from integrations import connect  # noqa: PLC0415

        session = Session(connect(settings))
        try:
            yield session.learning
        finally:
            session.close()


def _of_status(learning: Learning, status: str) -> list[Entry]:
    from typing import get_args  # noqa: PLC0415

    from agents.entries import EntryStatus  # noqa: PLC0415
    from agents.errors import BadInput  # noqa: PLC0415

    for known in get_args(EntryStatus):
        if status == known:
            return learning.entries(known)
    raise BadInput(f"{status!r} is no status of an entry; there are {', '.join(get_args(EntryStatus))}.")


def _as_json(proposal: Proposal) -> dict[str, object]:
    compared = proposal.comparison
    return {
        "id": proposal.entry.id,
        "status": proposal.entry.status,
        "question": proposal.question,
        "answer": proposal.answer,
        "personal": [{"kind": part.kind, "text": part.text} for part in proposal.personal],
        "alike": [f"{each.document}, {each.section}" for each in compared.alike] if compared else [],
        "contradictions": [
            {"theirs": each.theirs, "ours": each.ours, "where": f"{each.document}, {each.section}"}
            for each in (compared.contradictions if compared else ())
        ],
        "answered": proposal.entry.answered.isoformat(),
        "by": proposal.entry.by,
    }


def _show(proposal: Proposal) -> None:
    typer.echo(f"{proposal.entry.id}  {proposal.question}\n   {proposal.answer}")
    for part in proposal.personal:
        typer.echo(f"   masked: {part.text} ({part.kind})")
    for each in proposal.comparison.alike if proposal.comparison else ():
        typer.echo(f"   nearly the same: {each.document}, {each.section}")
    for other in proposal.comparison.contradictions if proposal.comparison else ():
        typer.echo(f"   contradicts {other.document}, {other.section}: {other.theirs}")


def _tell(learned: Learned, *, as_json: bool) -> None:
    if as_json:
        edge.print_json(
            {
                "entry": learned.entry.model_dump(mode="json"),
                "searchable": learned.searchable,
                "confidence": learned.confidence,
                "note": learned.note,
            }
        )
    else:
        typer.echo(f"Entry {learned.entry.id} is {learned.entry.status}. {learned.note}".rstrip())
