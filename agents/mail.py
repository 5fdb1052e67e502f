"""How an answer reads as an e-mail, and how an e-mail is written down for a mail server."""

from __future__ import annotations

import hashlib
import re
import textwrap
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

from agents.domain import first_name
from agents.effects import Effect, Email
from agents.errors import BadInput, Permanent
from agents.policy import SupportPolicy

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
    try:
        return Address(display_name=name, addr_spec=address)
    except (ValueError, MessageError) as error:
        raise BadInput(
            f"GTM_MAIL_FROM is {text!r}, which is no sender. Write it like: Two Peaks <help@shop.example>"
        ) from error


def write_message(email: Email, sender: Address) -> EmailMessage:
    """The message with all its headers; the same e-mail gives the same bytes and the same Message-ID.

    Raises `Permanent` for an address that is none, or more than one.
    """
    message = EmailMessage(policy=SMTP)
    identity = hashlib.sha256(email.key.encode()).hexdigest()[:32]
    try:
        local, _, domain = email.to.rpartition("@")
        message["To"] = Address(username=local, domain=domain.encode("idna").decode("ascii"))
        message["From"] = sender
        message["Subject"] = " ".join(email.subject.split())
        message["Date"] = email.at
        message["Message-ID"] = f"<{identity}@{sender.domain}>"
        message.set_content(email.body)
    except (ValueError, MessageError) as error:
        raise Permanent(f"An e-mail to {email.to!r} cannot be written ({error}).") from error
    return message
