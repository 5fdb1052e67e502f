"""`gtm eval support --mode model`: a scripted model words the answers to the sample questions."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from agents.policy import SHIPPED
from integrations import connect, open_calibration
from integrations.settings import Settings
from tests.jobs.test_evaluation import SAMPLE, evaluate, lines_of, take, tiny
from tests.model_server import ModelServer, Turn, model_server

ROWS = 60


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    with model_server() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "key")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        yield server


def eager(folder: Path) -> Path:
    """The shipped policy, but the desk answers nearly everything, so that a model is heard on it."""
    shutil.copytree(SHIPPED, folder)
    policy = yaml.safe_load((folder / "support.yaml").read_text("utf-8"))
    policy["thresholds"] = {"answer": 0.02, "clarify": 0.01}
    (folder / "support.yaml").write_text(yaml.safe_dump(policy, allow_unicode=True), "utf-8")
    return folder


def knows_what_is_answerable(body: dict[str, Any]) -> Turn:
    """A model that copies a sentence of the first source, and says truly whether the documents answer."""
    prompt = body["messages"][1]["content"]
    if body["response_format"]["json_schema"]["name"] == "SupportQuery":
        return Turn(value={"query": prompt.rsplit("\n", 1)[-1].strip()})
    rows = map(json.loads, (SAMPLE / "questions.jsonl").read_text("utf-8").splitlines())
    asked = prompt.rsplit("The customer's question:\n", 1)[-1].strip()
    sufficient = any(row["answerable"] and row["question"].strip() == asked for row in rows)
    source = prompt.split("[2]")[0].split("\n\n", 1)[1]
    [sentence, *_] = re.findall(r"[A-Z][^.|*#\n]{30,200}\.(?=\s|$)", source) or [""]
    return Turn(value={"sufficient": sufficient, "quotes": [sentence], "answer": sentence})


def test_a_models_answers_are_judged_and_fitted_apart(
    tmp_path: Path, models_folder: Path, models: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.say(knows_what_is_answerable)
    monkeypatch.setenv("GTM_POLICIES", str(eager(tmp_path / "policies")))
    home, out = tmp_path / "home", tmp_path / "out.jsonl"
    part = take(SAMPLE, tmp_path / "part", ROWS)
    result = evaluate(home, models_folder, part, "--out", out, "--mode", "model", "--fit", "--json")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    modes = [line["mode"] for line in lines_of(out)]
    assert figures["mode"] == "model"
    assert 30 < figures["worded"] == modes.count("model") < ROWS
    assert Path(figures["fit"]["saved"]) == home / "calibration-model.json"
    settings = Settings(home=home)
    fitted = open_calibration(settings, "model")
    assert (fitted.mode, fitted.fitted_on) == ("model", f"{figures['worded']} questions of part")
    assert fitted.weights[fitted.features.index("sufficient")] > 0
    assert open_calibration(settings).fitted_on != fitted.fitted_on  # the offline confidence stays as it was


def test_what_the_models_cost_stands_in_the_ledger_of_the_home(
    tmp_path: Path, models_folder: Path, models: ModelServer
) -> None:
    models.say(Turn(value={"sufficient": False, "quotes": [], "answer": ""}))
    home, out = tmp_path / "home", tmp_path / "out.jsonl"
    result = evaluate(home, models_folder, tiny(tmp_path / "part"), "--out", out, "--mode", "model", "--json")
    assert result.exit_code == 0, result.output
    heard = [line for line in lines_of(out) if line["mode"] == "model"]
    assert [line["decision"] for line in heard] == ["clarify"] * len(heard)
    services = connect(Settings(home=home))
    try:
        calls = services.open_models().calls(services.now().replace(hour=0, minute=0))
    finally:
        services.close()
    assert len(calls) == len(heard) > 0


@pytest.mark.parametrize(("mode", "said"), [("model", "OPENAI_API_KEY"), ("modle", "did you mean model")])
def test_a_mode_that_cannot_be_had_is_bad_input(
    mode: str, said: str, tmp_path: Path, models_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    part = tiny(tmp_path / "part")
    result = evaluate(tmp_path / "home", models_folder, part, "--out", tmp_path / "out.jsonl", "--mode", mode)
    assert result.exit_code == 2
    assert said in result.stderr
