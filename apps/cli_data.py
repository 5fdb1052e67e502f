"""`gtm data`: what the business is counted from."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apps import cli_edge as edge
from apps.cli_edge import HomeOption, JsonOption

if TYPE_CHECKING:
    from ingest.orders import ImportReport

data = typer.Typer(
    name="data", help="Import orders, spend and the like, or load a sample.", no_args_is_help=True
)


@data.command(name="import")
def import_data(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX or Parquet.", metavar="FILE")],
    kind: Annotated[
        str, typer.Option(help="orders, refunds, spend, budget, cash, customers or tickets.", metavar="KIND")
    ],
    *,
    mapping: Annotated[
        str, typer.Option(help="shopify, generic, online-retail, or a YAML file.", metavar="NAME|FILE")
    ] = "generic",
    currency: Annotated[
        str | None, typer.Option(help="Of a file with several: import only this one.", metavar="CODE")
    ] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Import a file; bad lines go to a file of their own, with line number and reason. Twice is as once."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_progress import progress  # noqa: PLC0415
        from apps.importing import import_business_file  # noqa: PLC0415

        with progress() as tell:
            report = import_business_file(settings, file, kind, mapping, currency=currency, tell=tell)
        if as_json:
            edge.print_json(report.as_json())
        else:
            _show(report)


@data.command()
def sample(
    until: Annotated[
        str | None,
        typer.Option(help="The sample's last day, YYYY-MM-DD. Default: yesterday.", metavar="DATE"),
    ] = None,
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Leave real data alone, and say nothing of it.")
    ] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Load two years of an invented tea shop; it is marked as a sample, and gives way to the first real rows."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.importing import load_sample  # noqa: PLC0415

        loaded = load_sample(settings, parse_day(until), if_empty=if_empty)
        if as_json:
            edge.print_json(loaded)
        elif loaded["loaded"]:
            edge.console().print(
                f"Sample data until {loaded['until']}: {loaded['orders']} orders of {loaded['customers']} customers."
            )
        else:
            edge.console().print("There are real data in the store; no sample was loaded.")


def parse_day(text: str | None) -> date | None:
    """A day written as YYYY-MM-DD; anything else raises `BadInput`."""
    from agents.errors import BadInput  # noqa: PLC0415

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is no day. Write it like 2026-03-31.") from error


def _show(report: ImportReport) -> None:
    console = edge.console()
    console.print(
        f"{report.accepted} lines accepted, {report.duplicates} known already, "
        f"{report.rejected} rejected, in {report.seconds:.1f} s"
    )
    if report.rejected_file is not None:
        console.print(f"  the rejected lines and why: {report.rejected_file}", markup=False, style="yellow")
