"""The message of a campaign to one customer, and the port through which it is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from agents.domain import Value


class Sender(Value):
    """Whom a message is from; `address` as `parse_address` gives it."""

    name: str
    address: str


class CampaignMessage(Value):
    """One message to one customer, ready to be sent: the same fields give the same bytes.

    `contact` is the recipient's mark (`Links.contact`), the same for the same mailbox in all campaigns; `to` is
    their address. `at` becomes the date: the moment of the approval, not of the attempt.
    """

    campaign: str
    contact: str
    arm: str
    to: str
    to_name: str = ""
    sender: Sender
    reply_to: str | None = None
    subject: str
    text: str
    html: str
    unsubscribe_url: str
    at: datetime

    @property
    def key(self) -> str:
        """The idempotency key: of a campaign, nobody has two."""
        return message_key(self.campaign, self.contact)


def message_key(campaign: str, contact: str) -> str:
    """The key of a campaign's message to a contact."""
    return f"campaign:{campaign}:{contact}"


class Sent(Value):
    """The other side has taken the message; `reference` is its id there, where it gives one."""

    reference: str | None = None


class Refused(Value):
    """The other side will never take this message; the others of the campaign may go on.

    `about` says whether the address is to blame (it bounced: never write there again) or the message itself.
    """

    reason: str
    about: Literal["address", "message"] = "message"


class CampaignMailer(Protocol):
    """Sends the messages of campaigns. Safe to share between threads."""

    @property
    def repeatable(self) -> bool:
        """Whether sending the same key again makes no second message, so that what is uncertain may be repeated."""

    @property
    def reaches_people(self) -> bool:
        """Whether what is sent now arrives at real people."""

    def send(self, message: CampaignMessage, key: str) -> Sent | Refused:
        """Send it; both results are certain and final.

        Raises `Throttled` or `Transient` where it was surely not taken and may be tried again (`Throttled`: no
        message before `retry_after` seconds), `MailerClosed` where none can be sent until a person mends what it
        names (surely not taken either: pause the campaign), and `Ambiguous` where nobody can tell whether it was
        taken: never repeat that, list it.
        """

    def describe(self) -> str:
        """Where messages go and whether real people get them, in sentences for cards."""

    def check(self) -> None:
        """Raises what `send` would raise whatever the message; sends nothing."""

    def close(self) -> None:
        """Let go of connections; safe to call twice."""
