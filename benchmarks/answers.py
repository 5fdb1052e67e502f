"""How good the answers are, on every set at hand: `python -m benchmarks.answers [SET ...]`.

Runs `gtm eval support` on each set with the coefficients that are shipped. Which sets they were fitted on, and
the figures with each set left out in turn, come from `python -m benchmarks.fit_confidence`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.corpora import ROOT, SHARED

GTM = str(Path(sys.executable).with_name("gtm"))


def evaluate(folder: Path, home: Path) -> dict[str, object]:
    """The figures of one set, as `gtm eval support --json` gives them."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as out:
        done = subprocess.run(
            [GTM, "--home", str(home), "eval", "support", str(folder), "--out", out.name, "--json"],
            check=True,
            stdout=subprocess.PIPE,
        )
    figures: dict[str, object] = json.loads(done.stdout)
    return figures


def main() -> None:
    """Prints a row a set and figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", type=Path)
    options = parser.parse_args()
    sets = options.sets or [ROOT / "tests" / "data" / "two_peaks", *sorted(SHARED.glob("*"))]
    if not SHARED.is_dir():
        print(f"{SHARED} is not here: only the sample set is run")
    with tempfile.TemporaryDirectory() as home:
        for folder in sets:
            print(f"{folder.name}: {json.dumps(evaluate(folder, Path(home)))}", flush=True)


if __name__ == "__main__":
    main()
