"""Finding conversations, counting them, and taking both along."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date

import pytest

from agents.errors import BadInput
from apps.room.csv_export import to_csv
from apps.room.periods import period
from tests.apps.room.conftest import Room
from tests.desk import Desk


def test_conversations_are_found_by_words_state_decision_and_confidence(
    desk: Desk, open_room: Callable[..., Room]
) -> None:
    engraving = desk.session.ask("Can you engrave my name on a tin?").conversation
    desk.session.ask("Thank you!")
    vera = open_room("vera")

    def found(**search: object) -> list[str]:
        return [each["id"] for each in vera.get("conversations", **search).json()["conversations"]]

    assert len(found()) == 2
    assert found(text="engrave") == [engraving]
    assert found(decision="escalate", below=50) == [engraving]
    assert found(state="waiting") == [engraving]
    assert found(vote="down") == []
    assert found(first="2020-01-01", last="2020-01-02") == []


@pytest.mark.parametrize("search", [{"below": 0}, {"state": "x"}, {"first": "yesterday"}, {"offset": -1}])
def test_a_search_that_cannot_be_is_refused_with_the_field(
    open_room: Callable[..., Room], search: dict[str, object]
) -> None:
    refused = open_room("vera").get("conversations", **search)
    assert refused.status_code == 400
    assert next(iter(search)) in refused.json()["error"]


def test_figures_come_for_days_of_the_teams_zone(desk: Desk, open_room: Callable[..., Room]) -> None:
    desk.session.ask("Can you engrave my name on a tin?")
    figures = open_room("vera").get("figures").json()
    assert (figures["asked"], figures["escalated"]) == (1, 1)
    assert figures["days"][-1]["asked"] == 1
    assert open_room("vera").get("figures", first="2026-02-01", last="2026-01-01").status_code == 400


def test_an_export_is_a_table_and_is_recorded(desk: Desk, open_room: Callable[..., Room]) -> None:
    desk.session.ask("=HYPERLINK(1) engrave it, please?")
    boss = open_room("boss")
    response = boss.get("figures.csv")
    assert response.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert rows[-1]["asked"] == "1"
    listed = boss.get("conversations.csv").text
    assert "'=HYPERLINK(1)" in listed
    assert [line.what for line in desk.session.team.audit()[:2]] == ["export", "export"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    rows = list(csv.reader(io.StringIO(to_csv(["a"], [[text]]).removeprefix("\ufeff"), newline="")))
    assert rows[1] == [f"'{text}"]


def test_a_number_below_zero_stays_a_number() -> None:
    assert to_csv(["a"], [[-1.5, None]]).splitlines()[1] == "-1.5,"


def test_a_day_begins_and_ends_with_the_zone_also_when_the_clock_changes() -> None:
    since, until = period(date(2026, 3, 8), date(2026, 3, 8), "America/Denver")
    assert (until.timestamp() - since.timestamp()) == 23 * 3600
    with pytest.raises(BadInput):
        period(date(2020, 1, 1), date(2026, 1, 1), "America/Denver")
