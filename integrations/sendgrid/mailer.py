"""Campaigns' messages by SendGrid's Web API."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from agents.campaigns.mailing import CampaignMessage, Refused, Sent
from agents.campaigns.mime import extra_headers, message_id
from agents.errors import Ambiguous, DeskError, MailerClosed, Throttled, Transient
from agents.lazy import Lazy
from integrations.sendgrid import need_extra

TIMEOUT = 30.0  # seconds
REST = 60.0  # seconds to leave it alone where it does not say how long

_OFF = {"enable": False}
# Our own links are signed for each customer and count clicks: SendGrid must leave them as they are.
_NO_TRACKING = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": _OFF,
    "subscription_tracking": _OFF,
}


class SendGridMailer:
    """Implements `CampaignMailer` with the official client. SendGrid knows no keys: what is uncertain stays so."""

    repeatable = False

    def __init__(
        self,
        key: str,
        url: str | None = None,
        *,
        sandbox: bool = False,
        timeout: float = TIMEOUT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Import and connect to nothing yet. Raises `BadInput` where the extra is missing."""
        need_extra("GTM_MAILER")
        self._sandbox = sandbox
        self._clock = clock
        self._client: Lazy[Any] = Lazy(lambda: _open(key, url, timeout))

    @property
    def reaches_people(self) -> bool:
        """Not from the sandbox."""
        return not self._sandbox

    def send(self, message: CampaignMessage, key: str) -> Sent | Refused:
        """Hand the message to SendGrid, which then delivers it."""
        body = self._body(message, key)
        status, headers, said = self._ask(lambda client: client.mail.send.post(request_body=body))
        if status in (200, 202):
            return Sent(reference=headers.get("X-Message-Id"))
        words, field = _complaint(said)
        if status in (400, 413) and not field.startswith(("from", "reply_to")):
            return Refused(reason=words, about="address" if ".to." in f".{field}." else "message")
        raise self._error(status, headers, words)

    def describe(self) -> str:
        """Where messages go."""
        if self._sandbox:
            return "Checked by SendGrid's sandbox, which delivers to nobody."
        return "Sent by SendGrid."

    def check(self) -> None:
        """Ask whether our key is known and may send."""
        status, headers, said = self._ask(lambda client: client.scopes.get())
        if status != 200:
            raise self._error(status, headers, _complaint(said)[0])
        scopes = _read(said).get("scopes")
        if isinstance(scopes, list) and "mail.send" not in scopes:
            raise MailerClosed("SendGrid's key may not send mail. Give it the permission “Mail Send”.")

    def close(self) -> None:
        """Nothing is held."""

    def _ask(self, call: Callable[[Any], Any]) -> tuple[int, Any, bytes]:
        """Status, headers and body of what SendGrid answers."""
        from python_http_client.exceptions import HTTPError  # noqa: PLC0415

        from integrations.sendgrid.connection import NotConnected  # noqa: PLC0415

        client = self._client()
        try:
            response = call(client)
        except HTTPError as error:
            return error.status_code, error.headers, error.body
        except NotConnected as error:
            raise Transient(f"SendGrid cannot be reached ({error}).") from error
        except (OSError, HTTPException) as error:
            raise Ambiguous(
                f"SendGrid had the message and did not answer ({error or type(error).__name__}): whether it was "
                "sent cannot be told. Look for it under Activity there."
            ) from error
        return response.status_code, response.headers, response.body

    def _error(self, status: int, headers: Any, words: str) -> DeskError:
        said = f"SendGrid says {status}: {words}"
        if status == 429:
            return Throttled(said, self._rest(headers))
        if status == 503:
            return Throttled(said, REST)
        if status >= 500:
            return Ambiguous(f"{said} Whether it was sent cannot be told.")
        if status in (401, 403):
            return MailerClosed(
                f"SendGrid does not accept our key, or our sender. Correct them there. {said}"
            )
        return MailerClosed(f"SendGrid does not take our messages as they are. {said}")

    def _rest(self, headers: Any) -> float:
        """Seconds until SendGrid's counter begins again."""
        try:
            return min(max(float(headers.get("X-RateLimit-Reset")) - self._clock(), 1.0), 3600.0)
        except (TypeError, ValueError):
            return REST

    def _body(self, message: CampaignMessage, key: str) -> dict[str, object]:
        named = {"name": message.to_name} if message.to_name else {}
        reply_to = {"reply_to": {"email": message.reply_to}} if message.reply_to else {}
        return {
            "personalizations": [
                {
                    "to": [{"email": message.to, **named}],
                    "custom_args": {
                        "campaign": message.campaign,
                        "contact": message.contact,
                        "arm": message.arm,
                        "key": key,
                    },
                }
            ],
            "from": {"email": message.sender.address, "name": message.sender.name},
            **reply_to,
            "subject": message.subject,
            "content": [
                {"type": "text/plain", "value": message.text},
                {"type": "text/html", "value": message.html},
            ],
            "headers": {"Message-ID": message_id(message, key), **extra_headers(message, key)},
            "categories": [message.campaign],
            "tracking_settings": _NO_TRACKING,
            "mail_settings": {"sandbox_mode": {"enable": self._sandbox}},
        }


def _open(key: str, url: str | None, timeout: float) -> Any:
    from integrations.sendgrid.connection import open_client  # noqa: PLC0415

    return open_client(key, url, timeout)


def _complaint(said: bytes) -> tuple[str, str]:
    """What SendGrid finds wrong, and with which part of the request."""
    errors = _read(said).get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    return str(first.get("message") or "no reason given")[:300], str(first.get("field") or "")


def _read(said: bytes) -> dict[str, Any]:
    try:
        read = json.loads(said)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
