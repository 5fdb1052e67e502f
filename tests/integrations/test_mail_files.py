"""E-mail as files."""

from __future__ import annotations

import email
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.policy import default
from pathlib import Path

import pytest

from agents.campaigns.mailing import Sent
from agents.campaigns.mime import write_mime
from agents.effects import Email
from agents.errors import BadInput, Permanent, Transient
from integrations.mail_files import CampaignFiles, MailFiles, file_name
from tests.campaign_mail import message

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def mail(key: str = "email:1:abc", to: str = "jane@example.com", subject: str = "Your question") -> Email:
    return Email(key=key, to=to, subject=subject, body="Grüße,\nwe can.\n", at=AT)


def only(folder: Path) -> Path:
    [file] = folder.iterdir()
    return file


def test_a_message_is_written_as_any_mail_program_reads_it(tmp_path: Path) -> None:
    MailFiles(tmp_path / "outbox", "Two Peaks <help@shop.example>").send(mail())
    file = only(tmp_path / "outbox")
    assert file.suffix == ".eml"
    message = email.message_from_bytes(file.read_bytes(), policy=default)
    assert message["To"] == "jane@example.com"
    assert message["From"] == "Two Peaks <help@shop.example>"
    assert message["Subject"] == "Your question"
    assert message["Message-ID"].endswith("@shop.example>")
    assert message["Date"].datetime == AT
    assert message.get_content().splitlines() == ["Grüße,", "we can."]


def test_a_second_delivery_writes_the_same_file(tmp_path: Path) -> None:
    mailer = MailFiles(tmp_path)
    mailer.send(mail())
    first = only(tmp_path).read_bytes()
    mailer.send(mail())
    assert only(tmp_path).read_bytes() == first


def test_different_keys_have_different_files() -> None:
    keys = ["email:1", "email-1", "email/1", "EMAIL:1", "é", "..", "", "a" * 200, "a" * 200 + "b:"]
    names = [file_name(key) for key in keys]
    assert len({name.lower() for name in names}) == len(keys)
    assert all("/" not in name and not name.startswith(".") and len(name) < 250 for name in names)


@pytest.mark.parametrize(
    "to",
    ["jane@example.com\nBcc: all@example.com", "a@x.example, b@y.example", "no address", "", "<a@x.example>"],
)
def test_an_address_that_is_none_or_many_is_never_written_to(tmp_path: Path, to: str) -> None:
    with pytest.raises(Permanent):
        MailFiles(tmp_path).send(mail(to=to))
    assert list(tmp_path.iterdir()) == []


def test_a_subject_cannot_add_a_header(tmp_path: Path) -> None:
    MailFiles(tmp_path).send(mail(subject="Hello\r\nBcc: all@example.com"))
    message = email.message_from_bytes(only(tmp_path).read_bytes(), policy=default)
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello Bcc: all@example.com"


def test_an_address_in_another_script_is_written_so_that_servers_take_it(tmp_path: Path) -> None:
    MailFiles(tmp_path).send(mail(to="jane@bücher.example"))
    assert b"jane@xn--bcher-kva.example" in only(tmp_path).read_bytes()


@pytest.mark.parametrize("sender", ["nobody", "a b c", "x@y\nBcc: z@example.com"])
def test_a_sender_that_is_none_says_what_to_write(tmp_path: Path, sender: str) -> None:
    with pytest.raises(BadInput, match="GTM_MAIL_FROM"):
        MailFiles(tmp_path, sender)


def test_a_folder_that_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file")
    with pytest.raises(Transient):
        MailFiles(tmp_path / "outbox").send(mail())


def test_a_message_that_could_not_be_written_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / file_name(mail().key)
    target.mkdir()
    (target / "in the way").write_text("")
    with pytest.raises(Transient):
        MailFiles(tmp_path).send(mail())
    assert os.listdir(tmp_path) == [target.name]  # noqa: PTH208


def test_a_campaign_has_a_folder_with_one_file_a_message(tmp_path: Path) -> None:
    mailer = CampaignFiles(tmp_path)
    mailer.check()
    sent = message()
    first = mailer.send(sent, sent.key)
    content = only(tmp_path / "c-1").read_bytes()
    assert mailer.send(sent, sent.key) == first == Sent(reference=only(tmp_path / "c-1").name)
    assert only(tmp_path / "c-1").read_bytes() == content == write_mime(sent, sent.key)
    mailer.send(message("john@mail.example"), message("john@mail.example").key)
    mailer.send(message(campaign="c-2"), message(campaign="c-2").key)
    assert len(list(tmp_path.rglob("*.eml"))) == 3
    assert (mailer.repeatable, mailer.reaches_people) == (True, False)
    assert "nothing is sent" in mailer.describe()


def test_many_at_once_write_one_whole_file(tmp_path: Path) -> None:
    mailer, sent = CampaignFiles(tmp_path), message()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: mailer.send(sent, sent.key), range(40)))
    assert only(tmp_path / "c-1").read_bytes() == write_mime(sent, sent.key)


def test_a_campaign_whose_folder_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "campaigns").write_text("a file")
    with pytest.raises(Transient, match="cannot be written"):
        CampaignFiles(tmp_path / "campaigns").send(message(), message().key)
