"""`gtm contacts`: who may not be written to."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from agents.errors import BadInput
from apps import cli_edge as edge
from apps.cli_edge import HomeOption, JsonOption

if TYPE_CHECKING:
    from agents.campaigns.contact_desk import Suppressed
    from agents.campaigns.unsubscribing import SuppressionReason

contacts = typer.Typer(name="contacts", help="Who may not be written to by campaigns.", no_args_is_help=True)

EmailArgument = Annotated[str, typer.Argument(help="An e-mail address.", metavar="EMAIL")]
REASONS: Final[tuple[SuppressionReason, ...]] = ("unsubscribed", "bounced", "complained")
_COLUMNS: Final = frozenset(
    {"email", "e-mail", "email address", "e-mail address", "email_address", "address"}
)
_SHOWN: Final = 10


@contacts.command("import")
def import_contacts(
    file: Annotated[Path, typer.Argument(help="CSV with a column “email”, or one address a line.")],
    *,
    reason: Annotated[str, typer.Option(help="unsubscribed, bounced or complained.")] = "unsubscribed",
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Take over the list of those who may not be written to from an earlier mail service."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_lists import one_of, open_session  # noqa: PLC0415

        chosen = one_of(reason, REASONS, "reason")
        lines, addresses = read_addresses(file)
        with open_session(settings) as session:
            done = session.contacts.suppress(addresses, chosen)
        wrong = [(lines[place - 1], why) for place, why in done.wrong]
        if as_json:
            told = [{"line": line, "reason": why} for line, why in wrong]
            edge.print_json({"given": done.given, "new": done.new, "wrong": told})
        else:
            _show(done, wrong)


@contacts.command()
def unsubscribe(email: EmailArgument, as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Write to this address no more, as its owner has asked."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_lists import open_session  # noqa: PLC0415

        with open_session(settings) as session:
            session.contacts.reason_for(email)  # an address that is none is told so
            done = session.contacts.suppress([email], "unsubscribed")
        if as_json:
            edge.print_json({"email": email, "new": bool(done.new)})
        else:
            typer.echo(
                "Done: no campaign will be sent there." if done.new else "They were unsubscribed already."
            )


@contacts.command()
def show(email: EmailArgument, as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Say whether an address may be written to, and if not, why."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_lists import open_session  # noqa: PLC0415

        with open_session(settings) as session:
            reason = session.contacts.reason_for(email)
        if as_json:
            edge.print_json({"email": email, "may_be_written_to": reason is None, "reason": reason})
        else:
            typer.echo(
                f"No campaign is sent there: {reason}." if reason else "Nothing speaks against it here."
            )


@contacts.command("new-key")
def new_key(as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Sign the links in mails with a new key, from ten minutes on. Links that are out there keep working."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_lists import open_session  # noqa: PLC0415

        with open_session(settings) as session:
            session.contacts.add_key()
        if as_json:
            edge.print_json({"added": True})
        else:
            typer.echo("A new key signs links from ten minutes on; links that are out there keep working.")


def read_addresses(file: Path) -> tuple[list[int], list[str]]:
    """The addresses of a file with the numbers of their lines; `BadInput` where there are none."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read as text in UTF-8: {error}") from error
    first = text.partition("\n")[0]
    rows = csv.reader(text.splitlines(), delimiter=";" if ";" in first and "," not in first else ",")
    numbered = [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    column, begin = 0, 0
    if numbered:
        names = [cell.strip().lower() for cell in numbered[0][1]]
        found = [k for k, name in enumerate(names) if name in _COLUMNS]
        if not found and "@" not in "".join(names):
            raise BadInput(f"{file} has no column “email”; it has {', '.join(names)[:200]}.")
        column, begin = (found[0], 1) if found else (0, 0)
    lines = [line for line, _ in numbered[begin:]]
    addresses = [row[column] if column < len(row) else "" for _, row in numbered[begin:]]
    if not addresses:
        raise BadInput(f"{file} holds no addresses.")
    return lines, addresses


def _show(done: Suppressed, wrong: list[tuple[int, str]]) -> None:
    known = done.given - done.new - len(wrong)
    typer.echo(f"{done.new:,} will not be written to any more; {known:,} were known or given twice.")
    for line, why in wrong[:_SHOWN]:
        typer.echo(f"line {line}: {why}", err=True)
    if len(wrong) > _SHOWN:
        typer.echo(f"… and {len(wrong) - _SHOWN:,} more that are no addresses.", err=True)
