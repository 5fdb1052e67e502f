"""What is made in the background of the room: several at once, none in another's way, and what goes wrong is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from agents.errors import BadInput
from agents.weekly.report import SPECIALISTS, Step, WeeklyProgress
from apps.room.runs import AT_ONCE, Runs

Tell = Callable[[WeeklyProgress], None]


def reports() -> Runs[WeeklyProgress]:
    return Runs("reports", SPECIALISTS)


def finished(runs: Runs[WeeklyProgress], run: str) -> dict[str, Any]:
    for _ in range(200):
        state = runs.state(run)
        if not state["running"]:
            return state
        time.sleep(0.02)
    raise AssertionError("the run does not end")


def test_two_runs_at_once_do_not_disturb_each_other_and_a_crowd_is_sent_away() -> None:
    runs, go = reports(), threading.Event()

    def make(name: str, step: Step) -> Callable[[Tell], str]:
        def work(tell: Tell) -> str:
            tell(WeeklyProgress(specialist="finance", step=step))
            assert go.wait(5)
            return name

        return work

    first = runs.start(make("w-a", "writing"), "Anna")
    second = runs.start(make("w-b", "measuring"), "Anna")
    runs.start(make("w-c", "measuring"), "Anna", about="w-a")
    assert (len(runs.running()), len(runs.running("w-a")), AT_ONCE) == (2, 1, 3)
    with pytest.raises(BadInput, match="reports are being made already"):
        runs.start(make("w-d", "measuring"), "Anna")
    steps = {}
    for run in (first, second):
        while "step" not in runs.state(run)["specialists"][0]:
            time.sleep(0.01)
        steps[run] = runs.state(run)["specialists"][0]["step"]
    assert steps == {first: "writing", second: "measuring"}
    go.set()
    assert [finished(runs, run)["made"] for run in (first, second)] == ["w-a", "w-b"]


def test_what_breaks_within_a_run_is_told_with_a_reference_alone(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: Tell) -> str:
        raise RuntimeError("secret inside")

    runs = reports()
    state = finished(runs, runs.start(broken, "Anna"))
    assert "secret" not in state["error"]
    assert "Reference" in state["error"]
    assert "secret inside" in caplog.text
    with pytest.raises(BadInput, match="not known any more"):
        runs.state("r-none")
