"""Questions about the numbers in the room, over HTTP: for whoever is signed in, with a chart, and never a traceback."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.apps.room.conftest import Room
from tests.desk import Desk


def test_a_viewer_is_answered_with_a_chart_and_goes_on(
    desk: Desk, open_room: Callable[..., Room], sample_store: Path
) -> None:
    shutil.copy(sample_store, desk.settings.analytics_file)
    room = open_room("vera")
    question = "revenue by channel in March 2026"
    found = room.post("inquiries", question=question, history=[]).json()
    assert found["kind"] == "number"
    assert found["sample"] is True
    assert found["chart"]["words"].startswith("Net revenue, March 2026")
    assert found["chart"]["specification"]["layer"]
    assert abs(sum(one["share"] for one in found["lines"]) - 1) < 1e-9
    said = [{"role": "customer", "text": question}, {"role": "bot", "text": found["text"]}]
    after = room.post("inquiries", question="and in April 2026?", history=said).json()
    assert after["by"] == "channel"
    assert after["period"]["start"] == "2026-04-01"
    long = room.post("inquiries", question="revenue " * 1250, history=[]).json()
    assert (long["kind"], "too long" in long["text"]) == ("ask_back", True)


def test_nobody_else_is_answered_and_an_empty_store_says_what_to_do(open_room: Callable[..., Room]) -> None:
    assert open_room().post("inquiries", question="what is our CAC?").status_code == 401
    found = open_room("vera").post("inquiries", question="what is our CAC?").json()
    assert found["kind"] == "unknown"
    assert "gtm data import" in found["text"]
