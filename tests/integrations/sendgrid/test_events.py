"""SendGrid's event webhook: only its own calls are read, and its words become ours."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agents.errors import BadInput, Forbidden
from integrations.sendgrid.events import SendGridEvents
from tests.sendgrid_server import Signer

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
SIGNER = Signer()
EVENTS = SendGridEvents(SIGNER.public_key)
CONTACT = "0123456789abcdef01234567"


def told(**event: Any) -> dict[str, Any]:
    return {
        "email": "jane@mail.example",
        "timestamp": int(NOW.timestamp()) - 60,
        "event": "delivered",
        "sg_event_id": "e1",
        "campaign": "c-1",
        "contact": CONTACT,
        **event,
    }


def read(*events: dict[str, Any]) -> list[Any]:
    body = json.dumps(list(events)).encode()
    return EVENTS.read(body, SIGNER.sign(body, STAMP), STAMP, NOW)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"event": "delivered"}, "delivered"),
        ({"event": "click", "url": "https://shop.example"}, "clicked"),
        ({"event": "bounce", "type": "bounce", "reason": "550 no such user"}, "bounced"),
        ({"event": "bounce", "type": "blocked"}, None),
        ({"event": "dropped", "reason": "Bounced Address"}, "bounced"),
        ({"event": "dropped", "reason": "Spam Content"}, None),
        ({"event": "dropped", "reason": "Unsubscribed Address"}, "unsubscribed"),
        ({"event": "spamreport"}, "complained"),
        ({"event": "unsubscribe"}, "unsubscribed"),
        ({"event": "deferred"}, None),
        ({"event": "open"}, None),
        ({"event": None}, None),
        ({"sg_event_id": None}, None),
    ],
)
def test_its_events_become_outcomes_or_nothing(event: dict[str, Any], kind: str | None) -> None:
    assert [each.kind for each in read(told(**event))] == ([kind] if kind else [])


def test_an_event_says_whose_it_is_and_when() -> None:
    [event] = read(told())
    assert (event.id, event.campaign, event.contact) == ("sendgrid:e1", "c-1", CONTACT)
    assert event.at == NOW - timedelta(seconds=60)


def test_what_another_sender_calls_a_campaign_is_not_ours() -> None:
    [event] = read(told(campaign="Spring sale: 50% off!", contact="x" * 500, timestamp="tomorrow"))
    assert (event.campaign, event.contact, event.address) == (None, None, "jane@mail.example")
    assert event.at == NOW


@pytest.mark.parametrize("change", ["body", "timestamp", "signature", "key"])
def test_a_call_that_was_changed_is_refused(change: str) -> None:
    body = json.dumps([told()]).encode()
    signature = (Signer() if change == "key" else SIGNER).sign(body, STAMP)
    with pytest.raises(Forbidden, match="not signed"):
        EVENTS.read(
            body + b" " if change == "body" else body,
            signature[:-8] + "AAAAAAA=" if change == "signature" else signature,
            str(int(STAMP) + 1) if change == "timestamp" else STAMP,
            NOW,
        )


@pytest.mark.parametrize(("signature", "timestamp"), [("", ""), ("?", STAMP), ("AAAA", "9" * 40), ("é", "x")])
def test_a_call_without_a_signature_is_refused(signature: str, timestamp: str) -> None:
    with pytest.raises(Forbidden):
        EVENTS.read(b"[]", signature, timestamp, NOW)
    with pytest.raises(Forbidden):
        EVENTS.read(b"\xff\xfe", signature, timestamp, NOW)


@pytest.mark.parametrize("hours", [-27, 1])
def test_a_call_of_another_time_is_refused(hours: int) -> None:
    stamp = str(int((NOW + timedelta(hours=hours)).timestamp()))
    with pytest.raises(Forbidden, match="too late"):
        EVENTS.read(b"[]", SIGNER.sign(b"[]", stamp), stamp, NOW)


@pytest.mark.parametrize("body", [b"{}", b"no json", b"", b"3"])
def test_a_signed_call_of_another_form_says_so(body: bytes) -> None:
    with pytest.raises(BadInput, match=r"no list|no JSON"):
        EVENTS.read(body, SIGNER.sign(body, STAMP), STAMP, NOW)


def test_strange_items_of_a_list_are_passed_over() -> None:
    assert [each.id for each in read(told(), "x", 3, None, {}, [])] == ["sendgrid:e1"]  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["", "no key", "AAAA"])
def test_a_key_that_is_none_says_where_to_find_it(key: str) -> None:
    with pytest.raises(BadInput, match="SENDGRID_EVENT_KEY"):
        SendGridEvents(key).check()
