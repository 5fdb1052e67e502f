"""What commands that list or choose something share: tables, time spans, and words that must be known."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterator
from typing import TypeVar

from rich.table import Table

from agents.errors import BadInput
from agents.session import Session
from integrations import connect
from integrations.settings import Settings

Word = TypeVar("Word", bound=str)


@contextlib.contextmanager
def open_session(settings: Settings) -> Iterator[Session]:
    """A session for the time of a command."""
    session = Session(connect(settings))
    try:
        yield session
    finally:
        session.close()


def plain_table(*headings: str, whole: tuple[str, ...] = ()) -> Table:
    """A table without lines; the columns named in `whole` are never broken."""
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading in whole)
    return table


def one_of(given: str, allowed: tuple[Word, ...], what: str) -> Word:
    """A word that must be one of a few; another raises `BadInput` with the nearest."""
    for word in allowed:
        if word == given:
            return word
    near = difflib.get_close_matches(given.lower(), allowed, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(allowed)}."
    raise BadInput(f"There is no {what} {given!r}; {hint}")


def duration(seconds: float) -> str:
    """A time span in the two largest units that it has."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} d {hours % 24} h"
