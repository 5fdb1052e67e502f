"""A visitor cookie names a visitor only if this house signed it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.visitors import Visitors, cookie_header, read_secret

VISITORS = Visitors(b"0123456789abcdef")


def test_an_issued_cookie_names_its_visitor_again() -> None:
    cookie = VISITORS.issue()
    assert VISITORS.read(cookie) == cookie.split(".")[0]


def test_two_visitors_differ() -> None:
    assert VISITORS.read(VISITORS.issue()) != VISITORS.read(VISITORS.issue())


def test_a_cookie_signed_with_another_secret_names_nobody() -> None:
    assert VISITORS.read(Visitors(b"another secret 1234").issue()) is None


def test_a_visitor_with_the_signature_of_another_names_nobody() -> None:
    mine, theirs = VISITORS.issue(), VISITORS.issue()
    assert VISITORS.read(f"{theirs.split('.')[0]}.{mine.split('.')[1]}") is None


@given(st.one_of(st.none(), st.text()))
def test_made_up_cookies_name_nobody(cookie: str | None) -> None:
    assert VISITORS.read(cookie) is None


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Visitors(b"short")


def test_the_cookie_works_in_a_frame_of_another_site_only_over_https() -> None:
    assert cookie_header("x", https=True).endswith("HttpOnly; SameSite=None; Secure; Partitioned")
    assert cookie_header("x", https=False).endswith("HttpOnly; SameSite=Lax")


def test_a_home_keeps_one_secret_for_its_owner_alone(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: read_secret(tmp_path / "home"), range(32)))
    assert len(secrets) == 1
    assert len(secrets.pop()) == 64
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["secret"]
    assert (tmp_path / "home" / "secret").stat().st_mode & 0o077 == 0
