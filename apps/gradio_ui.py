"""The customers' chat: a Gradio page that shows what the session decided and collects what customers say.

Gradio serves the page and its queue carries the questions; `static/chat.js` draws the conversation, so that
an answer travels once and the history is never sent again. No call takes a conversation id: whose it is
follows from the signed cookie alone.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any, Final

import gradio as gr
from gradio.events import api

from agents.errors import BadInput, DeskError, TooLong, TooMany
from agents.policy import SupportPolicy
from agents.session import Session
from apps.presenting import Presenter
from apps.visitors import COOKIE, Visitors

log = logging.getLogger(__name__)

THREADS: Final = 16
"""How many calls run at the same time. An answer from the documents computes, so that many more only get in each
other's way: of 4, 8, 16 and 64 threads, 16 answered a hundred visitors soonest on two cores."""

QUEUE: Final = 2000
"""How many questions may wait; beyond that a visitor is told to try again."""

STATUS_SECONDS: Final = 3600.0
"""How seldom Gradio tells those who wait their rank in the queue."""

_TEMPLATE: Final = Path(__file__).with_name("static") / "chat.html"
_START: Final = """
import(new URL("chat/chat.js", document.baseURI)).then((page) => page.start(element, props.value));
"""

Payload = dict[str, Any]


class ChatCalls:
    """What the page may ask for; each answer is a JSON object, with `error` where it went wrong."""

    def __init__(self, session: Session, policy: SupportPolicy, visitors: Visitors) -> None:
        self._session = session
        self._policy = policy
        self._visitors = visitors
        self._presenter = Presenter(policy.confidence_word, self._title)

    def open(self, visitor: str) -> Payload:
        """The visitor's latest conversation, oldest message first."""
        conversation = self._session.latest(visitor)
        messages = self._session.messages(conversation, visitor) if conversation else []
        return {"messages": [self._presenter.message(message) for message in messages]}

    def ask(self, visitor: str, text: object) -> Payload:
        """Put a message to the desk; gives the desk's reply as it stands in the log."""
        if not isinstance(text, str):
            raise BadInput("A message is text.")
        reply = self._session.respond(text, self._session.latest(visitor), visitor)
        return {"message": self._presenter.message(reply) if reply else None}

    def rate(self, visitor: str, message: object, vote: object, reason: object) -> Payload:
        """Store a thumb, with a reason where one was given."""
        if not isinstance(message, int) or vote not in ("up", "down") or not isinstance(reason, str):
            raise BadInput("A vote is up or down on a message, with a reason in words.")
        self._session.rate(message, vote, reason.strip() or None, visitor)
        return {"vote": vote}

    def begin(self, visitor: str) -> Payload:
        """Start a new conversation; the old one stays in the log."""
        self._session.begin(visitor)
        return {"messages": []}

    def _title(self, name: str) -> str:
        document = self._session.document(name)
        return document.title if document else name

    def guard(self, request: gr.Request, call: Callable[[str], Payload]) -> Payload:
        """Run a call for the visitor that the cookie names, and turn errors into sentences."""
        visitor = self._visitors.read(request.cookies.get(COOKIE))
        if visitor is None:
            return {"error": self._policy.texts.no_cookie, "kind": "cookie"}
        try:
            return call(visitor)
        except DeskError as error:
            return {"error": str(error), "kind": _kind(error)}
        except Exception:  # the app's edge: logged under a number that the customer can name
            reference = secrets.token_hex(4)
            log.exception("A call of the chat page failed (reference %s)", reference)
            return {"error": f"{self._policy.texts.failed} (Reference {reference})", "kind": "failed"}


def build_chat(session: Session, policy: SupportPolicy, visitors: Visitors) -> gr.Blocks:
    """The chat as Gradio blocks, to be mounted by `apps.server`."""
    calls = ChatCalls(session, policy, visitors)

    def chat_open(request: gr.Request) -> dict:  # type: ignore[type-arg]
        return calls.guard(request, calls.open)

    def chat_ask(text: str, request: gr.Request) -> dict:  # type: ignore[type-arg]
        return calls.guard(request, lambda visitor: calls.ask(visitor, text))

    def chat_rate(message: int, vote: str, reason: str, request: gr.Request) -> dict:  # type: ignore[type-arg]
        return calls.guard(request, lambda visitor: calls.rate(visitor, message, vote, reason))

    def chat_begin(request: gr.Request) -> dict:  # type: ignore[type-arg]
        return calls.guard(request, calls.begin)

    blocks = gr.Blocks(title=policy.brand.name, analytics_enabled=False, fill_height=True, fill_width=True)
    with blocks:
        gr.HTML(
            _page_words(policy),
            html_template=_TEMPLATE.read_text("utf-8").replace("{brand}", escape(policy.brand.name)),
            js_on_load=_START,
            apply_default_css=False,
            elem_id="chat-page",
        )
        api(chat_ask, api_name="ask", api_visibility="undocumented", concurrency_limit=None)
        for call, name in ((chat_open, "open"), (chat_rate, "rate"), (chat_begin, "begin")):
            api(call, api_name=name, api_visibility="undocumented", queue=False, concurrency_limit=None)
    blocks.max_threads = THREADS
    # Gradio would tell everybody in the queue about every step of everybody else; the page shows no ranks.
    blocks.queue(STATUS_SECONDS, api_open=False, max_size=QUEUE, default_concurrency_limit=None)
    # It also looks for work every millisecond, which keeps an idle machine busy.
    blocks._queue.sleep_when_free = 0.005
    blocks._queue.progress_update_sleep_when_free = 0.5
    return blocks


def _page_words(policy: SupportPolicy) -> Payload:
    """What the page needs to know before the first call."""
    brand = policy.brand
    return {
        "brand": brand.name,
        "welcome": brand.welcome,
        "placeholder": brand.placeholder,
        "examples": list(brand.examples),
        "offline": brand.offline_note,
        "limit": policy.limits.message_length,
    }


def _kind(error: DeskError) -> str:
    if isinstance(error, TooLong):
        return "too_long"
    return "too_many" if isinstance(error, TooMany) else "refused"
