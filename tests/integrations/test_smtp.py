"""E-mail by SMTP to a real server: what is sent, and which refusals are worth another attempt."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agents.effects import Email
from agents.errors import BadInput, Permanent, Transient
from integrations.smtp import Server, SmtpMailer
from tests.mail_server import MailServer, free_port, mail_server, own_certificate

SENDER = "Two Peaks <help@shop.example>"
MAIL = Email(
    key="email:1:abc",
    to="jane@example.com",
    subject="Your question",
    body="Hello,\n.\nüber all that.\n",
    at=datetime(2026, 11, 20, 12, tzinfo=UTC),
)


def mailer(server: MailServer | int, user: str = "") -> SmtpMailer:
    port = server if isinstance(server, int) else server.port
    return SmtpMailer(f"smtp://{user}127.0.0.1:{port}", SENDER, timeout=2)


def test_a_message_arrives_as_it_was_written() -> None:
    with mail_server() as server:
        mailer(server).check()
        mailer(server).send(MAIL)
    [message] = server.messages
    assert server.recipients == [["jane@example.com"]]
    assert (message["To"], message["From"]) == ("jane@example.com", SENDER)
    assert message.get_content().splitlines() == ["Hello,", ".", "über all that."]


def test_the_same_key_gives_the_same_message_id() -> None:
    with mail_server() as server:
        for key in ("email:1:abc", "email:1:abc", "email:2:abc"):
            mailer(server).send(MAIL.model_copy(update={"key": key}))
    first, second, other = (message["Message-ID"] for message in server.messages)
    assert first == second != other


def test_starttls_is_used_where_the_server_is_who_it_says_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, certificate = own_certificate(tmp_path)
    with mail_server(tls=context) as server:
        with pytest.raises(Transient, match="certificate"):
            mailer(server).send(MAIL)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        mailer(server).send(MAIL)
        assert len(server.messages) == 1


def test_a_password_is_never_sent_in_the_clear_over_the_network() -> None:
    with mail_server() as server, pytest.raises(Transient, match="in the clear"):
        SmtpMailer(f"smtp://anna:secret@127.1:{server.port}", SENDER, timeout=2).check()


def test_a_password_with_signs_is_sent_as_it_is() -> None:
    with mail_server(password="p@ss:w/ord%") as server:
        mailer(server, user="anna:p%40ss%3Aw%2Ford%25@").send(MAIL)
        assert server.signed_in == [b"anna"]


def test_a_wrong_password_is_no_fault_of_the_message() -> None:
    with mail_server(password="right") as server, pytest.raises(Transient, match="cannot be used"):
        mailer(server, user="anna:wrong@").send(MAIL)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("450 4.2.0 Greylisted", Transient),
        ("421 Too busy", Transient),
        ("452 Disk full", Transient),
        ("550 5.1.1 No such user", Permanent),
        ("554 5.7.1 Spam", Permanent),
    ],
)
@pytest.mark.parametrize("at", ["refusing", "refusing_recipients"])
def test_a_refusal_is_worth_another_attempt_by_its_code(answer: str, kind: type[Exception], at: str) -> None:
    with mail_server() as server:
        setattr(server, at, answer)
        with pytest.raises(kind, match=answer[:3]):
            mailer(server).send(MAIL)
    assert server.messages == []


def test_a_server_that_is_away_or_silent_is_tried_again() -> None:
    with pytest.raises(Transient, match="cannot be used"):
        mailer(free_port()).send(MAIL)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Transient, match="cannot be used"):
        mailer(int(silent.getsockname()[1])).check()


def test_an_address_that_no_server_is_told() -> None:
    with mail_server() as server, pytest.raises(Permanent):
        mailer(server).send(MAIL.model_copy(update={"to": "jane@example.com> RCPT TO:<all@example.com"}))
    assert server.recipients == []


@pytest.mark.parametrize(
    "url", ["", "mail.example", "http://x", "smtp://", "smtp://host:port", "smtp://[::1"]
)
def test_a_url_of_another_form_says_what_to_write(url: str) -> None:
    with pytest.raises(BadInput, match="GTM_SMTP_URL"):
        SmtpMailer(url, SENDER)


def test_a_server_needs_a_sender() -> None:
    with pytest.raises(BadInput, match="GTM_MAIL_FROM"):
        SmtpMailer("smtp://localhost", None)


def test_ports_follow_the_protocol() -> None:
    assert Server.parse("smtp://mail.example").port == 587
    assert Server.parse("smtps://mail.example").port == 465
    assert Server.parse("smtps://anna@mail.example:2465").port == 2465


def test_a_description_shows_no_password() -> None:
    described = SmtpMailer("smtp://anna:secret@mail.example", SENDER).describe()
    assert described == "mail.example:587, from help@shop.example"
