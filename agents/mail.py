"""How an answer reads as an e-mail, and how an e-mail is written down for a mail server."""

from __future__ import annotations

import hashlib
import re
import textwrap
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

from agents.domain import first_name
from agents.effects import Effect, Email
from agents.errors import BadInput, Permanent
from agents.policy import SupportPolicy

# Whether it is one that a customer may leave is decided elsewhere: here it must be one, and no more than one.
_ADDRESS = re.compile(r"[^\s@<>\"',;:()\[\]\\]+@[^\s@<>\"',;:()\[\]\\]+")
WIDTH = 76  # characters a line, as mail programs have always shown them


def answer_email(effect: Effect, policy: SupportPolicy, public_url: str | None) -> Email:
    """A person's answer, for a customer who has left the chat."""
    words, brand, payload = policy.mail, policy.brand.name, effect.payload
    question = textwrap.wrap(payload["question"], WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    body = words.answer.format(
        brand=brand,
        name=first_name(payload["by"]),
        question="\n".join(f"> {line}" for line in question),
        answer=payload["answer"].strip(),
        link=words.link.format(url=public_url) if public_url else "",
    )
    return Email(
        # The conversation's id is unlike any other's: two desks on one domain never share a Message-ID.
        key=f"{effect.key}:{effect.conversation}",
        to=payload["to"],
        subject=words.subject.format(brand=brand),
        body=re.sub(r"\n{3,}", "\n\n", body).strip() + "\n",
        at=effect.created,
    )


def parse_sender(text: str) -> Address:
    """The sender that `Name <address>` or a plain address names; `BadInput` where it is neither."""
    name, address = parseaddr(text)
    if not text.isprintable() or not _ADDRESS.fullmatch(address):
        raise BadInput(
            f"GTM_MAIL_FROM is {text!r}, which is no sender. Write it like: Two Peaks <help@shop.example>"
        )
    return _address(address, name)


def write_message(email: Email, sender: Address) -> EmailMessage:
    """The message with all its headers; the same e-mail gives the same bytes and the same Message-ID.

    Raises `Permanent` for an address that is none, or more than one.
    """
    if not _ADDRESS.fullmatch(email.to):
        raise Permanent(f"{email.to!r} is no e-mail address.")
    message = EmailMessage(policy=SMTP)
    message["To"] = _address(email.to)
    message["From"] = sender
    message["Subject"] = " ".join(email.subject.split())
    message["Date"] = email.at
    message["Message-ID"] = f"<{hashlib.sha256(email.key.encode()).hexdigest()[:32]}@{sender.domain}>"
    message.set_content(email.body)
    return message


def _address(address: str, name: str = "") -> Address:
    """An address with its domain as the mail servers write it."""
    local, _, domain = address.rpartition("@")
    try:
        return Address(display_name=name, username=local, domain=domain.encode("idna").decode("ascii"))
    except ValueError as error:
        raise Permanent(f"{address!r} is no e-mail address ({error}).") from error
