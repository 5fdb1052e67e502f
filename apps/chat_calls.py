"""The calls of the chat page: one request each, answered with one JSON object.

They go past Gradio, whose layers cost as much as an answer. No call takes a conversation id: whose it is follows
from the signed cookie alone.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable
from typing import Any, Final

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from agents.domain import Standing
from agents.errors import BadInput, DeskError, TooLong, TooMany
from agents.session import Session
from apps.live import Live
from apps.presenting import Presenter
from apps.visitors import COOKIE, Visitors

log = logging.getLogger(__name__)

THREADS: Final = 16
"""How many calls run at the same time. An answer from the documents computes, so that many more only get in each
other's way: of 4, 8, 16 and 64 threads, 16 answered a hundred visitors soonest on two cores."""

Payload = dict[str, Any]
Call = Callable[[str, Payload], Payload]


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

    def ask(self, visitor: str, sent: Payload) -> Payload:
        """Put a message to the desk; gives the reply as it stands in the log, or None where a person will answer."""
        text = sent.get("text")
        if not isinstance(text, str):
            raise BadInput("A message is text.")
        conversation = self._session.latest(visitor)
        reply = self._session.respond(text, conversation, visitor)
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


def add_calls(app: Starlette, calls: ChatCalls, session: Session, visitors: Visitors) -> None:
    """Serve every call as a POST under `/chat/`."""
    texts = session.policy.texts
    threads = anyio.CapacityLimiter(THREADS)

    def guarded(call: Call, visitor: str, sent: Payload) -> Payload:
        try:
            return call(visitor, sent)
        except DeskError as error:
            return {"error": str(error), "kind": _kind(error)}
        except Exception:  # the app's edge: logged under a number that the customer can name
            reference = secrets.token_hex(4)
            log.exception("A call of the chat page failed (reference %s)", reference)
            return {"error": f"{texts.failed} (Reference {reference})", "kind": "failed"}

    def endpoint(call: Call) -> Callable[[Request], Any]:
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
            shown = await anyio.to_thread.run_sync(guarded, call, visitor, sent, limiter=threads)
            return JSONResponse(shown, headers={"cache-control": "no-store"})

        return answer

    for name, call in calls.by_name().items():
        app.add_route(f"/chat/{name}", endpoint(call), methods=["POST"])


def _kind(error: DeskError) -> str:
    if isinstance(error, TooLong):
        return "too_long"
    return "too_many" if isinstance(error, TooMany) else "refused"
