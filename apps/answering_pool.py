"""The processes that answer questions for the server, so that answers are not bound to one interpreter's lock.

Each has its own session on the same home; what they share is the database. One that ends is started again, and its
questions are put to another: what of them stands in the log is not done twice.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from agents.asking import Audience
from apps.answering import Question
from apps.answering_messages import LONGEST, Done, Left, Piece, Put, Ready, line, said
from apps.guarded_calls import Payload

log = logging.getLogger(__name__)

PAUSE: Final = 1.0
"""Seconds before a process that has ended is started again; doubled each time that it does not get ready."""

LONGEST_PAUSE: Final = 60.0

AGAIN: Final = 60.0
"""Seconds that a question which has lost its process waits for another one."""

TRIES: Final = 3
"""How many processes try a question, each after the end of the one before."""

MOST: Final = 6
"""Processes beyond which one more gains little: the server itself takes a sixth of what an answer takes them."""

LAST: Final = 12.0
"""Seconds that the processes get to end; they take less unless something hangs."""


_QUOTA: Final = Path("/sys/fs/cgroup/cpu.max")


class AnswererLost(Exception):
    """The process that had a question has ended."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question that a process has."""

    reply: asyncio.Future[Payload]
    hear: Callable[[str], None] | None


class _Seat:
    """One process, and after it another, with the questions that it has."""

    def __init__(self, environment: Mapping[str, str], changed: asyncio.Condition) -> None:
        self._environment = environment
        self._asked: dict[int, _Asked] = {}
        self._numbers = itertools.count(1)
        self._writer: asyncio.StreamWriter | None = None
        self._stopping = False
        self._changed = changed
        self.ready = False
        self.tried = False
        """Whether the first process has got ready, or has ended before."""

    @property
    def there(self) -> bool:
        """Whether it can be given a question."""
        return self.ready and self._process.poll() is None

    @property
    def load(self) -> int:
        """How many questions it has."""
        return len(self._asked)

    def begin(self) -> None:
        """Start a process; it loads what it needs meanwhile."""
        self._ours, theirs = socket.socketpair()
        verbose = ["--verbose"] if log.isEnabledFor(logging.INFO) else []
        # -P: what lies in the folder where the server was started is none of its modules.
        command = [sys.executable, "-P", "-m", "apps.answering_process", str(theirs.fileno()), *verbose]
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                command,
                env=self._environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

    async def attend(self) -> None:
        """Hear what the process says; start another when it ends."""
        pause = PAUSE
        while True:
            got_ready = await self._hear_all()
            code = await asyncio.to_thread(self._process.wait)
            if self._stopping:
                return
            pause = PAUSE if got_ready else min(2 * pause, LONGEST_PAUSE)
            log.warning("An answering process has ended (%s); another one is started", code)
            await asyncio.sleep(pause)
            if self._stopping:
                return
            self.begin()

    async def answer(self, question: Question, audience: Audience) -> Payload:
        """The reply. Raises `AnswererLost`."""
        number = next(self._numbers)
        asked = _Asked(asyncio.get_running_loop().create_future(), audience.hear)
        self._asked[number] = asked
        self._tell(
            Put(
                number=number,
                visitor=question.visitor,
                text=question.text,
                aloud=audience.hear is not None,
                broken_off=question.broken_off,
            )
        )
        stay = (
            audience.presence.on_leave(lambda: self._tell(Left(number=number))) if audience.presence else None
        )
        try:
            return await asked.reply
        finally:
            self._asked.pop(number, None)
            if stay is not None:
                stay()

    def let_go(self) -> None:
        """Tell the process to end."""
        self._stopping = True
        with suppress(OSError):  # it has ended already
            self._ours.shutdown(socket.SHUT_WR)

    def end(self, seconds: float) -> None:
        """Wait for the process, and kill it when it takes longer."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            log.warning("An answering process does not end; it is killed")
            self._process.kill()
            self._process.wait()

    async def _hear_all(self) -> bool:
        """Pass on what the process says until it ends; gives whether it got ready."""
        reader, self._writer = await asyncio.open_unix_connection(sock=self._ours, limit=LONGEST)
        got_ready = False
        try:
            with suppress(OSError):
                async for each in reader:
                    message = said(each)
                    if isinstance(message, Ready):
                        got_ready = self.ready = True
                        await self._tell_change()
                    else:
                        self._pass_on(message)
        finally:
            self.ready = False
            self._writer.close()
            for asked in self._asked.values():
                if not asked.reply.done():
                    asked.reply.set_exception(AnswererLost())
            await self._tell_change()
        return got_ready

    async def _tell_change(self) -> None:
        self.tried = True
        async with self._changed:
            self._changed.notify_all()

    def _pass_on(self, message: Piece | Done) -> None:
        asked = self._asked.get(message.number)
        if asked is None or asked.reply.done():
            return
        if isinstance(message, Done):
            asked.reply.set_result(message.reply)
        elif asked.hear is not None:
            asked.hear(message.text)

    def _tell(self, message: Put | Left) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(line(message))


class AnsweringPool:
    """So many processes; each question goes to the one that has the fewest."""

    def __init__(self, environment: Mapping[str, str], count: int) -> None:
        """Nothing is started yet; `environment` is what they learn their settings from."""
        self._changed = asyncio.Condition()
        self._seats = [_Seat(environment, self._changed) for _ in range(count)]
        self._attending: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Start the processes."""
        for seat in self._seats:
            seat.begin()

    async def ready(self) -> None:
        """Wait until every one can answer, or has failed to begin; from now on they are attended to."""
        self._attending = [asyncio.create_task(seat.attend()) for seat in self._seats]
        async with self._changed:
            await self._changed.wait_for(lambda: all(seat.tried for seat in self._seats))

    async def answer(self, question: Question, audience: Audience) -> Payload | None:
        """The reply to a question; None, and nothing done, where no process is there.

        Raises `AnswererLost` where one process after another ends: it may be this question that ends them.
        """
        began = datetime.now(UTC)
        seat = self._freest()
        for _ in range(TRIES):
            if seat is None:
                break
            try:
                return await seat.answer(question, audience)
            except AnswererLost:
                question, audience = replace(question, broken_off=began), replace(audience, hear=None)
                seat = await self._next()
        if question.broken_off is None:
            return None
        raise AnswererLost

    async def stop(self) -> None:
        """Let the processes end what they have begun, and end."""
        for seat in self._seats:
            seat.let_go()
        await asyncio.to_thread(self.end)
        for task in self._attending:
            task.cancel()

    def end(self) -> None:
        """As `stop`, also where no loop runs any more."""
        for seat in self._seats:
            seat.let_go()
        for seat in self._seats:
            seat.end(LAST)

    def _freest(self) -> _Seat | None:
        there = (seat for seat in self._seats if seat.there)
        return min(there, key=lambda seat: seat.load, default=None)

    async def _next(self) -> _Seat | None:
        """The process that may try a question again, as soon as there is one."""
        async with self._changed:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait_for(lambda: self._freest() is not None), AGAIN)
        return self._freest()


def answerers_for(cores: float) -> int:
    """How many processes answer best on so many cores; none where they would only share one with the server."""
    return 0 if cores < 2 else min(int(cores), MOST)


def cores() -> float:
    """How many cores this process may use: those that it may run on, or its container's share of them."""
    count = float(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    with suppress(OSError, ValueError):  # another system, or no limit ("max")
        quota, period = _QUOTA.read_text("ascii").split()
        count = min(count, int(quota) / int(period))
    return count
