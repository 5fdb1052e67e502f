"""Runs every benchmark in turn: `python -m benchmarks`, or some of them by name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """The benchmarks: each module of this folder that can be run on its own."""
    return sorted(
        path.stem
        for path in FOLDER.glob("*.py")
        if "__main__" in path.read_text("utf-8") and path.stem != "__main__"
    )


def main(wanted: list[str]) -> int:
    """Runs the benchmarks named, or all; returns the number that failed."""
    unknown = sorted(set(wanted) - set(names()))
    if unknown:
        print(f"No benchmark is named {', '.join(unknown)}; there are {', '.join(names())}.", file=sys.stderr)
        return 2
    failed = 0
    for name in wanted or names():
        print(f"\n== {name} ==", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
