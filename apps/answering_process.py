"""A process that answers questions for `gtm serve`: `python -m apps.answering_process DESCRIPTOR [--verbose]`.

It has a session of its own on the same home, and hears and says over the line that it inherits. When that ends, so
does it: what it has begun it ends before, so that the answers are in the log.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import typer

from agents.asking import Audience
from agents.presence import Presence
from agents.session import Session
from apps import cli_edge as edge
from apps.answering import Answerer, Question, warm
from apps.answering_messages import Done, Left, Piece, Put, Ready, line, told
from apps.guarded_calls import THREADS, GuardedCalls
from apps.loaded import set_apart_what_is_loaded
from integrations import connect
from integrations.settings import Settings

LAST: Final = 10.0
"""Seconds that answers under way get at the end; without an audience they do not wait for models."""


class AnsweringProcess:
    """One end of the line: questions in, replies out, many at once."""

    def __init__(self, session: Session, connection: socket.socket) -> None:
        self._answerer = Answerer(session)
        self._calls = GuardedCalls(session.policy.texts)
        self._connection = connection
        self._sending = threading.Lock()
        self._here: dict[int, Presence] = {}

    def run(self) -> None:
        """Answer until the line ends, and then what is under way."""
        self._say(Ready())
        with ThreadPoolExecutor(THREADS, "answer") as threads, self._connection.makefile("rb") as lines:
            for each in lines:
                message = told(each)
                if isinstance(message, Left):
                    self._leave(message.number)
                else:
                    self._here[message.number] = Presence()
                    threads.submit(self._answer, message)
            _end_after(LAST)
            for number in list(self._here):
                self._leave(number)

    def _answer(self, put: Put) -> None:
        presence = self._here[put.number]
        hear = (lambda text: self._say(Piece(number=put.number, text=text))) if put.aloud else None
        audience = Audience(hear, presence, self._calls.places.left)
        question = Question(put.visitor, put.text, put.broken_off)
        reply = self._calls.run(lambda: self._answerer.answer(question, audience))
        self._here.pop(put.number, None)
        self._say(Done(number=put.number, reply=reply))

    def _leave(self, number: int) -> None:
        presence = self._here.get(number)
        if presence is not None:
            presence.leave()

    def _say(self, message: Ready | Piece | Done) -> None:
        with self._sending, contextlib.suppress(OSError):  # nobody is there any more; the log has it
            self._connection.sendall(line(message))


def _end_after(seconds: float) -> None:
    """Whatever hangs, no process is left behind."""
    timer = threading.Timer(seconds, os._exit, [1])
    timer.daemon = True
    timer.start()


def answer_questions(settings: Settings, connection: socket.socket) -> None:
    """Load everything, and answer until the line ends."""
    services = connect(settings)
    session = Session(services)
    if settings.has_models and settings.answerers:
        models = services.open_models()
        models.policy = models.policy.shared_by(settings.answerers)
    try:
        warm(session)
        set_apart_what_is_loaded()
        AnsweringProcess(session, connection).run()
    finally:
        session.close()


def main() -> None:
    """The entry point of the process."""
    # A terminal's Ctrl-C and a service's stop reach every process: this one ends when the server lets go of it.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    edge.prepare_streams()
    edge.begin(None, verbose="--verbose" in sys.argv)
    try:
        with edge.guarded(None, as_json=False) as settings, socket.socket(fileno=int(sys.argv[1])) as own:
            answer_questions(settings, own)
    except typer.Exit as end:
        sys.exit(end.exit_code)


if __name__ == "__main__":
    main()
