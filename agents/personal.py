"""One person's data, by their e-mail address: how they are recognised, and the ports that hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from agents.domain import Value
from agents.team import AuditLine
from analytics.persons import pseudonym

Rows = dict[str, list[dict[str, Any]]]
"""Stored rows by the place they stand in, as they can be written as JSON."""


class Address:
    """Recognises one e-mail address among others: in a text, in JSON, and in a web address."""

    def __init__(self, email: str, contact: str | None = None) -> None:
        """`email` in any case; `pseudonym` is the id that stands for it among the business data.

        `contact` is the mark of its mailbox among campaigns, where it can have one.
        """
        self.email, self.contact = email.strip().lower(), contact
        local, _, domain = self.email.partition("@")
        self.spellings = (self.email, f"{local}%40{domain}")
        self.pseudonym = pseudonym(self.email)
        own = "|".join(re.escape(each) for each in self.spellings)
        # A line break before it is written \n in JSON, whose letter is no part of the address.
        self._around = re.compile(
            rf"(?:\\[nrtbf])?([\w.+%-]*(?:{own})(?:[\w-]|\.(?-i:[a-z0-9]))*)", re.IGNORECASE
        )

    def spoken(self, text: str) -> Iterator[str]:
        """Every address in a text that holds this one, in lower case: itself, or a longer one of somebody else."""
        for match in self._around.finditer(text):
            yield match.group(1).lower().replace("%40", "@")

    def replaced_in(self, text: str, word: str) -> str:
        """The text with a word in place of this very address, longer ones left as they are."""

        def replace(match: re.Match[str]) -> str:
            return match[0].replace(match[1], word) if self.is_in(match[1]) else match[0]

        return self._around.sub(replace, text)

    def is_in(self, text: str) -> bool:
        """Whether a text names this very address."""
        return any(each == self.email for each in self.spoken(text))


class Searched(Value):
    """What was searched for an address, and where it was found; `others` are longer addresses that hold it."""

    tables: int = 0
    rows: int = 0
    files: int = 0
    bytes: int = 0
    found: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()

    def and_also(self, more: Searched) -> Searched:
        """Both searches together."""
        return Searched(
            tables=self.tables + more.tables,
            rows=self.rows + more.rows,
            files=self.files + more.files,
            bytes=self.bytes + more.bytes,
            found=tuple(dict.fromkeys((*self.found, *more.found))),
            others=self.others | more.others,
        )


class KeepUntil(Value):
    """Retention as moments: what was closed before is erased."""

    conversations: datetime
    dismissed_entries: datetime
    delivered_effects: datetime
    logs: datetime
    audit_details: datetime
    sign_ins: datetime
    traces: datetime


class PersonalData(Protocol):
    """The personal data in the desk's database."""

    def conversations_of(self, address: Address) -> list[str]:
        """The conversations whose contact it is or whose messages name it, and the same visitor's others."""

    def stale_conversations(self, before: datetime) -> list[str]:
        """The conversations in which nothing has been said since, and nobody has anything to do."""

    def rows_of(self, address: Address, conversations: Sequence[str]) -> Rows:
        """Everything stored of these conversations, every entry and effect that names the address, its campaigns."""

    def suppressions_of(self, contact: str) -> list[dict[str, Any]]:
        """Why a mailbox may not be written to, by its mark: this stays when the person is erased, to be heeded."""

    def erase(
        self, conversations: Sequence[str], address: Address | None, line: AuditLine | None
    ) -> dict[str, int]:
        """Erase what `rows_of` gives, in one transaction with its line in the audit; counts by place.

        Lines of the audit about it keep who did what and when. Without an address, for retention, accepted
        entries stay: they have been looked through.
        """

    def naming(self, ids: Sequence[str]) -> Rows:
        """The rows that tell of a customer by these ids, as a kept report does: which rows, not what they say."""

    def rename(self, names: Mapping[str, str]) -> dict[str, int]:
        """Put other ids of customers in place of these, in every table; counts of rows by place."""

    def expire(self, until: KeepUntil) -> dict[str, int]:
        """Erase what is kept for a time only; counts by place."""

    def search(self, address: Address) -> Searched:
        """Look through every row of every table, for the address and for its pseudonym."""


class PersonalBusiness(Protocol):
    """The personal data among the business data: orders, customers, tickets. All may raise `DeskError`."""

    def ids_of(self, address: Address) -> tuple[str, ...]:
        """The ids under which the person's orders are kept: the pseudonym of the address first."""

    def rows_of(self, address: Address) -> Rows:
        """Every row of the person."""

    def rename(self, address: Address, names: Mapping[str, str]) -> dict[str, int]:
        """Put other ids in place of these, and a plain word in place of the address; counts by place.

        Sums stay as they are, and the same file imported again does not bring the person back.
        """

    def search(self, address: Address) -> Searched:
        """Look through every row of every table, for the address and for its pseudonym."""


class PersonalFiles(Protocol):
    """The personal data in the files of the home."""

    def names_of(self, address: Address) -> list[str]:
        """The sent e-mails, logs and rejected lines that name the address."""

    def erase(self, address: Address) -> dict[str, int]:
        """Remove those e-mails and lines, and mask the address in those logs; counts by kind."""

    def expire(self, until: KeepUntil) -> dict[str, int]:
        """Remove e-mails, lines of logs and rejected lines that are too old."""

    def compact(self, address: Address | None = None) -> None:
        """Make the databases among the files let go of what was erased, byte by byte, and vectors of the address."""

    def search(self, address: Address, others: Iterable[str]) -> Searched:
        """Look through every byte of every file; `others` are known longer addresses that hold this one."""
