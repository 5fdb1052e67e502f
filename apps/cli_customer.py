"""`gtm customer`: give out, or erase, everything that is stored of one person."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps import cli_edge as edge
from apps.cli_edge import HomeOption, JsonOption

if TYPE_CHECKING:
    from agents.privacy import Forgotten, Privacy

customer = typer.Typer(
    name="customer", help="Give out or erase all that is stored of one person.", no_args_is_help=True
)

EmailArgument = Annotated[str, typer.Argument(help="The person's e-mail address.", metavar="EMAIL")]


@customer.command()
def export(
    email: EmailArgument,
    out: Annotated[Path | None, typer.Option(help="Write the JSON here instead of printing it.")] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Give out everything that is stored of a person: conversations, checkpoints, entries, e-mails, audit, orders.

    Also which campaigns they were in, what came of that, and whether their address is kept from further ones.
    """
    with _privacy(home, as_json=as_json) as privacy:
        found = privacy.export(email)
        if out is None:
            edge.print_json(found)
            return
        edge.write_file(out, json.dumps(found, ensure_ascii=False, indent=1) + "\n")
        counts = _counts(found)
        if as_json:
            edge.print_json({"email": found["email"], "out": str(out), "rows": counts})
        else:
            typer.echo(f"{out}: {_listed(counts) or 'nothing is stored'}")


@customer.command()
def forget(
    email: EmailArgument,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Erase everything that is stored of a person, and search for what is left; exit code 1 if anything is.

    Orders stay for their sums, under an id that leads to nobody.
    """
    with _privacy(home, as_json=as_json) as privacy:
        if not yes:
            _ask(privacy, email)
        forgotten = privacy.forget(email, by=edge.operator(), origin="shell")
        if as_json:
            edge.print_json({**forgotten.model_dump(mode="json"), "complete": forgotten.complete})
        else:
            _show(forgotten)
        if not forgotten.complete:
            raise typer.Exit(edge.FAILED)


@contextlib.contextmanager
def _privacy(home: Path | None, *, as_json: bool) -> Iterator[Privacy]:
    with edge.guarded(home, as_json=as_json) as settings:
        from agents.session import Session  # noqa: PLC0415
        from integrations import connect  # noqa: PLC0415

        session = Session(connect(settings))
        try:
            yield session.privacy
        finally:
            session.close()


def _ask(privacy: Privacy, email: str) -> None:
    """Say what would go, and have it confirmed."""
    from agents.errors import BadInput  # noqa: PLC0415

    if not sys.stdin.isatty():
        raise BadInput("This cannot be undone. Say --yes to erase without being asked.")
    found = privacy.export(email)
    typer.echo(
        f"{_listed(_counts(found)) or 'Nothing in the database'}; {len(found['files'])} files", err=True
    )
    typer.confirm("Erase it for good?", abort=True, err=True)


def _show(forgotten: Forgotten) -> None:
    proof = forgotten.proof
    typer.echo(f"Erased: {_listed(forgotten.erased) or 'nothing, there was nothing'}.")
    if forgotten.unnamed:
        typer.echo(f"Kept for their sums, without the person: {_listed(forgotten.unnamed)}.")
    typer.echo(
        f"Searched {proof.tables} tables ({proof.rows} rows) and {proof.files} files ({proof.bytes:,} bytes): "
        + ("the address is nowhere any more." if forgotten.complete else "it is still there:")
    )
    for place in proof.found:
        typer.echo(f"  {place}")


def _counts(found: dict[str, Any]) -> dict[str, int]:
    """Rows by place, of the desk's database and of the business data."""
    places = {
        **found["database"],
        "suppressions": found["suppressed"],
        **{f"{name} of the business": rows for name, rows in found["business"].items()},
    }
    return {place: len(rows) for place, rows in places.items() if rows}


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {place}" for place, count in counts.items())
