"""Passwords hashed with Argon2id."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 4  # each takes 64 MB while it computes


class Argon2Passwords:
    """Implements `Passwords` with the parameters of RFC 9106 for little memory."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def hash(self, password: str) -> str:
        """The hash, with its parameters and a salt of its own."""
        with self._places:
            return self._hasher.hash(password)

    def matches(self, hashed: str, password: str) -> bool:
        """Whether the hash is of this password."""
        try:
            with self._places:
                return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    def is_hash(self, text: str) -> bool:
        """Whether it is an Argon2 hash."""
        try:
            extract_parameters(text)
        except InvalidHashError:
            return False
        return True
