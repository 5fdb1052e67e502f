"""Messages by SendGrid's Web API, to a server that answers as told."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from agents.campaigns.mailing import Refused, Sent
from agents.errors import Ambiguous, DeskError, MailerClosed, Throttled, Transient
from integrations.sendgrid.mailer import SendGridMailer
from tests.campaign_mail import message
from tests.mail_server import free_port
from tests.sendgrid_server import KEY, Says, SendGridServer, sendgrid_server

NOW = 1_800_000_000.0
MAIL = message()


@pytest.fixture(scope="module")
def running() -> Iterator[SendGridServer]:
    with sendgrid_server() as server:
        yield server


@pytest.fixture
def server(running: SendGridServer) -> SendGridServer:
    running.next.clear()
    running.taken.clear()
    running.asked = 0
    return running


def mailer(server: SendGridServer, key: str = KEY, *, sandbox: bool = False) -> SendGridMailer:
    return SendGridMailer(key, server.url, sandbox=sandbox, timeout=0.5, clock=lambda: NOW)


def test_a_message_is_handed_over_with_all_that_inboxes_and_outcomes_need(server: SendGridServer) -> None:
    mailer(server).check()
    assert mailer(server).send(MAIL, MAIL.key) == Sent(reference="m1")
    [taken] = server.taken
    [to] = taken["personalizations"]
    assert to["to"] == [{"email": "jane@mail.example", "name": "Jane Doe"}]
    assert to["custom_args"] == {"campaign": "c-1", "contact": MAIL.contact, "arm": "a", "key": MAIL.key}
    assert taken["headers"]["List-Unsubscribe"] == f"<{MAIL.unsubscribe_url}>"
    assert taken["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert taken["content"][0] == {"type": "text/plain", "value": MAIL.text}
    assert taken["content"][1] == {"type": "text/html", "value": MAIL.html}
    assert taken["tracking_settings"]["click_tracking"]["enable"] is False
    assert taken["mail_settings"]["sandbox_mode"] == {"enable": False}


def test_the_sandbox_delivers_to_nobody(server: SendGridServer) -> None:
    server.next.append(Says(200))
    sandbox = mailer(server, sandbox=True)
    assert isinstance(sandbox.send(MAIL, MAIL.key), Sent)
    assert server.taken[0]["mail_settings"]["sandbox_mode"] == {"enable": True}
    assert not sandbox.reaches_people
    assert "nobody" in sandbox.describe()


@pytest.mark.parametrize(
    ("says", "raised", "words"),
    [
        (Says(401), MailerClosed, "key"),
        (Says(403, errors=({"message": "The from address does not match"},)), MailerClosed, "from address"),
        (Says(404), MailerClosed, "404"),
        (Says(400, errors=({"message": "bad", "field": "from.email"},)), MailerClosed, "bad"),
        (Says(503), Throttled, "503"),
        (Says(500), Ambiguous, "cannot be told"),
        (Says(502), Ambiguous, "cannot be told"),
        (Says(202, ending="silent"), Ambiguous, "did not answer"),
        (Says(202, ending="drops"), Ambiguous, "did not answer"),
    ],
)
def test_what_it_answers_decides_whether_to_wait_to_stop_or_to_ask_people(
    server: SendGridServer, says: Says, raised: type[DeskError], words: str
) -> None:
    server.next.append(says)
    with pytest.raises(raised, match=words) as error:
        mailer(server).send(MAIL, MAIL.key)
    assert type(error.value) is raised
    assert server.asked == 1


@pytest.mark.parametrize(("reset", "rest"), [(str(int(NOW) + 42), 42), ("1", 1), ("soon", 60), (None, 60)])
def test_too_many_requests_says_when_to_come_again(
    server: SendGridServer, reset: str | None, rest: float
) -> None:
    server.next.append(Says(429, {"X-RateLimit-Reset": reset} if reset else {}))
    with pytest.raises(Throttled) as error:
        mailer(server).send(MAIL, MAIL.key)
    assert error.value.retry_after == rest


@pytest.mark.parametrize(
    ("where", "about"),
    [("personalizations.0.to.0.email", "address"), ("content.1.value", "message"), (None, "message")],
)
def test_a_refused_message_is_final_for_its_recipient_alone(
    server: SendGridServer, where: str | None, about: str
) -> None:
    server.next.append(Says(400, errors=({"message": "Does not contain a valid address.", "field": where},)))
    assert mailer(server).send(MAIL, MAIL.key) == Refused(
        reason="Does not contain a valid address.", about=about
    )
    assert isinstance(mailer(server).send(MAIL, MAIL.key), Sent)


def test_a_key_revoked_in_the_middle_stops_before_anything_is_sent(server: SendGridServer) -> None:
    for ask in (
        mailer(server, "SG.revoked").check,
        lambda: mailer(server, "SG.revoked").send(MAIL, MAIL.key),
    ):
        with pytest.raises(MailerClosed, match="does not accept our key"):
            ask()
    assert server.taken == []


def test_a_key_that_may_not_send_is_found_before_the_first_message(server: SendGridServer) -> None:
    server.scopes = ["stats.read"]
    with pytest.raises(MailerClosed, match="Mail Send"):
        mailer(server).check()
    server.scopes = ["mail.send"]


def test_where_nobody_listens_nothing_was_sent() -> None:
    nowhere = SendGridMailer(KEY, f"http://127.0.0.1:{free_port()}", timeout=0.5)
    with pytest.raises(Transient, match="cannot be reached"):
        nowhere.send(MAIL, MAIL.key)


def test_a_name_that_is_no_name_is_left_out(server: SendGridServer) -> None:
    sent = message(to_name="x\r\nBcc: all@mail.example {{offer}}")
    mailer(server).send(sent, sent.key)
    assert server.taken[0]["personalizations"][0]["to"] == [{"email": "jane@mail.example"}]
    assert "\\n" not in json.dumps(server.taken[0]["headers"])
