"""Campaigns by SMTP: until when a message may be tried again, and from when nobody can tell."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from agents.campaigns.mailing import Refused, Sent
from agents.errors import Ambiguous, BadInput, DeskError, MailerClosed, Throttled, Transient
from integrations.smtp import SmtpCampaigns
from tests.campaign_mail import message, part
from tests.mail_server import MailServer, free_port, mail_server

MAIL = message()
TO_THE_END = ("EHLO", "MAIL", "RCPT", "DATA", ".")


def mailer(server: MailServer | int, user: str = "") -> SmtpCampaigns:
    port = server if isinstance(server, int) else server.port
    return SmtpCampaigns(f"smtp://{user}127.0.0.1:{port}", timeout=2)


@contextlib.contextmanager
def server_that(answers: dict[str, str], *, drops_at: str = "", silent_at: str = "") -> Iterator[int]:
    """A server that says 250 but to the words in `answers`, and hangs up or falls silent after a word."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def talk() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 here\r\n")
            in_data = False
            for line in lines:
                word = "." if line == b".\r\n" else line.decode("utf-8", "replace")[:4].strip().upper()
                if in_data and word != ".":
                    continue
                in_data = word == "DATA" and "DATA" not in answers
                if word == drops_at:
                    return
                if word == silent_at:
                    over.wait()
                    return
                said = answers.get(word) or ("354 go on" if word == "DATA" else "250 fine")
                connection.sendall(f"{said}\r\n".encode())

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        over.set()
        thread.join(5)
        listener.close()


def test_messages_arrive_whole_over_one_connection() -> None:
    with mail_server() as server:
        sending = mailer(server)
        sending.check()
        for name in ("jane", "john", "joan"):
            sent = message(f"{name}@mail.example", first_name=f".{name}")
            assert isinstance(sending.send(sent, sent.key), Sent)
        sending.close()
        sending.close()
    assert [each["To"].addresses[0].addr_spec for each in server.messages] == [
        "jane@mail.example",
        "john@mail.example",
        "joan@mail.example",
    ]
    first = server.messages[0]
    assert part(first, "plain").replace("\r\n", "\n") == message(first_name=".jane").text
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert server.recipients == [["jane@mail.example"], ["john@mail.example"], ["joan@mail.example"]]


def test_threads_send_beside_each_other_and_nobody_has_two() -> None:
    names = [f"c{k}@mail.example" for k in range(40)]
    with mail_server() as server:
        sending = mailer(server)
        with ThreadPoolExecutor(8) as threads:
            results = list(threads.map(lambda name: sending.send(message(name), message(name).key), names))
        sending.close()
    assert all(isinstance(each, Sent) for each in results)
    assert sorted(to for [to] in server.recipients) == sorted(names)


def test_a_connection_that_the_server_gave_up_is_made_anew() -> None:
    port = free_port()
    with mail_server(port) as first:
        sending = mailer(first)
        sending.send(MAIL, MAIL.key)
    with pytest.raises(Transient, match="cannot be used"):
        sending.send(MAIL, MAIL.key)
    with mail_server(port) as second:
        assert isinstance(sending.send(MAIL, MAIL.key), Sent)
        sending.close()
        assert len(second.messages) == 1


@pytest.mark.parametrize("at", TO_THE_END[:-1])
def test_a_server_that_breaks_off_before_the_last_dot_has_sent_nothing(at: str) -> None:
    with server_that({}, drops_at=at) as port, pytest.raises(Transient) as error:
        mailer(port).send(MAIL, MAIL.key)
    assert not isinstance(error.value, Throttled)


@pytest.mark.parametrize("how", ["drops_at", "silent_at"])
def test_after_the_last_dot_nobody_can_tell(how: str) -> None:
    with server_that({}, **{how: "."}) as port, pytest.raises(Ambiguous, match="never said what became"):
        mailer(port).send(MAIL, MAIL.key)


@pytest.mark.parametrize(
    ("word", "answer", "raised"),
    [
        ("MAIL", "421 too busy", Throttled),
        ("RCPT", "450 4.2.0 greylisted", Transient),
        ("DATA", "451 try later", Transient),
        (".", "452 4.3.1 disk full", Transient),
        (".", "421 4.7.0 slow down", Throttled),
        (".", "what?", Ambiguous),
        (".", "354 more", Ambiguous),
        ("MAIL", "550 5.7.1 sender not allowed", MailerClosed),
        ("RCPT", "554 5.7.1 Relay access denied", MailerClosed),
        ("RCPT", "530 5.7.0 sign in first", MailerClosed),
        ("DATA", "554 no", MailerClosed),
    ],
)
def test_a_refusal_says_whether_to_wait_to_stop_or_to_ask_people(
    word: str, answer: str, raised: type[DeskError]
) -> None:
    with server_that({word: answer}) as port, pytest.raises(raised) as error:
        mailer(port).send(MAIL, MAIL.key)
    assert type(error.value) is raised


@pytest.mark.parametrize(
    ("word", "answer", "about"),
    [
        ("RCPT", "550 5.1.1 no such user", "address"),
        ("RCPT", "550 no such user", "address"),
        ("RCPT", "550 5.2.1 mailbox closed", "address"),
        ("RCPT", "550 5.7.1 we do not like you", "message"),
        (".", "550 5.1.1 no such user", "address"),
        (".", "554 5.7.1 looks like spam", "message"),
    ],
)
def test_a_refusal_for_good_says_whether_the_address_is_to_blame(word: str, answer: str, about: str) -> None:
    with server_that({word: answer}) as port:
        refused = mailer(port).send(MAIL, MAIL.key)
    assert isinstance(refused, Refused)
    assert (refused.about, answer[4:] in refused.reason) == (about, True)


def test_after_a_refusal_the_next_message_goes_over_the_same_connection() -> None:
    with mail_server() as server:
        sending = mailer(server)
        server.refusing_recipients = "550 5.1.1 no such user"
        assert isinstance(sending.send(MAIL, MAIL.key), Refused)
        server.refusing_recipients = None
        assert isinstance(sending.send(MAIL, MAIL.key), Sent)
        sending.close()
        assert len(server.messages) == 1


def test_a_password_that_is_refused_stops_the_campaign() -> None:
    with mail_server(password="right") as server:
        with pytest.raises(MailerClosed, match="does not let us in"):
            mailer(server, "anna:wrong@").check()
        with pytest.raises(MailerClosed, match="does not let us in"):
            mailer(server, "anna:wrong@").send(MAIL, MAIL.key)
    assert server.messages == []


def test_a_url_of_another_form_says_what_to_write() -> None:
    with pytest.raises(BadInput, match="GTM_SMTP_URL"):
        SmtpCampaigns("mail.example")
