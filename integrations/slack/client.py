"""Slack's Web API: every call in one place, every error in our own words."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from agents.errors import BadInput, ChannelClosed, Permanent, Throttled, Transient

TIMEOUT: Final = 10  # seconds for one call
SPACING: Final = 1.0  # seconds between two posts once Slack has said that it is too many
MAX_PAGES: Final = 20

_CLOSED: Final = {
    "invalid_auth": "Slack does not know the token. Set SLACK_BOT_TOKEN to the app's bot token (xoxb-…).",
    "not_authed": "There is no token. Set SLACK_BOT_TOKEN to the app's bot token (xoxb-…).",
    "token_revoked": "The token was revoked. Install the app again and set SLACK_BOT_TOKEN to its new token.",
    "token_expired": "The token has expired. Install the app again and set SLACK_BOT_TOKEN to its new token.",
    "account_inactive": "The app was removed from the workspace. Install it again and set SLACK_BOT_TOKEN.",
    "not_allowed_token_type": "SLACK_BOT_TOKEN holds another kind of token; the bot's begins with xoxb-.",
    "missing_scope": "The app lacks a scope. Update it from slack/manifest.yaml and install it again.",
    "no_permission": "The app may not do this. Update it from slack/manifest.yaml and install it again.",
    "channel_not_found": "The bot sees no such channel. Check SLACK_SUPPORT_CHANNEL and SLACK_GTM_CHANNEL, and write "
    "/invite @gtm there.",
    "not_in_channel": "The bot is not in the channel. Write /invite @gtm there.",
    "is_archived": "The channel is archived. Unarchive it, or set another one in SLACK_SUPPORT_CHANNEL or "
    "SLACK_GTM_CHANNEL.",
    "restricted_action": "The workspace does not let the app post in this channel. Ask an admin of Slack.",
    "org_login_required": "Slack is moving the workspace; it will be back.",
}
"""What keeps everything out until a person mends it; the message waits until then."""

_HOPELESS: Final = frozenset(
    (
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
        "invalid_arguments",
    )
)


class SlackClient:
    """One workspace's Web API; one instance serves all threads of a process."""

    def __init__(self, token: str, url: str | None = None, timeout: int = TIMEOUT) -> None:
        """Connect to nothing yet. `url` is another Web API than Slack's own; `BadInput` for one of the wrong form."""
        base = WebClient.BASE_URL if url is None else f"{url.rstrip('/')}/"
        if not base.startswith(("http://", "https://")):
            raise BadInput(f"SLACK_API_URL is {url!r}. Write it like https://slack.com/api/")
        # Slack's own client would send a lost call again, and so post twice: we look first.
        self.web = WebClient(token=token, base_url=base, timeout=timeout, retry_handlers=[])
        self._lock = threading.Lock()
        self._free_at: dict[str, float] = {}

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """What a method answers. Raises `Throttled`, `ChannelClosed`, `Transient` or `Permanent`."""
        self._wait_turn(method)
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            answer = (
                self.web.api_call(method, json=given)
                if _takes_json(method)
                else self.web.api_call(method, params=given)
            )
        except SlackApiError as error:
            raise self._translated(method, error) from error
        except (SlackClientError, URLError, OSError, ValueError) as error:
            raise Transient(f"Slack cannot be reached ({_words(error)}).") from error
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    def pages(self, method: str, part: str, **arguments: Any) -> list[Any]:
        """All items of a list that comes in pages."""
        items: list[Any] = []
        cursor: str | None = None
        for _ in range(MAX_PAGES):
            answer = self.call(method, cursor=cursor, **arguments)
            items += answer.get(part) or []
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                break
        return items

    def attempt(self, work: Callable[[WebClient], Any], method: str) -> Any:
        """Something of the vendor's client that is more than one call, with its errors in our words."""
        try:
            return work(self.web)
        except SlackApiError as error:
            raise self._translated(method, error) from error
        except (SlackClientError, URLError, OSError, ValueError) as error:
            raise Transient(f"Slack cannot be reached ({_words(error)}).") from error

    def _wait_turn(self, method: str) -> None:
        """Where Slack wants to be left alone, each caller gets a moment of its own to come again."""
        now = time.monotonic()
        with self._lock:
            free_at = self._free_at.get(method, 0.0)
            if now >= free_at:
                return
            self._free_at[method] = free_at + SPACING
        raise Throttled("Slack takes no more messages just now.", free_at - now + random.random())  # noqa: S311

    def _translated(self, method: str, error: SlackApiError) -> Exception:
        response = error.response
        status = int(getattr(response, "status_code", 200) or 200)
        code = ""
        if isinstance(getattr(response, "data", None), dict):
            code = str(response.get("error") or "")
        if status == 429 or code in ("ratelimited", "rate_limited"):
            pause = _retry_after(response)
            with self._lock:
                self._free_at[method] = max(self._free_at.get(method, 0.0), time.monotonic() + pause)
            return Throttled("Slack takes no more messages just now.", pause)
        if code in _CLOSED:
            return ChannelClosed(f"Slack: {code}. {_CLOSED[code]}{_missing(response)}")
        if code in _HOPELESS:
            return Permanent(f"Slack refused the message ({code}{_details(response)}).")
        if code == "message_not_found" or code in (
            "cant_update_message",
            "edit_window_closed",
            "cant_delete_message",
        ):
            return MessageGone(f"Slack: {code}.")
        return SlackRefused(f"Slack could not do {method} ({code or f'HTTP {status}'}).", code)


def check_app_token(token: str, url: str | None) -> None:
    """Raises where Socket Mode cannot be had with this token."""
    try:
        SlackClient(token, url).call("apps.connections.open")
    except (ChannelClosed, SlackRefused) as error:
        raise ChannelClosed(
            f"Slack does not let us in by Socket Mode ({error}). Set SLACK_APP_TOKEN to an app-level token (xapp-…) "
            "with connections:write, and switch Socket Mode on."
        ) from error


class SlackRefused(Transient):
    """Slack has answered, and not with yes; `code` is its word for why."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class MessageGone(Transient):
    """The message that was to be changed is not there any more."""


def _takes_json(method: str) -> bool:
    """Methods that write take JSON; those that only read take a form."""
    return not method.startswith(("conversations.", "users.")) or method == "conversations.open"


def _retry_after(response: Any) -> float:
    headers = {str(name).lower(): value for name, value in (getattr(response, "headers", None) or {}).items()}
    try:
        return max(1.0, float(headers["retry-after"]))
    except (KeyError, ValueError):
        return 5.0


def _missing(response: Any) -> str:
    needed = response.get("needed")
    return f" It needs {needed}." if needed else ""


def _details(response: Any) -> str:
    details = (response.get("response_metadata") or {}).get("messages") or response.get("errors")
    return f": {'; '.join(map(str, details))}" if details else ""


def _words(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return getattr(reason, "strerror", None) or str(reason) or type(error).__name__
