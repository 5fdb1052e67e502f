"""A progress bar for the commands that take a while."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from apps import cli_edge as edge

WORDS = {
    "reading": "Reading files",
    "embedding": "Understanding passages",
    "storing": "Storing",
    "checking": "Checking",
    "asking": "Asking",
}


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on standard error while a person watches, nothing otherwise."""
    console = edge.console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        tasks = {phase: bar.add_task(word, total=None, visible=False) for phase, word in WORDS.items()}

        def tell(phase: str, done: int, total: int) -> None:
            if phase in tasks:
                bar.update(tasks[phase], completed=done, total=total, visible=True)

        yield tell
