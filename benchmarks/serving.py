"""A real `gtm serve` for the benchmarks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GTM = str(Path(sys.executable).with_name("gtm"))


@dataclass(frozen=True)
class Served:
    """Where a server answers, and its process id."""

    url: str
    pid: int


@contextmanager
def served(home: Path, documents: Path | None = None, policies: Path | None = None) -> Iterator[Served]:
    """Serve a home, filled with `documents` first where they are given, from the moment that it is ready."""
    environment = {**os.environ, "GTM_HOME": str(home)}
    environment.setdefault("GTM_MODELS", str(ROOT / ".cache" / "models"))
    if policies is not None:
        environment["GTM_POLICIES"] = str(policies)
    if documents is not None:
        subprocess.run([GTM, "ingest", str(documents)], env=environment, check=True, capture_output=True)
    command = [GTM, "serve", "--port", "0"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = next((line for line in process.stdout if "http://" in line), None)
        if line is None:
            raise RuntimeError(f"gtm serve on {home} ended with {process.wait()} before it was ready")
        yield Served(line[line.index("http://") :].split()[0].rstrip("/"), process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
