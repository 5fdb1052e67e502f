"""`gtm users`: who may work in the control room."""

from __future__ import annotations

import contextlib
import getpass
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apps import cli_edge as edge
from apps.cli_edge import HomeOption, JsonOption

if TYPE_CHECKING:
    from agents.team import Team

users = typer.Typer(name="users", help="Say who may work in the control room.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="What the user signs in with.", metavar="NAME")]
RoleOption = Annotated[
    str, typer.Option(help="viewer (reads), agent (also decides) or admin (also manages).")
]
StdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking.")
]


@users.command()
def add(
    name: NameArgument,
    *,
    role: RoleOption = "agent",
    full_name: Annotated[
        str, typer.Option(help="The customer reads its first word. Default: the name.", metavar="NAME")
    ] = "",
    password_stdin: StdinOption = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Add a user; the password is asked for."""
    with _team(home, as_json=as_json) as team:
        user = team.add(name, _password(from_stdin=password_stdin), role, full_name)
        _record(team, "add user", user.name, user.role)
        _tell(user.model_dump(), f"Added {user.name} ({user.role}).", as_json=as_json)


@users.command(name="list")
def list_users(as_json: JsonOption = False, home: HomeOption = None) -> None:
    """List the users and their roles."""
    with _team(home, as_json=as_json) as team:
        found = team.users()
        lines = [
            f"{user.name}  {user.role}  {user.full_name}{'  (GTM_USERS)' if user.fixed else ''}"
            for user in found
        ]
        text = "\n".join(lines) or "There are no users yet. Add one: gtm users add NAME --role admin"
        _tell({"users": [user.model_dump() for user in found]}, text, as_json=as_json)


@users.command()
def remove(name: NameArgument, as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Remove a user, which signs them out everywhere."""
    with _team(home, as_json=as_json) as team:
        team.remove(name)
        _record(team, "remove user", name)
        _tell({"removed": name}, f"Removed {name}.", as_json=as_json)


@users.command()
def role(
    name: NameArgument,
    new_role: Annotated[str, typer.Argument(help="viewer, agent or admin.", metavar="ROLE")],
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Give a user another role, at once."""
    with _team(home, as_json=as_json) as team:
        user = team.set_role(name, new_role)
        _record(team, "set role", user.name, user.role)
        _tell(user.model_dump(), f"{user.name} is {user.role} now.", as_json=as_json)


@users.command()
def password(
    name: NameArgument,
    password_stdin: StdinOption = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Give a user another password, which signs them out everywhere."""
    with _team(home, as_json=as_json) as team:
        team.set_password(name, _password(from_stdin=password_stdin))
        _record(team, "change password", name)
        _tell({"changed": name}, f"The password of {name} is changed.", as_json=as_json)


@users.command(name="hash")
def hash_password(
    name: NameArgument,
    *,
    role: RoleOption = "agent",
    full_name: Annotated[str, typer.Option(help="The customer reads its first word.", metavar="NAME")] = "",
    password_stdin: StdinOption = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Print a user as GTM_USERS takes it; nothing is stored."""
    from agents.team import usable_name, usable_role  # noqa: PLC0415

    with _team(home, as_json=as_json) as team:
        key, of_role = usable_name(name), usable_role(role)
        entry = f"{key}:{of_role}:{team.hash(_password(from_stdin=password_stdin), key)}"
        entry += f":{full_name}" if full_name else ""
        _tell({"entry": entry}, entry, as_json=as_json)


@contextlib.contextmanager
def _team(home: Path | None, *, as_json: bool) -> Iterator[Team]:
    with edge.guarded(home, as_json=as_json) as settings:
        from agents.session import Session  # noqa: PLC0415
        from integrations import connect  # noqa: PLC0415

        session = Session(connect(settings))
        try:
            yield session.team
        finally:
            session.close()


def _password(*, from_stdin: bool) -> str:
    """What was typed or piped, never shown on the screen or in the list of processes."""
    from agents.errors import BadInput  # noqa: PLC0415

    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise BadInput(
            "There is nobody to ask for a password. Give it on standard input with --password-stdin."
        )
    given = getpass.getpass("Password: ")
    if given != getpass.getpass("Once more: "):
        raise BadInput("The two were not the same. Nothing was changed.")
    return given


def _record(team: Team, what: str, subject: str, detail: str = "") -> None:
    team.record(edge.operator(), "shell", what, subject, detail)


def _tell(value: dict[str, object], text: str, *, as_json: bool) -> None:
    if as_json:
        edge.print_json(value)
    else:
        typer.echo(text)
