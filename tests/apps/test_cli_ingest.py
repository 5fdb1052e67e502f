"""What `gtm ingest` does beside filling the index."""

from __future__ import annotations

from pathlib import Path

from apps.cli_ingest import calibrate
from integrations import open_calibration
from knowledge_base.confidence import Calibration
from tests.desk import open_desk


def many_documents(folder: Path) -> Path:
    """Documents that are so alike that one can be mistaken for another."""
    folder.mkdir()
    for number in range(14):
        text = (
            f"# Parcel rules {number}\n\nA parcel of class {number} may weigh {number} kg and goes by road.\n"
        )
        (folder / f"d{number}.md").write_text(text)
    return folder


def test_documents_that_fool_the_confidence_lower_it(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "home", documents=[many_documents(tmp_path / "docs")])
    embedder = desk.services.open_embedder()
    too_sure = Calibration((), (), (), (), 5.0, fitted_on="elsewhere")
    calibrate(desk.settings, desk.services.open_index(embedder), embedder, too_sure)
    lowered = open_calibration(desk.settings)
    assert lowered.bias < too_sure.bias
    assert "elsewhere" in lowered.fitted_on
    desk.close()


def test_documents_that_do_not_fool_it_leave_the_given_confidence_in_force(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "home", documents=[many_documents(tmp_path / "docs")])
    Calibration((), (), (), (), 0.5, fitted_on="former documents").save(desk.settings.self_calibration)
    embedder = desk.services.open_embedder()
    calibrate(desk.settings, desk.services.open_index(embedder), embedder, Calibration((), (), (), (), -5.0))
    assert open_calibration(desk.settings) == Calibration.load()
    desk.close()


def test_too_few_documents_leave_the_shipped_confidence_in_force(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text("# One\n\nOnly this.\n")
    desk = open_desk(tmp_path / "home", documents=[tmp_path / "one.md"])
    Calibration((), (), (), (), 0.5).save(desk.settings.self_calibration)
    embedder = desk.services.open_embedder()
    calibrate(desk.settings, desk.services.open_index(embedder), embedder, Calibration.load())
    assert not desk.settings.self_calibration.exists()
    desk.close()


def test_a_fit_on_labelled_questions_is_not_replaced(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "home", documents=[many_documents(tmp_path / "docs")])
    Calibration((), (), (), (), 0.5, fitted_on="labels").save(desk.settings.calibration)
    embedder = desk.services.open_embedder()
    calibrate(desk.settings, desk.services.open_index(embedder), embedder, Calibration.load())
    assert open_calibration(desk.settings).fitted_on == "labels"
    assert not desk.settings.self_calibration.exists()
    desk.close()
