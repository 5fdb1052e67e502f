"""A question that the rules do not understand is read by a model: into a query of ours, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from agents.inquiry.desk import InquiryDesk
from agents.ports import Services
from tests.model_room import Ledger, room_on
from tests.model_server import ModelServer, Turn

FORM: dict[str, Any] = {
    "understood": True,
    "metric": "orders",
    "period": "March 2026",
    "compare_to": "",
    "by": "none",
    "why": False,
    "channels": [],
    "countries": ["DE"],
    "segments": [],
    "products": [],
    "topics": [],
    "order": "none",
}
ODD = "Bestellungen aus Berlin und Umgebung, März 2026?"


def desk_with(shop: Services, server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> InquiryDesk:
    room = room_on(server, Ledger())
    monkeypatch.setattr(shop, "open_models", lambda: room)
    return InquiryDesk(shop, lambda text: text)


def test_what_a_model_reads_is_measured_by_us(
    shop: Services, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.say(Turn(value=FORM))
    desk = desk_with(shop, server, monkeypatch)
    found = desk.ask(ODD)
    assert found.value == desk.ask("how many orders from Germany in March 2026").value
    assert "inquiry_query@1" in found.read_by
    sent = server.requests[0]["messages"]
    assert ODD in sent[-1]["content"]
    assert "email" in sent[-1]["content"]
    assert len(server.requests) == 1, "a question that the rules understand costs no call"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"understood": False}, id="it does not understand either"),
        pytest.param({"metric": "DROP TABLE sales"}, id="no measure of ours"),
        pytest.param({"countries": ["Atlantis"]}, id="no value of the store"),
        pytest.param({"period": "1 to 9 January 1999"}, id="numbers that nobody has said"),
        pytest.param({"period": "when the moon was full"}, id="no period"),
    ],
)
def test_what_a_model_makes_up_is_not_measured(
    shop: Services, server: ModelServer, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    server.say(Turn(value=FORM | change))
    found = desk_with(shop, server, monkeypatch).ask(ODD)
    assert (found.kind, found.read_by) == ("ask_back", "rules")
