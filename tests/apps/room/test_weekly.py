"""The weekly report in the room, over HTTP: who may see, make and take it, and how a run is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from agents.weekly.edition import Edition
from agents.weekly.report import SPECIALISTS
from apps.importing import load_sample
from tests.apps.room.conftest import Room
from tests.desk import Desk
from tests.editions import NASTY, edition, empty

Rooms = Callable[..., Room]


@pytest.fixture
def kept(desk: Desk) -> Edition:
    """A report that was made before."""
    made = edition()
    desk.services.editions.keep(made)
    return made


def told(room: Room, run: str) -> list[dict[str, Any]]:
    """Everything that a run tells until it ends."""
    text = room.get(f"weekly/runs/{run}/events").text
    return [
        json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")
    ]


@pytest.mark.parametrize(
    "path", ["weekly", "weekly/reports/w-1", "weekly/runs/r-1", "weekly/runs/r-1/events"]
)
def test_nobody_sees_anything_without_signing_in(open_room: Rooms, kept: Edition, path: str) -> None:
    assert open_room().get(path).status_code == 401


@pytest.mark.parametrize("path", ["/room/reports/w-1/pdf", "/room/vega.js"])
def test_nothing_is_taken_without_signing_in(open_room: Rooms, kept: Edition, path: str) -> None:
    assert open_room().client.get(path).status_code == 401


def test_a_link_to_a_file_leads_who_is_not_signed_in_to_the_page(open_room: Rooms, kept: Edition) -> None:
    answer = open_room().client.get(
        "/room/reports/w-1/pdf", headers={"sec-fetch-mode": "navigate"}, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "../../../room#weekly/w-1")


@pytest.mark.parametrize(("query", "place"), [("?report=w-1", "../room#weekly/w-1"), ("", "../room#weekly")])
def test_the_address_that_is_linked_leads_to_the_page(open_room: Rooms, query: str, place: str) -> None:
    answer = open_room().client.get(f"/room/weekly{query}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, place)


def test_a_viewer_reads_a_report_with_reasons_claims_charts_and_tables(
    open_room: Rooms, kept: Edition
) -> None:
    shown = open_room("vera").get("weekly/reports/w-1").json()
    kpis = {one["name"]: one for one in shown["kpis"]}
    assert (kpis["net_burn"]["value"], kpis["net_burn"]["status"]) == ("unknown", "unknown")
    assert kpis["net_burn"]["reason"]
    finance, _, insights, support = shown["sections"]
    claimed = next(piece for piece in finance["text"] if "claim" in piece)
    assert (claimed["text"], claimed["claim"]["value"]) == ("$47,800", "$47,800")
    assert [one["name"] for one in finance["charts"]] == ["revenue", "forecast"]
    assert [one["name"] for one in insights["charts"]] == ["segments", "cohorts"]
    assert insights["tables"][0]["rows"][0][0] == NASTY
    assert support["failed"] is True
    assert shown["at_risk"] == 1


def test_a_report_on_nothing_is_shown_without_charts(desk: Desk, open_room: Rooms) -> None:
    desk.services.editions.keep(empty())
    shown = open_room("vera").get("weekly/reports/w-0").json()
    assert all(not one["charts"] for one in shown["sections"])
    assert all(one["reason"] for one in shown["kpis"])


def test_a_report_that_there_is_not_is_said_to_be_none(open_room: Rooms) -> None:
    room = open_room("boss")
    for answer in (room.get("weekly/reports/w-9"), room.client.get("/room/reports/w-9/pdf")):
        assert (answer.status_code, "There is no report" in answer.json()["error"]) == (400, True)


@pytest.mark.parametrize(
    ("name", "kind", "status"),
    [
        ("vera", "md", 200),
        ("vera", "csv", 403),
        ("anna", "xlsx", 403),
        ("boss", "csv", 200),
        ("boss", "docx", 400),
    ],
)
def test_tables_are_for_admins_and_the_report_for_whoever_may_read(
    open_room: Rooms, kept: Edition, name: str, kind: str, status: int
) -> None:
    assert open_room(name).client.get(f"/room/reports/w-1/{kind}").status_code == status


def test_what_is_taken_is_a_file_that_no_cache_keeps_and_is_written_down(
    desk: Desk, open_room: Rooms, kept: Edition
) -> None:
    answer = open_room("boss").client.get("/room/reports/w-1/csv?table=segments")
    assert answer.headers["content-disposition"] == 'attachment; filename="weekly-2026-11-09-segments.csv"'
    assert answer.headers["cache-control"] == "no-store"
    assert "342" in answer.text
    line = desk.session.team.audit(1, 0)[0]
    assert (line.what, line.who) == ("export", "Bo Ssman")


def test_who_only_reads_makes_no_report(open_room: Rooms) -> None:
    assert open_room("vera").post("weekly/runs").status_code == 403


def test_a_run_tells_of_each_specialist_and_ends_in_a_kept_report(desk: Desk, open_room: Rooms) -> None:
    load_sample(desk.settings, date(2026, 11, 15), if_empty=False)
    room = open_room("anna")
    answer = room.post("weekly/runs", as_of="2026-11-16")
    assert answer.status_code == 200
    states = told(room, answer.json()["run"])
    last = states[-1]
    assert (last["running"], last["error"]) == (False, None)
    assert [one["specialist"] for one in last["specialists"]] == list(SPECIALISTS)
    assert {one["step"] for one in last["specialists"]} == {"done"}
    shown = room.get(f"weekly/reports/{last['made']}").json()
    assert (shown["week"], shown["by"], shown["origin"]) == ("9 to 15 November 2026", "Anna Lee", "room")
    assert shown["sample"] is True
    assert {one["name"] for one in shown["sections"][1]["tables"]} == {"channels"}
    assert room.get("weekly").json()["reports"][0]["id"] == last["made"]


@pytest.mark.parametrize(
    ("as_of", "said"), [("2999-01-01", "lies in the future"), (None, "There are no business data yet")]
)
def test_what_cannot_be_reported_on_is_said_in_a_sentence(
    open_room: Rooms, as_of: str | None, said: str
) -> None:
    room = open_room("anna")
    run = room.post("weekly/runs", as_of=as_of).json()["run"]
    last = told(room, run)[-1]
    assert (last["running"], last["made"]) == (False, None)
    assert said in last["error"]


def test_a_day_that_is_none_is_refused(open_room: Rooms) -> None:
    assert open_room("anna").post("weekly/runs", as_of="soon").status_code == 400
