"""Who is signed in: sessions with an end, and the one-time link of a desk that has no users yet.

Whoever reads the database learns no token: only hashes are kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Protocol

from agents.errors import Forbidden
from agents.team import Account, User

LONGEST: Final = timedelta(hours=12)
IDLE: Final = timedelta(hours=2)
LINK_LIFETIME: Final = timedelta(hours=1)
LINK_USER: Final = User(name="one-time link", full_name="Team", role="admin", fixed=True)
"""Who comes in by the link; no user can bear a name with a space."""

_SLACK: Final = timedelta(minutes=1)  # how seldom activity is written down
_SPENT: Final = "This link was used or is too old. Start the server again for a new one."


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as it is kept; `credential` is None where a link opened it."""

    key: str
    name: str
    credential: str | None
    opened: datetime
    seen: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user's session. `check` is what every write must send along, known only to our own page."""

    user: User
    check: str


class SessionStore(Protocol):
    """Where sessions and links are kept. Safe to share between threads and processes."""

    def open_session(self, session: OpenSession, forget_before: datetime) -> None:
        """Keep a session, and drop those opened before."""

    def session(self, key: str) -> OpenSession | None:
        """The session of this key, or None."""

    def see_session(self, key: str, seen: datetime) -> None:
        """Note activity."""

    def close_session(self, key: str) -> None:
        """Forget a session, if it is there."""

    def offer_link(self, key: str, until: datetime) -> None:
        """Keep a link, in place of all earlier ones."""

    def use_link(self, key: str, now: datetime) -> bool:
        """Mark a link as used; True for exactly one caller, and only in time."""


class TeamSessions:
    """Opens, recognises and ends sessions."""

    def __init__(self, store: SessionStore, account_of: Callable[[str], Account | None]) -> None:
        self._store = store
        self._account_of = account_of

    def open(self, account: Account | None, now: datetime) -> str:
        """A new session of an account, or of whoever came by the link; gives the token for the cookie."""
        token = secrets.token_urlsafe(32)
        name = account.user.name if account else LINK_USER.name
        credential = account.credential if account else None
        self._store.open_session(OpenSession(_hash(token), name, credential, now, now), now - LONGEST)
        return token

    def read(self, token: str | None, now: datetime, *, active: bool = True) -> SignedIn | None:
        """The session of a token, if it lasts; what is not `active` (a page refreshing itself) does not prolong it.

        A role is that of this moment; a removed user or a changed password ends the session.
        """
        session = self._store.session(_hash(token)) if token else None
        if token is None or session is None or now >= min(session.opened + LONGEST, session.seen + IDLE):
            return None
        user = self._user(session)
        if user is None:
            return None
        if active and now - session.seen > _SLACK:
            self._store.see_session(session.key, now)
        return SignedIn(user, _hash(f"check:{token}"))

    def close(self, token: str | None) -> None:
        """Sign out."""
        if token:
            self._store.close_session(_hash(token))

    def offer_link(self, now: datetime) -> str:
        """The token of a link that lets one person in as an admin, once, soon; earlier links end."""
        token = secrets.token_urlsafe(32)
        self._store.offer_link(_hash(token), now + LINK_LIFETIME)
        return token

    def enter(self, token: str, now: datetime) -> str:
        """Use the link; gives the token for the cookie, or raises `Forbidden`."""
        if not self._store.use_link(_hash(token), now):
            raise Forbidden(_SPENT)
        return self.open(None, now)

    def _user(self, session: OpenSession) -> User | None:
        if session.credential is None:
            return LINK_USER
        account = self._account_of(session.name)
        return account.user if account and account.credential == session.credential else None


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
