"""An ingest in a process of its own: `python -m tests.ingest.ingest_process HOME DOCS [PHASE DONE]`.

Prints a line when it starts; with a phase it dies there as if by kill -9, before anything else can run.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from ingest.pipeline import ingest
from tests.embedders import HashingEmbedder
from tests.knowledge_base.index_steps import open_index


def main() -> None:
    home, documents, *point = sys.argv[1:]

    def die_at(phase: str, done: int, _total: int) -> None:
        if point and phase == point[0] and done >= int(point[1]):
            os.kill(os.getpid(), signal.SIGKILL)

    index = open_index(Path(home))
    print("started", flush=True)  # noqa: T201
    report = ingest([Path(documents)], index, HashingEmbedder(), die_at)
    print(json.dumps(report.as_json()), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
