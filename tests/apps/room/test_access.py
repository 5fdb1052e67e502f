"""Who gets into the room, and who does not."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from agents.team import ATTEMPTS_BY_NAME, WRONG
from apps.room.access import CHECK_HEADER, COOKIE
from apps.room.pages import entry_line
from apps.server import build_app
from tests.apps.room.conftest import PASSWORD, Room
from tests.desk import Desk, open_desk

READS = ["inbox", "conversations", "figures", "cases/x", "reviews/x", "live"]
ADMIN_READS = ["team", "audit", "figures.csv", "conversations.csv"]
AGENT_WRITES = ["reviews/r-1/decision", "cases/x/say", "cases/x/typing"]
ADMIN_WRITES = ["team", "team/vera/role", "team/vera/password", "team/vera/remove"]


@pytest.mark.parametrize("path", READS + ADMIN_READS)
def test_signed_out_nothing_can_be_read(open_room: Callable[..., Room], path: str) -> None:
    response = open_room().get(path)
    assert response.status_code == 401
    assert response.json() == {"error": "Please sign in."}


@pytest.mark.parametrize("path", [*AGENT_WRITES, *ADMIN_WRITES, "sign-out", "password"])
def test_signed_out_nothing_can_be_done(open_room: Callable[..., Room], path: str) -> None:
    assert open_room().post(path).status_code in (400, 401)
    assert open_room().post(path, verb="approve", text="x").status_code in (400, 401)


def test_a_viewer_reads_and_decides_nothing(desk: Desk, open_room: Callable[..., Room]) -> None:
    review = desk.session.ask("Can you engrave my name on a tin?").review
    viewer = open_room("vera")
    assert viewer.get("inbox").json()["waiting"][0]["id"] == review
    refused = viewer.post(f"reviews/{review}/decision", verb="reply", text="Hello")
    assert refused.status_code == 403
    assert "agent" in refused.json()["error"]
    assert desk.session.review(str(review)).status == "pending"


@pytest.mark.parametrize("name", ["vera", "anna"])
def test_only_an_admin_manages_and_exports(open_room: Callable[..., Room], name: str) -> None:
    room = open_room(name)
    for path in ADMIN_READS:
        assert room.get(path).status_code == 403
    assert room.post("team", name="eve", password=PASSWORD, role="admin").status_code == 403
    assert room.post("team/boss/role", role="viewer").status_code == 403
    assert room.post("team/boss/remove").status_code == 403


@pytest.mark.parametrize("cookie", ["", "x", "admin", "anna.admin", "../../etc/passwd", "%00", "A" * 5000])
def test_a_forged_session_is_nobodys(open_room: Callable[..., Room], cookie: str) -> None:
    room = open_room()
    room.client.cookies.set(COOKIE, cookie, domain="desk")
    assert room.get("inbox").status_code == 401
    assert room.get("me").json()["signed_in"] is False


def test_a_write_without_the_pages_own_check_is_refused(desk: Desk, open_room: Callable[..., Room]) -> None:
    review = desk.session.ask("Can you engrave my name on a tin?").review
    anna, other = open_room("anna"), open_room("boss")
    for check in ("", "guess", other.check):
        anna.check = check
        assert anna.post(f"reviews/{review}/decision", verb="reply", text="Hi").status_code == 403
    assert desk.session.review(str(review)).status == "pending"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_can_neither_act_nor_sign_in(
    open_room: Callable[..., Room], site: str
) -> None:
    room = open_room("anna")
    headers = {CHECK_HEADER: room.check, "sec-fetch-site": site}
    for path in ("sign-out", "sign-in", "enter"):
        body = {"name": "anna", "password": PASSWORD, "token": "x"}
        assert room.client.post(f"/room/api/{path}", json=body, headers=headers).status_code == 403
    assert room.get("inbox").status_code == 200


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(open_room: Callable[..., Room]) -> None:
    morsel = SimpleCookie(open_room().sign_in("anna").headers["set-cookie"])[COOKIE]
    assert morsel["httponly"]
    assert morsel["samesite"].lower() == "strict"
    assert morsel["path"] == "/room"
    assert not morsel["secure"]
    room = open_room()
    room.client.base_url = "https://desk"
    assert SimpleCookie(room.sign_in("anna").headers["set-cookie"])[COOKIE]["secure"]


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(open_room: Callable[..., Room]) -> None:
    room = open_room()
    known, unknown = room.sign_in("anna", "wrong words"), room.sign_in("nobody", "wrong words")
    assert (
        (known.status_code, known.json()) == (unknown.status_code, unknown.json()) == (403, {"error": WRONG})
    )
    assert "set-cookie" not in known.headers


def test_sign_ins_that_fail_are_limited_and_recorded(desk: Desk, open_room: Callable[..., Room]) -> None:
    room = open_room(address="10.9.8.7")
    codes = [room.sign_in("anna", "wrong words").status_code for _ in range(ATTEMPTS_BY_NAME + 1)]
    assert codes == [403] * ATTEMPTS_BY_NAME + [429]
    assert room.sign_in("anna").status_code == 429
    line = desk.session.team.audit()[0]
    assert (line.what, line.origin) == ("sign-in refused", "room 10.9.8.7 (anna)")


def test_signing_out_ends_the_session_for_good(open_room: Callable[..., Room]) -> None:
    room = open_room("anna")
    token = room.client.cookies[COOKIE]
    assert room.post("sign-out").status_code == 200
    assert room.get("inbox").status_code == 401
    room.client.cookies.set(COOKIE, token, domain="desk")
    assert room.get("inbox").status_code == 401


def test_a_new_password_ends_all_other_sessions(open_room: Callable[..., Room]) -> None:
    one, other = open_room("anna"), open_room("anna")
    assert one.post("password", old="not this", new="five loud tin kettles").status_code == 400
    assert one.post("password", old=PASSWORD, new="short").status_code == 400
    assert one.post("password", old=PASSWORD, new="five loud tin kettles").status_code == 200
    assert one.get("inbox").status_code == 200
    assert other.get("inbox").status_code == 401


def test_a_removed_user_is_out_and_a_new_role_counts_at_once(open_room: Callable[..., Room]) -> None:
    boss, anna, vera = open_room("boss"), open_room("anna"), open_room("vera")
    assert boss.post("team/anna/role", role="viewer").status_code == 200
    assert anna.get("me").json()["role"] == "viewer"
    assert boss.post("team/vera/remove").status_code == 200
    assert vera.get("inbox").status_code == 401


def test_an_old_session_asks_to_sign_in_again(desk: Desk, open_room: Callable[..., Room]) -> None:
    account = desk.session.team.account("anna")
    room = open_room()
    token = desk.session.team_sessions.open(account, datetime.now(UTC) - timedelta(hours=3))
    room.client.cookies.set(COOKIE, token, domain="desk")
    assert room.get("inbox").status_code == 401


def test_every_answer_is_kept_out_of_frames_and_caches(open_room: Callable[..., Room]) -> None:
    room = open_room("anna")
    for path in ("/room", "/room/api/inbox", "/room/static/main.js"):
        headers = room.client.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "script-src 'self';" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
    assert room.client.get("/room/api/inbox").headers["cache-control"] == "no-store"


@pytest.fixture
def empty_desk(tmp_path: Path):  # type: ignore[no-untyped-def]
    desk = open_desk(tmp_path / "empty")
    yield desk
    desk.close()


def browser_at(desk: Desk) -> Room:
    from starlette.testclient import TestClient

    return Room(TestClient(build_app(desk.session, desk.settings), base_url="http://desk"))


def link_of(desk: Desk) -> str:
    line = entry_line(desk.session, "http://desk")
    assert "gtm users add" in line
    return line.rsplit("http://desk", 1)[1]


def test_without_users_a_link_lets_one_person_in_as_an_admin(empty_desk: Desk) -> None:
    room, link = browser_at(empty_desk), link_of(empty_desk)
    assert room.sign_in("admin", "admin").status_code == 403
    answer = room.client.get(link, follow_redirects=False)
    token = answer.headers["location"].removeprefix("../room#enter=")
    assert room.post("enter", token="guess").status_code == 403
    entered = room.post("enter", token=token).json()
    assert (entered["role"], entered["needs_users"]) == ("admin", True)
    room.check = entered["check"]
    assert browser_at(empty_desk).post("enter", token=token).status_code == 403
    added = room.post("team", name="anna", password=PASSWORD, role="admin")
    assert added.status_code == 200
    assert room.get("me").json()["needs_users"] is False
    assert entry_line(empty_desk.session, "http://desk") == "The team works at http://desk/room"


def test_the_link_lets_one_of_many_at_once_in(empty_desk: Desk) -> None:
    token = link_of(empty_desk).rsplit("=", 1)[1]
    rooms = [browser_at(empty_desk) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(lambda room: room.post("enter", token=token).status_code, rooms))
    assert codes == [200, 403, 403, 403]


def test_once_there_are_users_an_unused_link_is_worth_nothing(empty_desk: Desk) -> None:
    token = link_of(empty_desk).rsplit("=", 1)[1]
    empty_desk.session.team.add("anna", PASSWORD, "admin")
    assert browser_at(empty_desk).post("enter", token=token).status_code == 403
