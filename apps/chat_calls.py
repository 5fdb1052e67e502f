"""The calls of the chat page: one request each, answered with one JSON object.

They go past Gradio, whose layers cost as much as an answer. No call takes a conversation id: whose it is follows
from the signed cookie alone. A page that asks for it gets an answer line by line, the last of which is the object.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from agents.asking import Audience
from agents.errors import BadInput
from agents.policy import Sayings
from agents.session import Session
from apps.answering import Answerer, Question, shown_standing
from apps.answering_pool import AnswererLost, AnsweringPool
from apps.chat_stream import Lines, stream, wants_stream
from apps.guarded_calls import THREADS, GuardedCalls, Payload
from apps.live import Live
from apps.presenting import Presenter
from apps.visitors import COOKIE, Visitors

Call = Callable[[str, Payload], Payload]
Reply = Callable[[str, Payload, Request], Awaitable[Response]]


class ChatCalls:
    """What the page may ask for, each call given the visitor and what the page sent."""

    def __init__(self, session: Session, live: Live, presenter: Presenter) -> None:
        self._session = session
        self._live = live
        self._presenter = presenter

    def by_name(self) -> dict[str, Call]:
        """Every call under the name that the page uses, but for `ask`."""
        return {
            "open": self.open,
            "rate": self.rate,
            "begin": self.begin,
            "contact": self.contact,
            "seen": self.seen,
        }

    def open(self, visitor: str, _: Payload) -> Payload:
        """The visitor's latest conversation, oldest message first, and how it stands."""
        seen = self.look(visitor, 0)
        return {name: seen[name] for name in ("messages", "standing")}

    def look(self, visitor: str, last: int) -> Payload:
        """As `open`, with the messages after `last` alone where that is one of this conversation.

        `whole` tells whether these are all messages; `conversation` is for us, not for the page.
        """
        conversation = self._session.latest(visitor)
        if conversation is None:
            return {"conversation": None, "whole": True, "messages": [], "standing": None}
        messages = self._session.messages(conversation, visitor)
        whole = all(message.id != last for message in messages)
        return {
            "conversation": conversation,
            "whole": whole,
            "messages": [self._presenter.message(each) for each in messages if whole or each.id > last],
            "standing": shown_standing(self._session.standing(conversation, visitor)),
        }

    def rate(self, visitor: str, sent: Payload) -> Payload:
        """Store a thumb, with a reason where one was given."""
        message, vote, reason = sent.get("message"), sent.get("vote"), sent.get("reason", "")
        if not isinstance(message, int) or vote not in ("up", "down") or not isinstance(reason, str):
            raise BadInput("A vote is up or down on a message, with a reason in words.")
        self._session.rate(message, vote, reason.strip() or None, visitor)
        return {"vote": vote}

    def begin(self, visitor: str, _: Payload) -> Payload:
        """Start a new conversation; the old one stays in the log."""
        self._session.begin(visitor)
        self._live.wake_visitor(visitor)
        return {"messages": [], "standing": None}

    def contact(self, visitor: str, sent: Payload) -> Payload:
        """Keep the e-mail address to which an answer may go."""
        address, conversation = sent.get("email"), self._session.latest(visitor)
        if not isinstance(address, str) or conversation is None:
            raise BadInput(self._session.policy.texts.contact_wrong)
        return {"contact": self._session.leave_contact(conversation, address, visitor)}

    def seen(self, visitor: str, _: Payload) -> Payload:
        """Note that the customer has the page before their eyes."""
        conversation = self._session.latest(visitor)
        if conversation is not None:
            self._session.seen_by_customer(conversation, visitor)
        return {}


class CallRunner:
    """Runs calls in threads of this process."""

    def __init__(self, texts: Sayings) -> None:
        self.guarded = GuardedCalls(texts)
        self._threads = anyio.CapacityLimiter(THREADS)

    async def run(self, call: Callable[[], Payload]) -> Payload:
        """What a call gives."""
        return await anyio.to_thread.run_sync(self.guarded.run, call, limiter=self._threads)


class Answers:
    """Has questions answered: by another process where there are any, else in this one."""

    def __init__(
        self, answerer: Answerer, runner: CallRunner, live: Live, pool: AnsweringPool | None
    ) -> None:
        self._answerer = answerer
        self._runner = runner
        self._live = live
        self._pool = pool

    async def answer(self, question: Question, audience: Audience) -> Payload:
        """What the page is told."""
        reply = await self._elsewhere(question, audience)
        if reply is None:
            here = replace(audience, waiting=self._runner.guarded.places.left)
            reply = await self._runner.run(partial(self._answerer.answer, question, here))
        if reply.pop("begun", False):
            self._live.wake_visitor(question.visitor)
        return reply

    async def _elsewhere(self, question: Question, audience: Audience) -> Payload | None:
        try:
            return None if self._pool is None else await self._pool.answer(question, audience)
        except AnswererLost as error:
            return self._runner.guarded.failed(error)


def add_calls(
    app: Starlette,
    calls: ChatCalls,
    answers: Answers,
    runner: CallRunner,
    *,
    texts: Sayings,
    visitors: Visitors,
) -> None:
    """Serve every call as a POST under `/chat/`."""

    def answer_at_once(call: Call) -> Reply:
        async def answer(visitor: str, sent: Payload, _: Request) -> Response:
            return _shown(await runner.run(partial(call, visitor, sent)))

        return answer

    async def answer_question(visitor: str, sent: Payload, request: Request) -> Response:
        question = Question(visitor, sent.get("text"))
        if not wants_stream(request):
            return _shown(await answers.answer(question, Audience()))
        lines = Lines()

        async def answer() -> None:
            lines.end(await answers.answer(question, Audience(lines.hear, lines.presence)))

        return stream(lines, answer())

    def endpoint(reply: Reply) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            visitor = visitors.read(request.cookies.get(COOKIE))
            if visitor is None:
                return JSONResponse({"error": texts.no_cookie, "kind": "cookie"})
            try:
                sent = json.loads(await request.body() or b"{}")
            except ClientDisconnect:
                return JSONResponse({"detail": "The call did not arrive whole."}, status_code=413)
            except ValueError:
                return JSONResponse({"detail": "A call is JSON."}, status_code=400)
            if not isinstance(sent, dict):
                return JSONResponse({"detail": "A call is a JSON object."}, status_code=400)
            return await reply(visitor, sent, request)

        return answer

    replies = {name: answer_at_once(call) for name, call in calls.by_name().items()}
    for name, reply in (replies | {"ask": answer_question}).items():
        app.add_route(f"/chat/{name}", endpoint(reply), methods=["POST"])


def _shown(payload: Payload) -> Response:
    return JSONResponse(payload, headers={"cache-control": "no-store"})
