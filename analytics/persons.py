"""How a customer is called who is known by an address: no address is kept among the business data."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

PREFIX: Final = "p-"
DIGITS: Final = 16


def pseudonym(address: str) -> str:
    """The id under which the orders of an e-mail address are kept: the same for the same address, in any case."""
    return PREFIX + hashlib.sha256(address.strip().lower().encode()).hexdigest()[:DIGITS]


def new_pseudonym() -> str:
    """An id that leads to nobody, as long as the others: texts in which it takes their place keep their length."""
    return PREFIX + secrets.token_hex(DIGITS // 2)
