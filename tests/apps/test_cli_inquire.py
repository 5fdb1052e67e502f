"""`gtm inquire` as a person or a script calls it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from apps.cli import app
from tests.business import settings_of


@pytest.fixture(scope="module")
def home(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    shutil.copy(sample_store, settings_of(home).analytics_file)
    return home


def gtm(home: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["--home", str(home), "inquire", *arguments])
    return done.exit_code, done.stdout


def test_an_answer_is_one_json_object_and_a_chart_is_a_picture(home: Path, tmp_path: Path) -> None:
    chart = tmp_path / "chart.png"
    code, out = gtm(
        home, "and by channel?", "--after", "revenue in March 2026", "--chart", str(chart), "--json"
    )
    found = json.loads(out)
    assert (code, found["kind"], found["by"]) == (0, "number", "channel")
    assert found["period"]["start"] == "2026-03-01"
    assert sum(one["value"] for one in found["lines"]) == found["value"]
    assert chart.read_bytes().startswith(b"\x89PNG")


def test_a_person_reads_the_number_its_meaning_its_query_and_that_it_is_a_sample(home: Path) -> None:
    code, out = gtm(home, "net revenue in March 2026", "--query")
    said = " ".join(out.split())
    assert code == 0
    assert "Net revenue was $30,648 in March 2026" in said
    assert "Gross revenue less discounts and refunds" in said
    assert "sample data" in said
    assert "SELECT" in said


def test_a_chart_that_there_is_not_is_refused_with_what_to_do(home: Path, tmp_path: Path) -> None:
    code, out = gtm(home, "runway", "--chart", str(tmp_path / "chart.png"), "--json")
    assert code == 2
    assert "Leave --chart out" in json.loads(out)["error"]
