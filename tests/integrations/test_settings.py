"""What the environment may say, and what happens to a typing error in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from agents.errors import BadInput
from integrations.settings import PREFIX, Settings, load_settings, misspelled


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_everything_has_a_default_under_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings()
    assert settings.home == tmp_path / "var"
    assert settings.database == f"sqlite:///{tmp_path}/var/gtm.sqlite3"
    for path in (settings.models_folder, settings.index_folder, settings.checkpoints, settings.calibration):
        assert path.is_relative_to(settings.home)


def test_the_environment_is_read_and_the_option_beats_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GTM_HOME", str(tmp_path / "a"))
    monkeypatch.setenv("GTM_PORT", "9000")
    assert load_settings().home == tmp_path / "a"
    assert load_settings().port == 9000
    assert load_settings(tmp_path / "b").home == tmp_path / "b"


def test_a_value_of_the_wrong_form_is_named_with_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GTM_PORT", "soon")
    with pytest.raises(BadInput, match="GTM_PORT is set to 'soon'"):
        load_settings()


def test_a_misspelled_variable_is_warned_of_with_the_nearest_one() -> None:
    [warning] = misspelled({"GTM_CHROMA_URI": "http://x", "GTM_HOME": "var", "OTHER": "1"})
    assert "GTM_CHROMA_URI" in warning
    assert "did you mean GTM_CHROMA_URL?" in warning


def test_a_variable_like_no_other_is_warned_of_with_all_known_ones() -> None:
    [warning] = misspelled({"GTM_ZZZZZZ": "1"})
    assert "GTM_HOME" in warning


def test_loading_warns_of_a_misspelled_variable(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("GTM_HOMEE", "x")
    load_settings()
    assert "did you mean GTM_HOME?" in caplog.text


def test_another_process_has_the_very_same_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-unset-since")
    monkeypatch.setenv("GTM_HOST", "0.0.0.0")
    settings = Settings(
        home=tmp_path, openai_api_key=SecretStr("key"), slack_bot_token=None, host="127.0.0.1", answerers=3
    )
    environment = settings.environment()
    for name in set(os.environ) - set(environment):
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert load_settings() == settings
    assert misspelled(environment) == []
