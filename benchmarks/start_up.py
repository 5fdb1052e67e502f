"""How long commands take from a cold start, beside a bare interpreter: `python -m benchmarks.start_up`.

Each command is a fresh process, after one run that is not counted; the ratio is against `python -c pass` in the
same round, since shared machines drift.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.serving import served

ROOT = Path(__file__).resolve().parents[1]
GTM = str(Path(sys.executable).with_name("gtm"))


def seconds(command: list[str]) -> float:
    """Wall seconds of one process; a command that fails ends the benchmark."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def measure(commands: dict[str, list[str]], rounds: int) -> dict[str, dict[str, float]]:
    """Median, smallest and largest seconds of each command, and the median ratio to a bare interpreter."""
    bare: list[float] = []
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for round_number in range(rounds + 1):
        base = seconds([sys.executable, "-c", "pass"])
        for name, command in commands.items():
            value = seconds(command)
            if round_number:
                taken[name].append(value)
        if round_number:
            bare.append(base)
    return {
        name: {
            "median": statistics.median(values),
            "min": min(values),
            "max": max(values),
            "ratio": statistics.median(v / b for v, b in zip(values, bare, strict=True)),
        }
        for name, values in taken.items()
    }


def serve_cold(home: Path) -> float:
    """Seconds from starting `gtm serve` to its first answered health check with a warm index."""
    began = time.perf_counter()
    with served(home):
        return time.perf_counter() - began


def main() -> None:
    """Prints the table, or one JSON object with --json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        gtm = [GTM, "--home", str(home)]
        seconds([*gtm, "ingest", str(ROOT / "knowledge_base" / "documents"), "--json"])
        figures = measure(
            {
                "gtm --help": [GTM, "--help"],
                "gtm doctor": [*gtm, "doctor"],
                "gtm reviews": [*gtm, "reviews"],
                "gtm campaign list": [*gtm, "campaign", "list"],
                "gtm ingest, nothing changed": [*gtm, "ingest", str(ROOT / "knowledge_base" / "documents")],
                "gtm ask": [*gtm, "ask", "How long do I have to return unopened chai?"],
            },
            options.rounds,
        )
        ready = [serve_cold(home) for _ in range(3)]
        figures["gtm serve, until ready"] = {
            "median": statistics.median(ready),
            "min": min(ready),
            "max": max(ready),
        }
    if options.json:
        print(json.dumps(figures))
        return
    for name, row in figures.items():
        ratio = f"  {row['ratio']:5.1f} x a bare interpreter" if "ratio" in row else ""
        print(f"{name:30} {row['median']:6.2f} s ({row['min']:.2f} to {row['max']:.2f}){ratio}")


if __name__ == "__main__":
    main()
