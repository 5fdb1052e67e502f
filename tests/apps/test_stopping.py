"""A process that is told to stop hears of it, whenever the signal comes and whichever thread it comes to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, signal, threading
from apps.stopping import stop_signals

threading.Thread(target=threading.Event().wait, daemon=True).start()
with stop_signals() as wait_for_one:
    {before}
    os.kill(os.getpid(), signal.{name})
    wait_for_one()
    print("stops", signal.getsignal(signal.{name}) is signal.SIG_DFL)
"""
TO_ANOTHER_THREAD = "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM])"


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("before", ["pass", TO_ANOTHER_THREAD], ids=["before the wait", "to another thread"])
def test_no_signal_is_lost(name: str, before: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(name=name, before=before)],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout == "stops True\n"
