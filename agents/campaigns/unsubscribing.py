"""Who may not be written to, and the signed links by which a customer says so."""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Collection, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal, Protocol
from urllib.parse import quote

from agents.campaigns.addresses import parse_address, same_mailbox
from agents.domain import Value
from agents.errors import BadInput

SuppressionReason = Literal["unsubscribed", "bounced", "complained"]

CAMPAIGN_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What may be a campaign's id: it stands in links and in names of files."""

CONTACT: Final = re.compile(r"[0-9a-f]{24}")
"""The form of a contact's mark."""

_SHORTEST_KEY: Final = 32  # bytes
_LONGEST_TARGET: Final = 2048  # characters


class Suppression(Value):
    """That a contact may not be written to: since when, why, and in which campaign it came to that."""

    contact: str
    reason: SuppressionReason
    at: datetime
    campaign: str | None = None


class Suppressions(Protocol):
    """The contacts that may not be written to, by their marks: no address is kept. Safe between processes."""

    def reason(self, contact: str) -> SuppressionReason | None:
        """Why this contact may not be written to, or None; to be asked right before each message."""

    def reasons(self, contacts: Collection[str]) -> dict[str, SuppressionReason]:
        """The same of many at once: those of them that may not be written to."""

    def add(self, new: Sequence[Suppression]) -> int:
        """Write to them no more, from the moment this returns; how many were not known for that reason."""

    def lift(self, contact: str) -> bool:
        """They want to hear of us again; whether anything changed. A mailbox that bounced stays suppressed."""

    def counts(self) -> dict[SuppressionReason, int]:
        """How many contacts there are for each reason."""


class KeyRing(Value):
    """The secrets for links, oldest first: all are recognised, the one at `signing` signs, the oldest marks contacts.

    A further key can be added at any time; links in mails that went out long ago keep working.
    """

    keys: tuple[bytes, ...]
    signing: int = -1


class LinkKeys(Protocol):
    """Keeps the secrets for links, the same for all processes of a desk."""

    def ring(self) -> KeyRing:
        """Every key; the first is made when it is first asked for."""

    def rotate(self) -> None:
        """Add a key. It signs once every process has had time to hear of it."""


class Ticket(Value):
    """What a link says: of which campaign it is, and whose."""

    campaign: str
    contact: str


class MessageLinks(Protocol):
    """The links that stand in a message."""

    def unsubscribe_url(self, campaign: str, contact: str) -> str:
        """Where this contact ends all campaigns."""

    def click_url(self, campaign: str, contact: str, target: str) -> str:
        """A way to `target`."""


class ShownLinks:
    """Those of a message that is only looked at: none unsubscribes its customer or counts as their click."""

    def __init__(self, root: str) -> None:
        """`root` is where customers reach the desk's web server."""
        self._root = root

    def unsubscribe_url(self, campaign: str, contact: str) -> str:  # noqa: ARG002 - it is nobody's
        """An address of the same form that says that it is not complete."""
        return f"{self._root}/u/preview"

    def click_url(self, campaign: str, contact: str, target: str) -> str:  # noqa: ARG002 - as above
        """The target itself."""
        return target


class Links:
    """Makes the links of a campaign's mails and recognises its own; no address can be read from one."""

    def __init__(self, ring: KeyRing, public_url: str) -> None:
        """`public_url` is where customers reach the desk's web server."""
        if not ring.keys or min(map(len, ring.keys)) < _SHORTEST_KEY:
            raise ValueError(f"a key that signs links has at least {_SHORTEST_KEY} bytes")
        self._keys = ring.keys
        self._signing = ring.keys[ring.signing]
        self._root = public_url.rstrip("/")

    def contact(self, address: str) -> str:
        """The mark of the mailbox behind an address: always the same here, and meaningless elsewhere."""
        mailbox = same_mailbox(parse_address(address))
        return hmac.new(self._keys[0], b"contact:" + mailbox.encode(), sha256).hexdigest()[:24]

    def shown(self) -> ShownLinks:
        """The links for a message that is only looked at."""
        return ShownLinks(self._root)

    def unsubscribe_url(self, campaign: str, contact: str) -> str:
        """Where this contact ends all campaigns; it never expires."""
        return f"{self._root}/u/{self._sealed('unsubscribe', campaign, contact)}"

    def click_url(self, campaign: str, contact: str, target: str) -> str:
        """A way to `target` on which the click is counted."""
        token = self._sealed("click", campaign, contact, target)
        return f"{self._root}/c/{token}?to={quote(target, safe='')}"

    def read_unsubscribe(self, token: str) -> Ticket:
        """What an unsubscribe link says; `BadInput` for one that was not made here."""
        return self._opened("unsubscribe", token)

    def read_click(self, token: str, target: str) -> Ticket:
        """Whose click it is, if this very target was signed for them; else `BadInput`."""
        if len(target) > _LONGEST_TARGET:
            raise _foreign()
        return self._opened("click", token, target)

    def _sealed(self, purpose: str, campaign: str, contact: str, target: str = "") -> str:
        if not CAMPAIGN_ID.fullmatch(campaign) or not CONTACT.fullmatch(contact):
            raise ValueError(f"{campaign!r} and {contact!r} cannot stand in a link")
        return f"{campaign}.{contact}.{_signature(self._signing, purpose, campaign, contact, target)}"

    def _opened(self, purpose: str, token: str, target: str = "") -> Ticket:
        campaign, _, rest = token.partition(".")
        contact, _, given = rest.partition(".")
        if CAMPAIGN_ID.fullmatch(campaign) and CONTACT.fullmatch(contact) and given.isascii():
            for key in reversed(self._keys):
                if hmac.compare_digest(given, _signature(key, purpose, campaign, contact, target)):
                    return Ticket(campaign=campaign, contact=contact)
        raise _foreign()


def _foreign() -> BadInput:
    return BadInput("This link is not one of ours: a part of it was lost or changed.")


def _signature(key: bytes, *parts: str) -> str:
    # 128 bits: as good as unguessable, and the link stays on one line.
    digest = hmac.new(key, "\n".join(parts).encode("utf-8", "surrogatepass"), sha256).digest()[:16]
    return urlsafe_b64encode(digest).decode("ascii").rstrip("=")
