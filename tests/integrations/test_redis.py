"""Words in a real Redis; one that is slow or away costs next to nothing."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Iterator

import pytest
import redis

from agents.errors import BadInput, Transient
from integrations.redis import PREFIX, RedisWords
from tests.shared_data import missing

SERVER = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379")


@pytest.fixture
def words() -> Iterator[RedisWords]:
    words = RedisWords(SERVER)
    try:
        words.check()
    except Transient:
        missing("no Redis; set TEST_REDIS_URL")
    yield words
    words.close()


@pytest.fixture
def key() -> Iterator[str]:
    """A key of the test's own, gone afterwards."""
    key = f"test-{secrets.token_hex(8)}"
    yield key
    with redis.Redis.from_url(SERVER) as client:
        client.delete(PREFIX + key, f"{PREFIX}claim:{key}")


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        yield f"redis://127.0.0.1:{server.getsockname()[1]}"


def test_what_is_put_is_found_until_its_time_is_over(words: RedisWords, key: str) -> None:
    assert words.get(key) is None
    words.put(key, "“words”", 0.5, None)
    assert words.get(key) == "“words”"
    time.sleep(0.6)
    assert words.get(key) is None


def test_one_at_a_time_holds_a_claim(words: RedisWords, key: str) -> None:
    other = RedisWords(SERVER)
    give_back = words.claim(key, 30)
    assert give_back is not None
    assert other.claim(key, 30) is None
    give_back()
    assert other.claim(key, 30) is not None
    other.close()


def test_a_claim_that_nobody_gives_back_ends_by_itself(words: RedisWords, key: str) -> None:
    dead = words.claim(key, 0.3)
    assert words.claim(key, 30) is None
    time.sleep(0.4)
    assert words.claim(key, 30) is not None
    assert dead is not None
    dead()  # too late, and no error
    assert words.claim(key, 30) is None, "a late return does not take another's claim away"


@pytest.mark.parametrize("away", [True, False])
def test_a_redis_that_does_not_answer_is_left_alone(
    silent: str, away: bool, caplog: pytest.LogCaptureFixture
) -> None:
    words = RedisWords("redis://127.0.0.1:9" if away else silent)
    began = time.monotonic()
    with caplog.at_level(logging.WARNING):
        for _ in range(200):
            assert words.get("k") is None
            words.put("k", "v", 60, None)
            assert words.claim("k", 1) is not None, "everybody may write"
    assert time.monotonic() - began < 10, "600 calls would take far longer if each waited"
    assert len([record for record in caplog.records if "Redis" in record.message]) == 1
    with pytest.raises(Transient):
        words.check()


def test_an_address_of_something_else_is_refused() -> None:
    with pytest.raises(BadInput, match="redis://host"):
        RedisWords("http://127.0.0.1")
