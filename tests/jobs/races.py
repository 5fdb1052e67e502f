"""Two processes that decide the same review at the same moment, again and again."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable

from tests.desk import Desk


def race(
    desk: Desk, reviews: Iterable[str], people: tuple[str, ...] = ("Ann", "Ben")
) -> Counter[tuple[str, ...]]:
    """How often the processes were told what, each race's outcomes in order of the alphabet."""
    where = [str(desk.home)], [desk.settings.database_url] if desk.settings.database_url else []
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.deciding_process", *where[0], name, *where[1]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        for name in people
    ]
    outcomes: Counter[tuple[str, ...]] = Counter()
    for process in processes:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for review in reviews:
        for process in processes:
            process.stdin.write(f"{review}\n")  # type: ignore[union-attr]
        outcomes[tuple(sorted(process.stdout.readline().strip() for process in processes))] += 1  # type: ignore[union-attr]
    for process in processes:
        process.communicate(timeout=30)
    return outcomes
