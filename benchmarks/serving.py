"""A real `gtm serve` for the benchmarks, and what it takes of the machine."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integrations.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
GTM = str(Path(sys.executable).with_name("gtm"))
MODELS = Path(os.environ.get("GTM_MODELS", ROOT / ".cache" / "models"))


@dataclass(frozen=True)
class Served:
    """Where a server answers, and its process id."""

    url: str
    pid: int

    def processes(self) -> list[int]:
        """The server's process, and those that it has started."""
        parents = {int(file.parent.name): _stat(file)[1] for file in Path("/proc").glob("[0-9]*/stat")}
        return [self.pid, *(pid for pid, parent in parents.items() if parent == str(self.pid))]

    def memory(self) -> float:
        """Memory of its processes now, in MiB; what they share is counted once."""
        return sum(_kib(pid, "smaps_rollup", "Pss") for pid in self.processes()) / 1024

    def highest_memory(self) -> float:
        """The highest resident memory of each process, summed, in MiB."""
        return sum(_kib(pid, "status", "VmHWM") for pid in self.processes()) / 1024

    def cpu_seconds(self) -> float:
        """Processor seconds that its processes have used so far."""
        used = (_stat(Path(f"/proc/{pid}/stat")) for pid in self.processes())
        return sum(int(fields[11]) + int(fields[12]) for fields in used) / os.sysconf("SC_CLK_TCK")


def _stat(file: Path) -> list[str]:
    """The fields of a process after its name."""
    try:
        return file.read_text("ascii", errors="replace").rsplit(")", 1)[1].split()
    except OSError:  # it has ended meanwhile
        return ["0"] * 20


def _kib(pid: int, file: str, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+)", Path(f"/proc/{pid}/{file}").read_text("ascii"), re.MULTILINE)
    return int(found[1]) if found else 0


@contextmanager
def served(home: Path, documents: Path | None = None, **settings: Any) -> Iterator[Served]:
    """Serve a home, filled with `documents` first where they are given, from the moment that it is ready.

    `settings` are more fields of `Settings`.
    """
    environment = Settings(home=home, models=MODELS, **settings).environment()
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
