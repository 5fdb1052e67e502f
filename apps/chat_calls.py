"""The calls of the chat page: one request each, answered with one JSON object.

They go past Gradio, whose layers cost as much as an answer. No call takes a conversation id: whose it is follows
from the signed cookie alone. A page that asks for it gets an answer line by line, the last of which is the object.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from agents.asking import Audience
from agents.domain import Standing
from agents.errors import BadInput, DeskError, TooLong, TooMany
from agents.policy import Sayings
from agents.session import Session
from apps.chat_stream import Lines, stream, wants_stream
from apps.compute_places import ComputePlaces
from apps.live import Live
from apps.presenting import Presenter
from apps.visitors import COOKIE, Visitors

log = logging.getLogger(__name__)

PLACES: Final = 16
"""How many calls compute at the same time. Many more only get in each other's way: of 4, 8, 16 and 64 threads, 16
answered a hundred visitors soonest on two cores."""

THREADS: Final = 200
"""How many calls are under way at the same time: those that wait for a model take no place."""

Payload = dict[str, Any]
Call = Callable[[str, Payload], Payload]
Reply = Callable[[Call, str, Payload, Request], Awaitable[Response]]


class ChatCalls:
    """What the page may ask for, each call given the visitor and what the page sent."""

    def __init__(self, session: Session, live: Live) -> None:
        self._session = session
        self._live = live
        self._presenter = Presenter(session.policy.confidence_word, self._title)

    def by_name(self) -> dict[str, Call]:
        """Every call under the name that the page uses."""
        return {
            "open": self.open,
            "ask": self.ask,
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

    def ask(self, visitor: str, sent: Payload, audience: Audience | None = None) -> Payload:
        """Put a message to the desk; gives the reply as it stands in the log, or None where a person will answer."""
        text = sent.get("text")
        if not isinstance(text, str):
            raise BadInput("A message is text.")
        conversation = self._session.latest(visitor)
        reply = self._session.respond(text, conversation, visitor, audience)
        if conversation is None:
            self._live.wake_visitor(visitor)
        shown: Payload = {"message": self._presenter.message(reply) if reply else None}
        if reply is None or (reply.reply and reply.reply.decision == "escalate"):
            shown["standing"] = self._standing(visitor)
        return shown

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

    def _standing(self, visitor: str) -> Payload | None:
        conversation = self._session.latest(visitor)
        if conversation is None:
            return None
        return shown_standing(self._session.standing(conversation, visitor))

    def _title(self, name: str) -> str:
        document = self._session.document(name)
        return document.title if document else name


def shown_standing(standing: Standing) -> Payload:
    """How a conversation stands, for the page."""
    return standing.model_dump(include={"state", "person", "typing", "promise", "late", "contact"})


class CallRunner:
    """Runs calls in threads, at the app's edge: what goes wrong in one becomes a sentence for the page."""

    def __init__(self, texts: Sayings) -> None:
        self._texts = texts
        self._threads = anyio.CapacityLimiter(THREADS)
        self.places = ComputePlaces(PLACES)

    async def run(self, call: Callable[[], Payload]) -> Payload:
        """What a call gives."""
        return await anyio.to_thread.run_sync(self._guarded, call, limiter=self._threads)

    def _guarded(self, call: Callable[[], Payload]) -> Payload:
        try:
            with self.places.taken():
                return call()
        except DeskError as error:
            return {"error": str(error), "kind": _kind(error)}
        except Exception:  # logged under a number that the customer can name
            reference = secrets.token_hex(4)
            log.exception("A call of the chat page failed (reference %s)", reference)
            return {"error": f"{self._texts.failed} (Reference {reference})", "kind": "failed"}


def add_calls(app: Starlette, calls: ChatCalls, session: Session, visitors: Visitors) -> None:
    """Serve every call as a POST under `/chat/`."""
    runner = CallRunner(session.policy.texts)

    async def answer_at_once(call: Call, visitor: str, sent: Payload, _: Request) -> Response:
        return _shown(await runner.run(partial(call, visitor, sent)))

    async def answer_question(_: Call, visitor: str, sent: Payload, request: Request) -> Response:
        if not wants_stream(request):
            audience = Audience(waiting=runner.places.left)
            return _shown(await runner.run(partial(calls.ask, visitor, sent, audience)))
        lines = Lines()
        audience = Audience(lines.hear, lines.presence, runner.places.left)

        async def answer() -> None:
            lines.end(await runner.run(partial(calls.ask, visitor, sent, audience)))

        return stream(lines, answer())

    def endpoint(call: Call, reply: Reply) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            visitor = visitors.read(request.cookies.get(COOKIE))
            if visitor is None:
                return JSONResponse({"error": session.policy.texts.no_cookie, "kind": "cookie"})
            try:
                sent = json.loads(await request.body() or b"{}")
            except ClientDisconnect:
                return JSONResponse({"detail": "The call did not arrive whole."}, status_code=413)
            except ValueError:
                return JSONResponse({"detail": "A call is JSON."}, status_code=400)
            if not isinstance(sent, dict):
                return JSONResponse({"detail": "A call is a JSON object."}, status_code=400)
            return await reply(call, visitor, sent, request)

        return answer

    for name, call in calls.by_name().items():
        reply = answer_question if name == "ask" else answer_at_once
        app.add_route(f"/chat/{name}", endpoint(call, reply), methods=["POST"])


def _shown(payload: Payload) -> Response:
    return JSONResponse(payload, headers={"cache-control": "no-store"})


def _kind(error: DeskError) -> str:
    if isinstance(error, TooLong):
        return "too_long"
    return "too_many" if isinstance(error, TooMany) else "refused"
