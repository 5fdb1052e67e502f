"""How the parts of a home are put together."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from agents.errors import BadInput, Permanent
from integrations import connect, connect_throw_away, open_calibration
from integrations.settings import Settings
from knowledge_base.confidence import Calibration


def settings_of(home: Path) -> Settings:
    return Settings(home=home, database_url=None, chroma_url=None, policies=None)


def test_connecting_makes_the_home_and_opens_nothing_heavy(tmp_path: Path) -> None:
    services = connect(settings_of(tmp_path / "a" / "home"))
    assert {path.name.split("-")[0] for path in (tmp_path / "a" / "home").iterdir()} == {"gtm.sqlite3"}
    services.close()


def test_a_home_that_is_a_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(BadInput, match="--home"):
        connect(settings_of(tmp_path / "home"))


def test_the_homes_own_fit_is_used_where_there_is_one(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    assert open_calibration(settings) == Calibration.load()
    Calibration((), (), (), (), 0.5, fitted_on="here").save(settings.calibration)
    assert open_calibration(settings).fitted_on == "here"


def test_a_fit_that_cannot_be_used_gives_way_to_the_shipped_one_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_of(tmp_path)
    settings.calibration.write_text("{}")
    with pytest.raises(Permanent, match=r"calibration\.json"):
        open_calibration(settings)
    services = connect(settings)
    with caplog.at_level(logging.WARNING):
        assert services.open_calibration() == Calibration.load()
    assert "calibration.json" in caplog.text
    services.close()


def test_a_throw_away_home_borrows_the_calibration_and_shares_no_state(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    settings.home.mkdir()
    Calibration((), (), (), (), 0.5, fitted_on="here").save(settings.calibration)
    services = connect_throw_away(settings, tmp_path / "passing")
    assert services.open_calibration().fitted_on == "here"
    services.log.begin(None)
    services.close()
    assert (tmp_path / "passing" / "gtm.sqlite3").exists()
    assert not (tmp_path / "home" / "gtm.sqlite3").exists()


def test_a_new_fit_is_noticed_without_a_restart(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    services = connect(settings)
    assert services.open_calibration() == Calibration.load()
    Calibration((), (), (), (), 0.5, fitted_on="documents").save(settings.self_calibration)
    assert services.open_calibration().fitted_on == "documents"
    Calibration((), (), (), (), 0.25, fitted_on="questions").save(settings.calibration)
    assert services.open_calibration().fitted_on == "questions"
    services.close()


def test_the_fit_on_a_models_words_lies_apart_and_is_not_taken_for_the_other(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    services = connect(settings)
    assert services.open_model_calibration() == Calibration.load(mode="model")
    Calibration((), (), (), (), 0.5, fitted_on="words", mode="model").save(settings.model_calibration)
    assert services.open_model_calibration().fitted_on == "words"
    assert services.open_calibration() == Calibration.load()
    services.close()
    settings.model_calibration.rename(settings.calibration)
    with pytest.raises(Permanent, match="not of mode offline"):
        open_calibration(settings)
