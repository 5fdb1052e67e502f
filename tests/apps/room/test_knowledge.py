"""What the room does with entries, gaps and documents."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from agents.domain import Decision
from apps.ingesting import ingest_documents, usual_paths
from apps.room.access import CHECK_HEADER
from apps.room.uploads import keep_upload
from ingest.documents import MAX_FILE_BYTES
from tests.apps.conftest import wait_until
from tests.apps.room.conftest import Answer, Room
from tests.desk import RETURNS, Desk, write_documents

ENGRAVE = "Can you engrave a name on a tin?"
YES = "Yes, we engrave up to twelve letters on any metal tin within three days."


def propose(desk: Desk) -> int:
    """A person answers, and the answer is proposed."""
    review = str(desk.session.ask(ENGRAVE).review)
    desk.session.decide(review, Decision(verb="edit", text=YES, by="Anna Lee"))
    assert desk.session.learning.propose(review)
    return desk.session.learning.proposals()[0].entry.id


def upload(room: Room, name: str, content: bytes) -> Answer:
    headers = {CHECK_HEADER: room.check, "sec-fetch-site": "same-origin"}
    return room.client.put(f"/room/api/documents/{name}", content=content, headers=headers)


def test_an_accepted_proposal_is_an_entry_and_a_withdrawn_one_is_none(
    desk: Desk, open_room: Callable[..., Room]
) -> None:
    entry = propose(desk)
    anna = open_room("anna")
    shown = anna.get("knowledge/proposals").json()["proposals"][0]
    assert (shown["question"], shown["answer"]) == (ENGRAVE, YES)
    done = anna.post(f"knowledge/entries/{entry}/accept", question=ENGRAVE, answer=YES).json()
    assert (done["entry"]["status"], done["entry"]["by"]) == ("accepted", "Anna Lee")
    assert anna.get("knowledge/proposals").json()["proposals"] == []
    assert [each["id"] for each in anna.get("knowledge/entries").json()["entries"]] == [entry]
    assert anna.post(f"knowledge/entries/{entry}/withdraw").json()["entry"]["status"] == "withdrawn"
    assert anna.post(f"knowledge/entries/{entry}/restore").json()["entry"]["status"] == "accepted"


def test_a_dismissed_proposal_comes_back(desk: Desk, open_room: Callable[..., Room]) -> None:
    entry = propose(desk)
    anna = open_room("anna")
    assert anna.post(f"knowledge/entries/{entry}/dismiss").json()["status"] == "dismissed"
    assert anna.get("knowledge/proposals").json()["proposals"] == []
    assert anna.post(f"knowledge/entries/{entry}/restore").status_code == 200
    assert len(anna.get("knowledge/proposals").json()["proposals"]) == 1


def test_personal_parts_are_named_until_somebody_confirms_them(
    desk: Desk, open_room: Callable[..., Room]
) -> None:
    entry = propose(desk)
    anna = open_room("anna")
    words = {"question": ENGRAVE, "answer": f"{YES} Write to engraver@home.example."}
    refused = anna.post(f"knowledge/entries/{entry}/accept", **words)
    assert refused.status_code == 400
    assert refused.json()["parts"] == ["engraver@home.example"]
    confirmed = {**words, "not_personal": refused.json()["parts"]}
    assert anna.post(f"knowledge/entries/{entry}/accept", **confirmed).status_code == 200


def test_a_viewer_changes_no_knowledge_and_an_agent_no_documents(
    desk: Desk, open_room: Callable[..., Room]
) -> None:
    entry = propose(desk)
    viewer, agent = open_room("vera"), open_room("anna")
    for verb in ("accept", "edit", "dismiss", "withdraw", "restore"):
        assert viewer.post(f"knowledge/entries/{entry}/{verb}", question="q", answer="a").status_code == 403
    assert upload(agent, "new.md", b"# New\n\nWords.").status_code == 403
    assert agent.post("ingest").status_code == 403
    assert agent.post("documents/returns.md/remove").status_code == 403
    assert agent.get("knowledge/entries.md").status_code == 403
    assert viewer.get("documents").status_code == 200


def test_what_nobody_could_answer_is_grouped(desk: Desk, open_room: Callable[..., Room]) -> None:
    for question in ("Do you sell oat milk?", "Is there oat milk for sale?"):
        desk.session.ask(question)
    gaps = open_room("vera").get("knowledge/gaps").json()["gaps"]
    assert sum(gap["questions"] for gap in gaps) == 2
    assert gaps[0]["examples"]


def test_documents_are_listed_with_their_last_ingest(open_room: Callable[..., Room]) -> None:
    listed = open_room("vera").get("documents").json()
    assert [each["name"] for each in listed["documents"]] == ["returns.md", "shipping.md"]
    assert listed["state"] == "ok"
    assert listed["last_ingest"]


def test_an_ingest_in_the_background_takes_in_what_changed_and_tells_what_it_did(
    desk: Desk, open_room: Callable[..., Room], tmp_path: Path
) -> None:
    documents = tmp_path / "documents"
    ingest_documents(desk.settings, [documents], desk.session.embedder())
    boss = open_room("boss")
    (documents / "returns.md").write_text(RETURNS.replace("30 days", "60 days"), "utf-8")
    (documents / "broken.pdf").write_bytes(b"not a pdf")
    assert boss.post("ingest").status_code == 200
    wait_until(lambda: not boss.get("ingest").json()["ingest"]["running"])
    ended = boss.get("ingest").json()["ingest"]
    assert ended["error"] is None
    assert (ended["report"]["changed"], ended["report"]["unchanged"]) == (1, 1)
    assert "broken.pdf" in ended["report"]["failed"][0]["path"]
    assert ended["by"] == "Bo Ssman"


def test_an_uploaded_document_is_taken_in_and_stays_through_the_next_ingest(
    desk: Desk, open_room: Callable[..., Room], tmp_path: Path
) -> None:
    ingest_documents(desk.settings, [tmp_path / "documents"], desk.session.embedder())
    boss = open_room("boss")
    assert upload(boss, "gift cards.md", b"# Gift cards\n\nA gift card never expires.\n").status_code == 200
    wait_until(lambda: not boss.get("ingest").json()["ingest"]["running"])
    listed = boss.get("documents").json()["documents"]
    assert [each["name"] for each in listed if each["uploaded"]] == ["gift cards.md"]
    ingest_documents(desk.settings, [tmp_path / "documents"], desk.session.embedder())
    assert desk.session.document("gift cards.md") is not None
    boss.post("documents/gift cards.md/remove")
    wait_until(lambda: not boss.get("ingest").json()["ingest"]["running"])
    assert desk.session.document("gift cards.md") is None


@pytest.mark.parametrize(
    "name",
    [
        "..%2fx.md",
        "%2e%2e%5cx.md",
        ".hidden.md",
        "a%00.md",
        "con%0a.md",
        "x.exe",
        "x",
        "x.md.",
        "-rf.md",
        "a" * 130 + ".md",
    ],
)
def test_a_hostile_name_is_refused(desk: Desk, open_room: Callable[..., Room], name: str) -> None:
    refused = upload(open_room("boss"), name, b"# Words")
    assert refused.status_code in (400, 404, 405)
    assert not list(desk.home.rglob("x.md"))
    assert not desk.settings.uploads.exists()


def archive(member: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        made.writestr("[Content_Types].xml", "<x/>")
        made.writestr(member, "x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"<html>"),
        ("a.docx", b"PK\x03\x04 broken"),
        ("a.docx", archive("xl/workbook.xml")),
        ("a.xlsx", archive("word/document.xml")),
        ("a.md", b"\x00\x01\x02\x03"),
        ("a.txt", b"\x7fELF\x01\x01\x02\x03\x04\x05"),
        ("a.html", b""),
    ],
)
def test_a_content_that_is_not_what_its_name_says_is_refused(
    open_room: Callable[..., Room], name: str, content: bytes
) -> None:
    refused = upload(open_room("boss"), name, content)
    assert refused.status_code == 400
    assert "file" in refused.json()["error"]


def test_a_document_that_is_too_large_is_refused(open_room: Callable[..., Room]) -> None:
    assert upload(open_room("boss"), "a.md", b"x" * (MAX_FILE_BYTES + 1)).status_code in (400, 413)
    assert upload(open_room("boss"), "a.md", b"x" * (MAX_FILE_BYTES + 2)).status_code == 413


def test_an_upload_replaces_the_one_of_the_same_name_whole(tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    keep_upload(folder, "a.md", b"# One")
    keep_upload(folder, "a.md", b"# Two")
    assert [each.name for each in folder.iterdir()] == ["a.md"]
    assert (folder / "a.md").read_bytes() == b"# Two"


def test_a_folder_that_is_gone_stops_an_ingest_instead_of_emptying_the_index(
    desk: Desk, open_room: Callable[..., Room], tmp_path: Path
) -> None:
    documents = write_documents(tmp_path / "elsewhere")
    ingest_documents(desk.settings, [documents], desk.session.embedder())
    assert usual_paths(desk.settings) == [documents]
    for file in documents.iterdir():
        file.unlink()
    documents.rmdir()
    refused = open_room("boss").post("ingest")
    assert refused.status_code == 400
    assert "not there any more" in refused.json()["error"]
    assert desk.session.document("returns.md") is not None


def test_the_setting_for_documents_goes_before_what_was_ingested_last(desk: Desk, tmp_path: Path) -> None:
    one, other = write_documents(tmp_path / "one"), write_documents(tmp_path / "other")
    ingest_documents(desk.settings, [one], desk.session.embedder())
    assert usual_paths(desk.settings) == [one]
    set_to = desk.settings.model_copy(update={"documents": f"{one}{os.pathsep}{other}"})
    assert usual_paths(set_to) == [one, other]


def test_without_any_documents_an_ingest_says_how_to_begin(
    desk: Desk, open_room: Callable[..., Room]
) -> None:
    refused = open_room("boss").post("ingest")
    assert refused.status_code == 400
    assert "gtm ingest PATH" in refused.json()["error"]
