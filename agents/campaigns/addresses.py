"""E-mail addresses as campaigns write to them: one address, in the form that mail servers take."""

from __future__ import annotations

import re
from typing import Final

import idna

from agents.errors import BadInput

LONGEST: Final = 254  # RFC 5321: a path of 256 with its angle brackets
LONGEST_LOCAL: Final = 64

# RFC 5322's dot-atom. Quoted local parts are allowed there, but no provider hands them out.
_LOCAL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def parse_address(text: str) -> str:
    """The one address that a text is, its domain in lower case and in ASCII; else `BadInput` says what is wrong.

    It asks no name server: a well-formed address may still not exist.
    """
    address = text.strip()
    local, at, domain = address.rpartition("@")
    if not at:
        raise _wrong(text, "it has no @")
    if len(local) > LONGEST_LOCAL:
        raise _wrong(text, f"what stands before the @ is longer than {LONGEST_LOCAL} characters")
    if not local.isascii():
        raise _wrong(text, "few mail servers take letters beyond ASCII before the @")
    if not _LOCAL.fullmatch(local):
        raise _wrong(text, "what stands before the @ is empty, or has signs that no address has there")
    parsed = f"{local}@{_ascii_domain(domain, text)}"
    if len(parsed) > LONGEST:
        raise _wrong(text, f"it is longer than {LONGEST} characters")
    return parsed


def same_mailbox(address: str) -> str:
    """What tells whether two addresses that `parse_address` gave are one mailbox: their case does not matter."""
    # Standards let a server tell Jane from jane; none does, and who unsubscribed as one means the other too.
    return address.lower()


def _ascii_domain(domain: str, text: str) -> str:
    try:
        written = idna.encode(domain, uts46=True).decode("ascii") if not domain.isascii() else domain.lower()
    except idna.IDNAError as error:
        raise _wrong(text, f"{domain!r} is no domain ({error})") from error
    labels = written.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdecimal():
        raise _wrong(text, f"{domain!r} is no domain, such as shop.example")
    return written


def _wrong(text: str, why: str) -> BadInput:
    shown = text if len(text) <= 80 else text[:79] + "…"
    return BadInput(f"{shown!r} is no e-mail address: {why}.")
