"""`gtm data` and `gtm weekly` as a user or a script calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from apps.cli import app

NAMES = {
    "gross_revenue",
    "net_revenue",
    "new_customers",
    "marketing_spend",
    "cac_blended",
    "cac_paid",
    "ltv_historic",
    "ltv_predicted",
    "ltv_cac",
    "roas",
    "mer",
    "gross_burn",
    "net_burn",
    "runway",
    "budget_variance",
    "pacing",
    "first_response_time",
    "nps_proxy",
}
FIELDS = [
    "period",
    "currency",
    "metrics",
    "segments",
    "churn",
    "cohorts",
    "forecast",
    "alerts",
    "sections",
    "errors",
]


def gtm(home: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["--home", str(home), *arguments])
    return done.exit_code, done.stdout


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("sample")
    code, out = gtm(home, "data", "sample", "--until", "2026-11-15", "--json")
    assert (code, json.loads(out)["customers"]) == (0, 1850)
    return home


def test_the_report_on_the_sample_has_every_part_and_says_that_it_is_one(sample: Path) -> None:
    code, out = gtm(sample, "weekly", "--as-of", "2026-11-18", "--json")
    report = json.loads(out)
    assert code == 0
    assert report["errors"] == []
    assert report["period"] == {"start": "2026-11-09", "end": "2026-11-15", "as_of": "2026-11-18"}
    assert [*FIELDS, "seconds"] == [name for name in report if name != "sample"]
    assert report["sample"] is True
    assert "sample data" in report["sections"]["summary"]["text"]
    metrics = {one["name"]: one for one in report["metrics"]}
    assert set(metrics) >= NAMES
    assert all(one["value"] is not None for name, one in metrics.items() if name in NAMES)
    assert {name: one["status"] for name, one in report["sections"].items()} == dict.fromkeys(
        ("summary", "finance", "marketing", "insights", "support"), "ok"
    )
    assert report["forecast"]["low"] < report["forecast"]["value"] < report["forecast"]["high"]
    assert 0 < report["forecast"]["coverage"] <= 1
    spend = next(one for one in report["alerts"] if one["name"] == "marketing_spend")
    assert spend["drivers"][0]["channel"] == "paid_social"
    assert "oat milk" in report["sections"]["support"]["text"]


def test_the_report_for_a_person_is_the_same_in_words_and_in_a_file(sample: Path, tmp_path: Path) -> None:
    file = tmp_path / "week.md"
    code, out = gtm(sample, "weekly", "--as-of", "2026-11-18", "--out", str(file))
    assert code == 0
    assert "Net revenue was $" in file.read_text("utf-8")
    assert "(sample data)" in out
    assert "Net revenue was $" in out
    assert not {"nan", "None", "inf", "Traceback"} & set(out.split())


def test_a_week_in_which_nothing_is_known_has_reasons_in_place_of_numbers(sample: Path) -> None:
    code, out = gtm(sample, "weekly", "--as-of", "2020-01-08", "--json")
    report = json.loads(out)
    assert code == 0
    unknown = [one for one in report["metrics"] if one["name"] not in ("break_even_mer", "support_volume")]
    assert all(one["value"] is None and one["reason"] and one["status"] == "unknown" for one in unknown)
    assert report["forecast"]["value"] is None
    assert report["churn"]["reason"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--as-of", "2999-01-01"), "lies in the future"),
        (("--as-of", "soon"), "Write it like"),
        (("--out", "week.docx"), "Choose one of .html, .pdf"),
        ((), "There are no business data yet"),
    ],
)
def test_what_cannot_be_reported_on_says_what_to_do(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    code, out = gtm(tmp_path / "home", "weekly", *arguments, "--json")
    assert code == 2
    assert said in json.loads(out)["error"]


def test_an_import_tells_a_script_what_it_did(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("order_id,date,price\n1,2026-01-05,10\n2,nonsense,10\n")
    code, out = gtm(tmp_path / "home", "data", "import", str(file), "--kind", "orders", "--json")
    told = json.loads(out)
    assert code == 0
    assert {name: told[name] for name in ("accepted", "rejected", "duplicates")} == {
        "accepted": 1,
        "rejected": 1,
        "duplicates": 0,
    }
    assert Path(told["rejected_file"]).is_file()
    code, out = gtm(tmp_path / "home", "data", "import", str(file), "--kind", "oders", "--json")
    assert (code, "Did you mean orders" in json.loads(out)["error"]) == (2, True)


def test_the_doctor_says_whether_there_are_data_to_report_on(sample: Path, tmp_path: Path) -> None:
    states = []
    for home in (tmp_path / "home", sample):
        parts = {part["name"]: part for part in json.loads(gtm(home, "doctor", "--json")[1])["parts"]}
        states.append((parts["business data"]["state"], parts["business data"]["detail"]))
    assert states == [("off", "nothing was imported"), ("ok", "a sample until 2026-11-15")]
