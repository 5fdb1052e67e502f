"""One of several people who decide at once: `python -m tests.jobs.deciding_process HOME NAME [URL]`.

Reads a review's id a line, and answers each with a line: `done` or `already_decided`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from agents.domain import Decision
from agents.session import Session
from integrations import connect
from integrations.settings import Settings


def main() -> None:
    """Decide what standard input names, as soon as it names it."""
    home, name, *url = sys.argv[1:]
    session = Session(connect(Settings(home=Path(home), database_url=url[0] if url else None)))
    session.reviews("all", 1)
    print("ready", flush=True)  # noqa: T201
    for line in sys.stdin:
        decided = session.decide(line.strip(), Decision(verb="reply", text=f"By {name}.", by=name))
        print(decided.status, flush=True)  # noqa: T201
    session.close()


if __name__ == "__main__":
    main()
