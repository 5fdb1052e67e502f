"""The people who work at the desk: who they are, what they may do, and the record of what they did.

Users stand in the settings or in the database; where both have a name, the settings count.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, Literal, Protocol, get_args

from agents.domain import Value
from agents.errors import BadInput, Forbidden, TooMany

TeamRole = Literal["viewer", "agent", "admin"]
ROLES: Final[tuple[TeamRole, ...]] = get_args(TeamRole)
"""From the one who may least: a viewer reads, an agent also decides, an admin also manages."""

PASSWORD_LENGTH: Final = range(10, 257)
ATTEMPTS_BY_NAME: Final = 8
ATTEMPTS_BY_ADDRESS: Final = 30
WINDOW: Final = timedelta(minutes=15)
"""So many sign-ins may fail in the last `WINDOW` for one name, and from one address."""

WRONG: Final = "That name and password do not belong together."
_SLOW_DOWN: Final = "Too many sign-ins have failed. Please wait a quarter of an hour and try again."
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class User(Value):
    """Somebody of the team; `fixed` if the settings name them, so that only the settings can change them."""

    name: str
    full_name: str
    role: TeamRole
    fixed: bool = False

    def may(self, role: TeamRole) -> bool:
        """Whether this user may do what `role` may."""
        return ROLES.index(self.role) >= ROLES.index(role)


class AuditLine(Value):
    """One thing that somebody did: who, from where (`origin`), what, to which subject."""

    at: datetime
    who: str
    origin: str
    what: str
    subject: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A user with the hash of their password."""

    user: User
    password: str

    @property
    def credential(self) -> str:
        """Changes whenever the password does, and tells nothing about it."""
        return sha256(self.password.encode()).hexdigest()


class Passwords(Protocol):
    """A slow, salted hash that names its own parameters."""

    def hash(self, password: str) -> str:
        """The hash to keep."""

    def matches(self, hashed: str, password: str) -> bool:
        """Whether the hash is of this password; as slow where it is not."""

    def is_hash(self, text: str) -> bool:
        """Whether `text` is a hash that `matches` understands."""


class TeamStore(Protocol):
    """Where the team is kept. Safe to share between threads and processes."""

    def accounts(self) -> list[Account]:
        """Everybody, by name."""

    def account(self, name: str) -> Account | None:
        """The account of this name, or None."""

    def add(self, account: Account) -> bool:
        """Keep a new account; False, and nothing done, where the name is taken."""

    def change(self, account: Account) -> bool:
        """Replace the account of the same name; False where there is none."""

    def remove(self, name: str) -> bool:
        """Forget an account; False where there is none."""

    def attempt(self, name: str, address: str, at: datetime, by_name: int, by_address: int) -> int | None:
        """Note a sign-in that has not succeeded yet; None where too many failed in the `WINDOW` before `at`."""

    def succeeded(self, attempt: int) -> None:
        """Note that an attempt was a success after all, so that it counts against nobody."""

    def record(self, line: AuditLine) -> None:
        """Add a line to the audit, for good."""

    def audit(self, limit: int, offset: int) -> list[AuditLine]:
        """The newest lines first."""


class Team:
    """Users, their sign-ins, and the audit."""

    def __init__(self, store: TeamStore, passwords: Passwords, fixed: Sequence[Account] = ()) -> None:
        """`fixed` are the accounts of the settings."""
        self._store = store
        self._passwords = passwords
        self._fixed = {account.user.name: account for account in fixed}
        self._nobody: str | None = None

    def users(self) -> list[User]:
        """Everybody, by name."""
        accounts = {each.user.name: each for each in self._store.accounts()} | self._fixed
        return [accounts[name].user for name in sorted(accounts)]

    def account(self, name: str) -> Account | None:
        """The account of this name, or None."""
        return self._fixed.get(name) or self._store.account(name)

    def check(self, name: str, password: str) -> Account | None:
        """The account if the password is its own. Takes as long where there is no such user."""
        account = self.account(_key(name))
        if account is None:
            if self._nobody is None:
                self._nobody = self._passwords.hash(secrets.token_hex(16))
            self._passwords.matches(self._nobody, password[: PASSWORD_LENGTH.stop])
            return None
        matches = self._passwords.matches(account.password, password[: PASSWORD_LENGTH.stop])
        return account if matches else None

    def sign_in(self, name: str, password: str, address: str, now: datetime) -> Account:
        """Check a password, at most so often; raises `TooMany`, or `Forbidden` without saying what was wrong."""
        key = _key(name)[:100]
        attempt = self._store.attempt(key, address, now, ATTEMPTS_BY_NAME, ATTEMPTS_BY_ADDRESS)
        if attempt is None:
            raise TooMany(_SLOW_DOWN)
        account = self.check(name, password)
        if account is None:
            raise Forbidden(WRONG)
        self._store.succeeded(attempt)
        return account

    def add(self, name: str, password: str, role: str, full_name: str = "") -> User:
        """Add somebody; raises `BadInput` for what cannot be a name, a role or a password."""
        user = User(name=usable_name(name), full_name=_full_name(full_name, name), role=usable_role(role))
        if self.account(user.name):
            raise BadInput(f"There is already a user {user.name!r}. Choose another name.")
        if any(each.full_name == user.full_name for each in self.users()):
            raise BadInput(
                f"Somebody is already called {user.full_name!r}; customers could not tell them apart."
            )
        hashed = self.hash(password, user.name)
        if not self._store.add(Account(user, hashed)):
            raise BadInput(f"There is already a user {user.name!r}. Choose another name.")
        return user

    def remove(self, name: str) -> None:
        """Remove somebody; the last admin stays."""
        account = self._changeable(name)
        self._keep_an_admin(account.user, without=True)
        self._store.remove(account.user.name)

    def set_role(self, name: str, role: str) -> User:
        """Give somebody another role; the last admin stays one."""
        account = self._changeable(name)
        changed = account.user.model_copy(update={"role": usable_role(role)})
        self._keep_an_admin(account.user, without=changed.role != "admin")
        self._store.change(Account(changed, account.password))
        return changed

    def set_password(self, name: str, password: str) -> None:
        """Give somebody another password, which ends their sessions."""
        account = self._changeable(name)
        self._store.change(Account(account.user, self.hash(password, account.user.name)))

    def hash(self, password: str, name: str) -> str:
        """The hash of a password that may be used; raises `BadInput` for one that is too easy or too long."""
        shortest, longest = PASSWORD_LENGTH.start, PASSWORD_LENGTH.stop - 1
        if len(password) not in PASSWORD_LENGTH:
            raise BadInput(
                f"A password has {shortest} to {longest} characters; this one has {len(password)}."
            )
        if len(set(password)) < 4 or name in password.lower():
            raise BadInput(
                "That password is too easy to guess. Take a few words that belong to nothing else."
            )
        return self._passwords.hash(password)

    def record(self, who: str, origin: str, what: str, subject: str = "", detail: str = "") -> None:
        """Add a line to the audit, which nothing changes or removes."""
        self._store.record(
            AuditLine(
                at=datetime.now(UTC), who=who, origin=origin, what=what, subject=subject[:200], detail=detail
            )
        )

    def audit(self, limit: int = 100, offset: int = 0) -> list[AuditLine]:
        """What was done, newest first."""
        return self._store.audit(limit, offset)

    def _changeable(self, name: str) -> Account:
        key = _key(name)
        if key in self._fixed:
            raise BadInput(f"The user {key!r} stands in GTM_USERS and can only be changed there.")
        account = self._store.account(key)
        if account is None:
            known = ", ".join(user.name for user in self.users()) or "none yet"
            raise BadInput(f"There is no user {key!r}; there are: {known}.")
        return account

    def _keep_an_admin(self, user: User, *, without: bool) -> None:
        if (
            without
            and user.role == "admin"
            and not any(each.role == "admin" and each.name != user.name for each in self.users())
        ):
            raise BadInput(f"{user.name!r} is the last admin. Make somebody else an admin first.")


def fixed_accounts(text: str, passwords: Passwords) -> list[Account]:
    """The users of the setting GTM_USERS: `name:role:hash[:Full Name]`, one after another with semicolons."""
    accounts = []
    for number, entry in enumerate(filter(None, (part.strip() for part in text.split(";"))), start=1):
        parts = entry.split(":", 3)
        where = f"GTM_USERS, entry {number}"
        if len(parts) < 3:
            raise BadInput(f"{where}: must be name:role:hash or name:role:hash:Full Name.")
        try:
            name, role = usable_name(parts[0]), usable_role(parts[1])
        except BadInput as error:
            raise BadInput(f"{where}: {error}") from error
        if not passwords.is_hash(parts[2].strip()):
            raise BadInput(f"{where}: the third part is no Argon2 hash. `gtm users hash` makes one.")
        full_name = _full_name(parts[3] if len(parts) > 3 else "", name)
        user = User(name=name, full_name=full_name, role=role, fixed=True)
        accounts.append(Account(user, parts[2].strip()))
    return accounts


def usable_name(name: str) -> str:
    """A name to sign in with, in lower case."""
    if not _NAME.fullmatch(_key(name)):
        raise BadInput(
            f"{name!r} cannot be a user's name: letters, digits and . _ @ + - without spaces, 100 at most."
        )
    return _key(name)


def usable_role(role: str) -> TeamRole:
    """A role that there is."""
    if role not in ROLES:
        raise BadInput(f"There is no role {role!r}; a user is {', '.join(ROLES[:-1])} or {ROLES[-1]}.")
    return role


def _full_name(full_name: str, name: str) -> str:
    """The name that customers may see the first word of."""
    return (
        " ".join(_CONTROLS.sub(" ", full_name).split())[:100] or name.strip().partition("@")[0].capitalize()
    )


def _key(name: str) -> str:
    return name.strip().lower()
