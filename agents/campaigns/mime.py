"""A campaign's message as it goes over the wire, by the rules that inboxes enforce."""

from __future__ import annotations

import hashlib
from binascii import b2a_qp
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, formataddr

from agents.campaigns.mailing import CampaignMessage

# The newer policies of the standard library write a long List-Unsubscribe in encoded words, which no inbox
# reads, and take five times as long. What is folded is folded here, the rest stays whole.
_POLICY = compat32.clone(linesep="\r\n", mangle_from_=False, max_line_length=998)

_ONE_WORD = 36  # bytes that one encoded word surely holds

ONE_CLICK = "List-Unsubscribe=One-Click"
"""What an inbox posts to the unsubscribe link (RFC 8058)."""


def write_mime(message: CampaignMessage, key: str) -> bytes:
    """The message with all its headers; the same message and key give the same bytes."""
    digest = hashlib.sha256(key.encode()).hexdigest()
    mime = MIMEMultipart("alternative", boundary=f"=_{digest[32:]}")
    mime["From"] = _mailbox(message.sender.name, message.sender.address)
    mime["To"] = _mailbox(message.to_name, message.to)
    if message.reply_to:
        mime["Reply-To"] = message.reply_to
    mime["Subject"] = _header(message.subject, "Subject")
    mime["Date"] = format_datetime(message.at)
    mime["Message-ID"] = message_id(message, key)
    for name, value in extra_headers(message, key).items():
        mime[name] = value
    for kind, text in (("plain", message.text), ("html", message.html)):
        part = MIMENonMultipart("text", kind, charset="utf-8")
        part["Content-Transfer-Encoding"] = "quoted-printable"
        part.set_payload(b2a_qp(text.encode(), istext=True).decode("ascii"))
        mime.attach(part)
    return mime.as_bytes(policy=_POLICY)


def message_id(message: CampaignMessage, key: str) -> str:
    """The same for the same key, so that a receiver knows a second copy."""
    domain = message.sender.address.rpartition("@")[2]
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def extra_headers(message: CampaignMessage, key: str) -> dict[str, str]:
    """The headers that a campaign has beyond those of any mail."""
    return {
        "List-Unsubscribe": f"<{message.unsubscribe_url}>",
        "List-Unsubscribe-Post": ONE_CLICK,
        "X-Campaign": message.campaign,
        "X-Idempotency-Key": key,
    }


def _mailbox(name: str, address: str) -> str:
    name = " ".join(name.split())
    if name.isascii():
        return formataddr((name, address))
    # A name that needs two encoded words comes out with a gap in many mail programs.
    short = name.encode()[:_ONE_WORD].decode("utf-8", "ignore").rstrip()
    return f"{_header(short, 'From')} <{address}>"


def _header(text: str, name: str) -> str:
    """A header's text on lines of 76 characters, in encoded words (RFC 2047) where it needs them."""
    text = " ".join(text.split())
    return Header(text, None if text.isascii() else "utf-8", header_name=name).encode()
