"""SendGrid's calls, from the signature to what counts."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from agents.campaigns.outcomes import OutcomeCounts
from apps.mail_events import PATH
from apps.server import build_app
from integrations.sendgrid.events import SIGNATURE, TIMESTAMP
from tests.desk import Desk, open_desk
from tests.sendgrid_server import Signer

SIGNER = Signer()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(tmp_path / "home")
    yield desk
    desk.close()


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    settings = desk.settings.model_copy(update={"sendgrid_event_key": SIGNER.public_key})
    with TestClient(build_app(desk.session, settings), base_url="http://desk") as client:
        yield client


def call(client: TestClient, events: list[dict[str, Any]], signer: Signer = SIGNER) -> tuple[int, str]:
    body, stamp = json.dumps(events).encode(), str(int(time.time()))
    headers = {SIGNATURE: signer.sign(body, stamp), TIMESTAMP: stamp, "content-type": "application/json"}
    answer = client.post(PATH, content=body, headers=headers)
    return answer.status_code, answer.text


def told(desk: Desk, number: int, event: str, **more: Any) -> dict[str, Any]:
    contact = desk.services.open_links().contact("jane@mail.example")
    stamp = int(time.time()) - number
    event_id = f"e{number}"
    return {
        "event": event,
        "sg_event_id": event_id,
        "timestamp": stamp,
        "campaign": "c-1",
        "contact": contact,
        **more,
    }


def test_replayed_and_reordered_events_count_once(desk: Desk, client: TestClient) -> None:
    events = [told(desk, 1, "spamreport"), told(desk, 3, "delivered"), told(desk, 2, "click")]
    assert call(client, events) == (200, "3 new of 3")
    assert call(client, [*reversed(events), told(desk, 4, "open")]) == (200, "0 new of 3")
    assert desk.services.mail_outcomes.counts("c-1") == OutcomeCounts(delivered=1, clicked=1, complained=1)
    jane = desk.services.open_links().contact("jane@mail.example")
    assert desk.services.suppressions.reason(jane) == "complained"


def test_who_is_not_sendgrid_is_refused_and_nothing_counts(desk: Desk, client: TestClient) -> None:
    assert call(client, [told(desk, 1, "bounce")], signer=Signer())[0] == 403
    assert client.post(PATH, json=[told(desk, 1, "bounce")]).status_code == 403
    assert client.get(PATH).status_code == 404
    assert desk.services.mail_outcomes.counts("c-1") == OutcomeCounts()


def test_a_call_of_another_form_is_refused(client: TestClient) -> None:
    body, stamp = b"no json", str(int(time.time()))
    headers = {SIGNATURE: SIGNER.sign(body, stamp), TIMESTAMP: stamp}
    assert client.post(PATH, content=body, headers=headers).status_code == 400


def test_without_a_key_there_is_no_such_page(desk: Desk) -> None:
    with TestClient(build_app(desk.session, desk.settings), base_url="http://desk") as client:
        assert call(client, [])[0] == 404
