"""What a customer sees, and after how long, whatever a model does wrong: `python -m benchmarks.model_failures`.

A real desk with a small knowledge base asks a scripted host that fails in one way, again and again. Seconds are those
of a page that shows sentences as they come: until the first of them, and until the answer is whole.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.agents.models.failures import FAILURES, INVENTED, Seen, ask_aloud, failing_desk


def told(seen: Seen) -> str:
    """In a few words, what the customer got."""
    reply = seen.message.reply
    assert reply is not None
    if reply.decision != "answer":
        return "asked back"
    if reply.mode == "offline":
        return "the documents' own words"
    unfinished = reply.written_by is not None and reply.written_by.endswith("unfinished")
    return "the model's beginning, then the documents' own words" if unfinished else "the model's words"


def measure() -> list[dict[str, object]]:
    """A row a failure."""
    rows: list[dict[str, object]] = []
    for name, turn in FAILURES.items():
        with tempfile.TemporaryDirectory() as folder, failing_desk(Path(folder)) as (desk, server):
            server.say(turn)
            seen = ask_aloud(desk)
            rows.append(
                {
                    "failure": name,
                    "answer": told(seen),
                    "first_seconds": None if seen.first is None else round(seen.first, 2),
                    "seconds": round(seen.seconds, 2),
                    "calls": len(server.requests),
                    "invented": bool(INVENTED.search(seen.all_of_it)),
                }
            )
    return rows


def main() -> int:
    """Print the table; fail where anything invented was shown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = measure()
    if options.json:
        print(json.dumps(rows))
    else:
        for row in rows:
            first = "  –  " if row["first_seconds"] is None else f"{row['first_seconds']:5.2f}"
            print(
                f"{row['failure']:32} {first} {row['seconds']:6.2f} s  {row['calls']} calls  {row['answer']}"
                + ("  INVENTED" if row["invented"] else "")
            )
    return 1 if any(row["invented"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
