"""A room on a real desk, spoken to over HTTP as its page does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from apps.room.access import CHECK_HEADER
from apps.server import build_app
from tests.campaign_shop import Shop, fill
from tests.desk import Desk, open_desk, write_documents

Answer = Any
"""A response of whichever client Starlette's tests are built on."""

PASSWORD = "quiet tin kettles 4"


class Room:
    """One browser at the room."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.check = ""

    def sign_in(self, name: str, password: str = PASSWORD) -> Answer:
        """Sign in, and keep what every write must bear."""
        response = self.post("sign-in", name=name, password=password)
        self.check = response.json().get("check", "")
        return response

    def get(self, path: str, **query: Any) -> Answer:
        """Ask for something."""
        return self.client.get(f"/room/api/{path}", params=query)

    def post(self, path: str, **body: Any) -> Answer:
        """Do something, as the page would."""
        headers = {CHECK_HEADER: self.check, "sec-fetch-site": "same-origin"}
        return self.client.post(f"/room/api/{path}", json=body, headers=headers)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk that is sure of nothing, so that a person has to answer, with one user of each role."""
    desk = open_desk(tmp_path / "home", confidence=0.2, documents=[write_documents(tmp_path / "documents")])
    desk.session.team.add("vera", PASSWORD, "viewer", "Vera Wood")
    desk.session.team.add("anna", PASSWORD, "agent", "Anna Lee")
    desk.session.team.add("boss", PASSWORD, "admin", "Bo Ssman")
    yield desk
    desk.close()


@pytest.fixture
def open_room(desk: Desk) -> Iterator[Callable[..., Room]]:
    """Opens browsers: `open_room()` signed out, `open_room("anna")` signed in."""
    app = build_app(desk.session, desk.settings)
    clients: list[TestClient] = []

    def open_one(name: str | None = None, address: str = "10.0.0.1") -> Room:
        client = TestClient(
            app, base_url="http://desk", client=(address, 50000), raise_server_exceptions=False
        )
        clients.append(client)
        room = Room(client)
        if name:
            assert room.sign_in(name).status_code == 200
        return room

    yield open_one
    for client in clients:
        client.close()


@pytest.fixture
def shop(desk: Desk, tmp_path: Path) -> Shop:
    """The shop of the campaigns' tests behind the room."""
    fill(desk.settings, tmp_path)
    shop = Shop(desk.session, desk.services, desk.settings)
    desk.services.now = lambda: shop.clock[0]
    return shop
