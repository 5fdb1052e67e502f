"""Words in Redis, shared by processes and machines; a Redis that is slow or away is left alone for a while."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from agents.errors import BadInput, Transient
from agents.lazy import Lazy
from agents.models.calls import Cache
from agents.outage import Breaker

if TYPE_CHECKING:
    import redis

PREFIX = "gtm:words:"
ANSWER_SECONDS = 0.03  # an answer waits no longer for what may save it a second
FAILURES, REST_SECONDS = 2, 30.0

Result = TypeVar("Result")

log = logging.getLogger(__name__)


class RedisWords:
    """Implements `SharedWords`; connects with the first question."""

    level: Cache = "L2"

    def __init__(self, url: str) -> None:
        """A URL that cannot be used raises `BadInput`."""
        self._client = Lazy(lambda: _client(url))
        self._breaker = Breaker(FAILURES, REST_SECONDS)
        self._told = False
        if not url.startswith(("redis://", "rediss://", "unix://")):
            raise BadInput(f"GTM_REDIS_URL is {url!r}. Give redis://host:6379/0, or rediss:// for TLS.")

    def get(self, key: str) -> str | None:
        """What is kept under a key, or None."""
        found = self._asked(lambda client: client.get(PREFIX + key), None)
        return found.decode("utf-8", "replace") if isinstance(found, bytes) else None

    def put(self, key: str, kept: str, seconds: float, conversation: str | None) -> None:  # noqa: ARG002
        """Keep it for some seconds; Redis lets go of it by itself, and does not know of conversations."""
        self._asked(lambda client: client.set(PREFIX + key, kept, px=round(seconds * 1000)), None)

    def claim(self, key: str, seconds: float) -> Callable[[], None] | None:
        """Be the only one to write; without Redis everybody may."""
        from redis.exceptions import LockError  # noqa: PLC0415

        def take(client: redis.Redis) -> Callable[[], None] | None:
            lock = client.lock(f"{PREFIX}claim:{key}", timeout=seconds, thread_local=False)
            return (lambda: give_back(lock.release)) if lock.acquire(blocking=False) else None

        def give_back(release: Callable[[], None]) -> None:
            try:
                self._asked(lambda _: release(), None)
            except LockError:
                log.debug("A claim was over before it was given back")

        everybody: Callable[[], None] | None = lambda: None  # noqa: E731
        return self._asked(take, everybody)

    def check(self) -> None:
        """Raise `Transient` where Redis does not answer."""
        from redis.exceptions import RedisError  # noqa: PLC0415

        try:
            self._client().ping()
        except RedisError as error:
            raise Transient(f"Redis does not answer: {error}") from error

    def close(self) -> None:
        """Let go of the connections."""
        self._client().close()

    def _asked(self, ask: Callable[[redis.Redis], Result], otherwise: Result) -> Result:
        from redis.exceptions import LockError, RedisError  # noqa: PLC0415

        if not self._breaker.admits():
            return otherwise
        try:
            result = ask(self._client())
        except LockError:
            self._breaker.succeeded()
            raise
        except RedisError as error:
            self._breaker.failed()
            if not self._told:
                self._told = True
                log.warning("Redis is slow or away; the desk goes on without it until it is back: %s", error)
            return otherwise
        self._breaker.succeeded()
        self._told = False
        return result


def _client(url: str) -> redis.Redis:
    import redis  # noqa: PLC0415
    from redis.backoff import NoBackoff  # noqa: PLC0415
    from redis.retry import Retry  # noqa: PLC0415

    return redis.Redis.from_url(
        url,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
