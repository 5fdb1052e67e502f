"""`gtm inquire`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from agents.errors import BadInput
from agents.inquiry.finding import Finding
from apps import cli_edge as edge
from apps.cli_lists import open_session, plain_table
from integrations.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console


def run_inquire(
    settings: Settings, question: str, after: list[str], chart: Path | None, *, as_json: bool, query: bool
) -> None:
    """Ask about the numbers, after earlier questions where some are given, and print the answer."""
    with open_session(settings) as session:
        found = session.inquiries.ask(question, [("customer", one) for one in after])
        picture = None if chart is None else found.picture()
    if chart is not None:
        _write(chart, picture)
    if as_json:
        edge.print_json(found.model_dump(mode="json"))
    else:
        _show(found, edge.console(), query=query)


def _write(file: Path, picture: bytes | None) -> None:
    if picture is None:
        raise BadInput(
            "There is no chart to this answer. Leave --chart out, or ask by channel, country or month."
        )
    try:
        file.write_bytes(picture)
    except OSError as error:
        raise BadInput(f"{file} cannot be written ({error.strerror}).") from error


def _show(found: Finding, console: Console, *, query: bool) -> None:
    console.print(Text(found.text))
    if found.lines:
        table = plain_table("", "", "", whole=("",))
        for line in found.lines:
            share = "" if line.share is None else f"{line.share:.0%}"
            table.add_row(Text(line.label), Text(line.text), Text(share))
        console.print()
        console.print(table)
    for split in found.splits:
        console.print(Text(f"\n{split.title}", style="bold"))
        table = plain_table("", "")
        for line in split.lines:
            table.add_row(Text(line.label), Text(line.text))
        console.print(table)
    for choice in found.choices:
        console.print(Text(f"  • {choice}"))
    for note in found.notes:
        console.print(Text(f"  {note}", style="dim"))
    if found.definition and found.kind == "number":
        console.print(Text(f"  {(found.label or '').removeprefix('the ')}: {found.definition}", style="dim"))
    if found.sample:
        console.print(Text("  These are sample data of an invented shop.", style="yellow"))
    if query and found.sql:
        console.print(Text(f"\n{found.sql}", style="cyan"))
