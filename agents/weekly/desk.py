"""Weekly reports: made on request, kept, and found again."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from agents.errors import BadInput
from agents.weekly.edition import Edition, EditionLine, Origin
from agents.weekly.posting import Posting
from agents.weekly.report import WeeklyProgress

if TYPE_CHECKING:
    from agents.knowledge import Knowledge
    from agents.ports import Services


class WeeklyDesk:
    """The reports of the desk. Safe to share between threads."""

    def __init__(self, services: Services, knowledge: Knowledge | None = None) -> None:
        """Open nothing yet; `knowledge` is one that is open already."""
        self._services = services
        self._knowledge = knowledge

    def make(
        self,
        as_of: date | None = None,
        tell: Callable[[WeeklyProgress], None] | None = None,
        *,
        by: str,
        origin: Origin,
        name: str | None = None,
    ) -> Edition:
        """Make the report on the last complete week before a day, today where none is given, and keep it.

        `tell` hears how far each specialist is; `name` is the id that the report shall have, where one of that
        name is kept already it is given instead. Raises `BadInput` for a day to come and for a store without data.
        """
        from agents.supervisor import Supervisor  # noqa: PLC0415 - the engines; questions do without

        known = None if name is None else self._services.editions.edition(name)
        if known is not None:
            return known
        made = Supervisor(self._services, knowledge=self._knowledge).weekly(as_of, tell)
        edition = Edition(
            id=name or f"w-{secrets.token_hex(6)}",
            created=self._services.now(),
            by=by,
            origin=origin,
            report=made.report,
            rows=made.rows,
            claims=made.claims,
            words=made.words,
            at_risk=made.at_risk,
        )
        self._services.editions.keep(edition)
        return edition

    def check(self, as_of: date | None = None) -> date:
        """The day that a report would be as of, today where none is given.

        Raises `BadInput` for a day to come and for a store without data.
        """
        from agents.supervisor import Supervisor  # noqa: PLC0415 - as above

        return Supervisor(self._services).check(as_of)[0]

    def post(self, posting: Posting) -> Posting:
        """Have a report made, and shown where the posting says; gives the posting that stands.

        That is another one where this id is known already, or where one of this day is under way in the channel.
        """
        return self._services.postings.add(posting)

    def posting(self, posting: str) -> Posting | None:
        """What became of a report that was asked for, or None."""
        return self._services.postings.posting(posting)

    def editions(self, limit: int = 100) -> Sequence[EditionLine]:
        """The reports that were made, the last one first."""
        return self._services.editions.list(limit)

    def edition(self, edition: str) -> Edition:
        """One report. Raises `BadInput` for an id that there is not."""
        found = self._services.editions.edition(edition)
        if found is None:
            raise BadInput(f"There is no report {edition!r}. `gtm weekly` makes one.")
        return found

    def latest(self) -> Edition | None:
        """The report that was made last, or None."""
        return self._services.editions.latest()
