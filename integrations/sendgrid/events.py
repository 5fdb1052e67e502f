"""SendGrid's signed event webhook: what became of messages, and whether it is SendGrid who says so."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from agents.campaigns.contact_desk import MailEvent
from agents.campaigns.outcomes import OutcomeKind
from agents.campaigns.unsubscribing import CAMPAIGN_ID, CONTACT
from agents.errors import BadInput, Forbidden
from agents.lazy import Lazy
from integrations.sendgrid import need_extra

SIGNATURE: Final = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP: Final = "X-Twilio-Email-Event-Webhook-Timestamp"

# SendGrid repeats what was not taken for a day; nothing older can come from it.
OLDEST: Final = timedelta(hours=26)
AHEAD: Final = timedelta(minutes=10)

_KINDS: Final[dict[str, OutcomeKind]] = {
    "delivered": "delivered",
    "click": "clicked",
    "unsubscribe": "unsubscribed",
    "group_unsubscribe": "unsubscribed",
    "spamreport": "complained",
}
# It did not even try, because of what it knew: by the words in which it says so.
_DROPPED: Final[dict[str, OutcomeKind]] = {
    "bounced address": "bounced",
    "invalid": "bounced",
    "spam reporting address": "complained",
    "unsubscribed address": "unsubscribed",
}


class SendGridEvents:
    """Reads what SendGrid posts, once it is known to be from there."""

    def __init__(self, public_key: str) -> None:
        """`public_key` as SendGrid's settings show it. Raises `BadInput` where the extra is missing."""
        need_extra("SENDGRID_EVENT_KEY")
        self._verifier: Lazy[Any] = Lazy(lambda: _verifier(public_key))

    def check(self) -> None:
        """Raises `BadInput` for a key that is none."""
        self._verifier()

    def read(self, body: bytes, signature: str, timestamp: str, now: datetime) -> list[MailEvent]:
        """The events of a call. A wrong signature or an old call raises `Forbidden`, another form `BadInput`."""
        try:
            text, moment = body.decode("utf-8"), datetime.fromtimestamp(int(timestamp), UTC)
            genuine = self._verifier().verify_signature(text, signature, timestamp)
        except (ValueError, OverflowError, OSError):
            genuine = False
        if not genuine:
            raise Forbidden("This call is not signed by SendGrid.")
        if not now - OLDEST <= moment <= now + AHEAD:
            raise Forbidden(
                f"This call was signed at {moment:%Y-%m-%d %H:%M} UTC, and it is too late for it."
            )
        try:
            told = json.loads(text)
        except ValueError as error:
            raise BadInput(f"The events are no JSON ({error}).") from error
        if not isinstance(told, list):
            raise BadInput("The events are no list.")
        return [event for each in told if isinstance(each, dict) and (event := _event(each, now)) is not None]


def _verifier(public_key: str) -> Any:
    from sendgrid.helpers.eventwebhook import EventWebhook  # noqa: PLC0415

    wrong = BadInput(
        "SENDGRID_EVENT_KEY is no public key. Copy the verification key from SendGrid's Mail Settings, "
        "Event Webhooks."
    )
    try:
        verifier = EventWebhook(public_key.strip())
    except ValueError as error:
        raise wrong from error
    if not hasattr(verifier.public_key, "curve"):
        raise wrong
    return verifier


def _event(told: dict[str, Any], now: datetime) -> MailEvent | None:
    """One event in our words; None for one that changes nothing, or tells too little."""
    kind, number = _kind(told), told.get("sg_event_id")
    if kind is None or not isinstance(number, str) or not number:
        return None
    try:
        at = min(datetime.fromtimestamp(float(told["timestamp"]), UTC), now)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        at = now
    detail = told.get("reason") or told.get("url") or ""
    return MailEvent(
        id=f"sendgrid:{number}",
        kind=kind,
        at=at,
        # Other senders of the same account may use these names for something else.
        campaign=_text(told, "campaign", CAMPAIGN_ID),
        contact=_text(told, "contact", CONTACT),
        address=_text(told, "email"),
        detail=str(detail)[:500],
    )


def _kind(told: dict[str, Any]) -> OutcomeKind | None:
    name = told.get("event")
    if name == "bounce":
        # “blocked” is the other side's mood of the moment: the mailbox is there.
        return "bounced" if told.get("type") != "blocked" else None
    if name == "dropped":
        return _DROPPED.get(str(told.get("reason", "")).lower())
    return _KINDS.get(str(name))


def _text(told: dict[str, Any], name: str, form: re.Pattern[str] | None = None) -> str | None:
    value = told.get(name)
    if not isinstance(value, str) or not value or (form is not None and not form.fullmatch(value)):
        return None
    return value
