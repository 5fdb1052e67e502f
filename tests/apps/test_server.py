"""What the server lets in, keeps apart and sends along."""

from __future__ import annotations

import contextlib
import re
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from apps.visitors import COOKIE
from tests.apps.chat_client import ask, call
from tests.apps.conftest import GTM, Desk

PERISHABLE = "What is your return policy for perishable items?"


def test_a_new_visitor_gets_a_cookie_that_scripts_cannot_read(desk: Desk) -> None:
    cookie = httpx.get(desk.url).headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_over_https_the_cookie_also_works_in_a_frame(desk: Desk) -> None:
    cookie = httpx.get(desk.url, headers={"x-forwarded-proto": "https"}).headers["set-cookie"]
    assert "SameSite=None; Secure; Partitioned" in cookie


def test_a_known_visitor_keeps_the_cookie(desk: Desk) -> None:
    with desk.visitor() as client:
        assert "set-cookie" not in client.get("/").headers


@pytest.mark.parametrize("cookie", ["", "x", "admin.", "admin.0000", "a.b.c", "\xff.\xff"])
def test_a_forged_cookie_names_nobody(desk: Desk, cookie: str) -> None:
    headers = {"cookie": f"{COOKIE}={cookie}".encode("latin-1")}
    answer = httpx.post(f"{desk.url}/chat/open", headers=headers)  # type: ignore[arg-type]
    assert answer.json()["kind"] == "cookie"
    assert "set-cookie" in httpx.get(desk.url, headers=headers).headers  # type: ignore[arg-type]


def test_two_visitors_see_only_their_own_conversation(desk: Desk) -> None:
    with desk.visitor() as one, desk.visitor() as other:
        ask(one, "My secret is a tin of saffron chai.")
        assert call(other, "open")["messages"] == []
        assert call(one, "open")["messages"][0]["text"] == "My secret is a tin of saffron chai."


def test_no_call_takes_a_conversation_from_the_browser(desk: Desk) -> None:
    with desk.visitor() as one, desk.visitor() as other:
        ask(one, "My secret is a tin of saffron chai.")
        with sqlite3.connect(desk.home / "gtm.sqlite3") as database:
            newest = database.execute(
                "SELECT conversation FROM messages ORDER BY id DESC LIMIT 1"
            ).fetchone()[0]
        assert newest not in one.post("/chat/open", json={}).text
        response = other.post("/chat/open", json={"conversation": newest, "visitor": newest})
        assert response.json() == {"messages": [], "standing": None}


def test_a_visitor_cannot_rate_anothers_message(desk: Desk) -> None:
    with desk.visitor() as one, desk.visitor() as other:
        reply = ask(one, PERISHABLE)["message"]
        assert "error" in call(other, "rate", message=reply["id"], vote="down", reason="not mine")
        assert call(one, "open")["messages"][-1]["vote"] is None
        assert call(one, "rate", message=reply["id"], vote="up")["vote"] == "up"
        assert call(one, "open")["messages"][-1]["vote"] == "up"


@pytest.mark.parametrize(
    "data", [["x", "up", ""], [1, "sideways", ""], [2**80, "up", ""], [1, "up", {}], [-1, "up", ""]]
)
def test_a_nonsensical_vote_is_refused_with_a_sentence(desk: Desk, data: list[object]) -> None:
    with desk.visitor() as client:
        assert call(client, "rate", message=data[0], vote=data[1], reason=data[2])["kind"] == "refused"


@pytest.mark.parametrize(
    "text", [None, 7, {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, ["x"], "", "  \n"]
)
def test_a_message_that_is_no_text_is_refused_with_a_sentence(desk: Desk, text: object) -> None:
    with desk.visitor() as client:
        assert ask(client, text)["kind"] == "refused"


def test_a_message_of_100_000_characters_gets_a_friendly_sentence(desk: Desk) -> None:
    with desk.visitor() as client:
        answer = ask(client, "x" * 100_000)
        assert answer["kind"] == "too_long"
        assert "shorten" in answer["error"]
        assert call(client, "open")["messages"] == []


def test_a_body_beyond_the_limit_is_refused_whether_or_not_its_length_is_stated(desk: Desk) -> None:
    with desk.visitor() as client:
        big = b'{"text": "' + b"x" * 2_000_000 + b'"}'
        assert client.post("/chat/ask", content=big).status_code == 413

        def pieces() -> Iterator[bytes]:
            for start in range(0, len(big), 65536):
                yield big[start : start + 65536]

        with contextlib.suppress(httpx.TransportError):  # hanging up before the end is as good
            assert client.post("/chat/ask", content=pieces()).status_code >= 400


@pytest.mark.parametrize(
    "path",
    [
        "/config",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/proxy=https://elsewhere.example",
        "/gradio_api/upload_progress",
        "/gradio_api/runs",
        "/gradio_api/deep_link?session_hash=x",
        "/gradio_api/queue/status",
        "/monitoring",
        "/login",
        "/svelte/svelte.js",
        "/docs",
        "/openapi.json",
        "/chat/../server.py",
        "/chat/%2e%2e/server.py",
        "/documents/..%2f..%2fpyproject.toml",
        "/documents//etc/passwd",
        "/nowhere",
    ],
)
def test_what_the_page_does_not_need_is_not_there(desk: Desk, path: str) -> None:
    assert httpx.get(desk.url + path).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["upload", "component_server", "queue/join", "run/ask", "call/ask", "api/open", "process_recording"],
)
def test_gradios_other_calls_are_shut(desk: Desk, path: str) -> None:
    with desk.visitor() as client:
        assert client.post(f"/gradio_api/{path}", json={"data": ["x"]}).status_code == 404


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_cannot_speak_for_a_visitor(desk: Desk, site: str) -> None:
    with desk.visitor() as client:
        response = client.post("/chat/begin", json={}, headers={"sec-fetch-site": site})
        assert response.status_code == 403


def test_every_answer_has_the_security_headers(desk: Desk) -> None:
    for path in ("/", "/healthz", "/nowhere", "/embed.js", "/chat/chat.js", "/documents/shipping.md"):
        headers = httpx.get(desk.url + path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors *" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "same-origin"


def test_the_page_names_only_the_brand_and_allows_only_its_own_scripts(desk: Desk) -> None:
    one, two = httpx.get(desk.url), httpx.get(desk.url)
    nonce = re.search(r"'nonce-([^']+)'", one.headers["content-security-policy"])
    assert nonce is not None
    assert nonce[1] not in two.text
    assert all(f'nonce="{nonce[1]}"' in tag for tag in re.findall(r"<script[^>]*>", one.text))
    assert "<title>Two Peaks Chai Co.</title>" in one.text
    assert "gradio.app" not in one.text
    assert "og:" not in one.text


def test_a_document_is_shown_whole_with_the_quote_marked_at_its_anchor(desk: Desk) -> None:
    with desk.visitor() as client:
        source = ask(client, PERISHABLE)["message"]["sources"][0]
        link, anchor = source["href"].split("#")
        page = client.get("/" + link).text
    assert f'id="{anchor}"' in page
    assert page.index(f'id="{anchor}"') < page.index("<mark>")


def test_an_unknown_document_is_a_friendly_404(desk: Desk) -> None:
    response = httpx.get(f"{desk.url}/documents/never.md")
    assert response.status_code == 404
    assert "not here any more" in response.text


def test_a_visitor_over_the_rate_is_told_kindly(make_desk, sample_documents) -> None:  # type: ignore[no-untyped-def]
    slow_desk: Desk = make_desk(sample_documents, messages_a_minute=2)
    with slow_desk.visitor() as client:
        answers = [ask(client, "Thank you!") for _ in range(3)]
        assert "message" in answers[1]
        assert answers[2]["kind"] == "too_many"
        assert "wait a moment" in answers[2]["error"]


def test_fifty_visitors_at_once_all_get_their_own_answer(desk: Desk) -> None:
    def visit(number: int) -> tuple[str, int]:
        with desk.visitor() as client:
            ask(client, f"I am visitor number {number}. {PERISHABLE}")
            messages = call(client, "open")["messages"]
            return messages[0]["text"], len(messages)

    with ThreadPoolExecutor(50) as pool:
        seen = list(pool.map(visit, range(50)))
    assert seen == [(f"I am visitor number {number}. {PERISHABLE}", 2) for number in range(50)]


def test_a_port_in_use_is_named_with_the_way_out(desk: Desk, tmp_path) -> None:  # type: ignore[no-untyped-def]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [GTM, "--home", str(desk.home), "serve", "--port", port],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr
