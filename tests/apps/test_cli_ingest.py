"""What `gtm ingest` does beside filling the index."""

from __future__ import annotations

import shutil
from pathlib import Path

from agents.domain import Decision
from agents.session import Session
from apps.cli_ingest import run_ingest
from apps.ingesting import calibrate
from integrations import connect, open_calibration
from integrations.settings import Settings
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


def test_an_index_that_is_begun_afresh_holds_what_the_team_has_answered(
    tmp_path: Path, models_folder: Path
) -> None:
    settings = Settings(home=tmp_path / "home", models=models_folder, database_url=None, policies=None)
    (tmp_path / "one.md").write_text("# One\n\nOnly this.\n")
    session = Session(connect(settings))
    reply = session.ask("Can you engrave a name on the tin?", visitor="v")
    assert reply.review is not None
    session.decide(reply.review, Decision(verb="reply", text="Yes, we can.", by="Maria"))
    session.learning.propose(reply.review)
    entry = session.learning.proposals()[0].entry
    session.learning.accept(entry.id, entry.question, entry.answer, by="Maria", origin="shell")

    run_ingest(settings, [tmp_path / "one.md"], as_json=True)
    assert session.status().documents == 2
    session.close()
    shutil.rmtree(settings.index_folder)
    run_ingest(settings, [tmp_path / "one.md"], as_json=True)
    session = Session(connect(settings))
    citations = session.rehearse("Can you engrave a name on the tin?").draft.citations
    assert citations[0].quote == "Yes, we can."
    session.close()
