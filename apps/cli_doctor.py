"""`gtm doctor`."""

from __future__ import annotations

from dataclasses import asdict

import typer
from rich.table import Table
from rich.text import Text

from apps import cli_edge as edge
from apps.doctor import examine
from apps.examined import Part
from integrations.settings import Settings

COLOURS = {"ok": "green", "off": "dim", "broken": "bold red"}


def run_doctor(settings: Settings, *, as_json: bool) -> None:
    """Print how each part is; exit code 1 if any is broken."""
    parts = examine(settings)
    healthy = all(part.state != "broken" for part in parts)
    if as_json:
        edge.print_json({"ok": healthy, "parts": [asdict(part) for part in parts]})
    else:
        edge.console().print(_table(parts))
    if not healthy:
        raise typer.Exit(edge.FAILED)


def _table(parts: list[Part]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("part", "state", "what", "what to do"):
        table.add_column(heading, overflow="fold")
    for part in parts:
        table.add_row(
            part.name, Text(part.state, style=COLOURS[part.state]), Text(part.detail), Text(part.remedy)
        )
    return table
