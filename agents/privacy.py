"""Personal data: masked on their way out, given out or erased for one person, and kept no longer than promised."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from agents.clean_text import clean
from agents.domain import Value
from agents.errors import BadInput, DeskError
from agents.knowledge import Knowledge
from agents.lazy import Lazy
from agents.learning import Learning
from agents.masking import EVERYWHERE, Masked, Masker, kinds_for
from agents.personal import Address, KeepUntil, Searched
from agents.ports import Services
from agents.privacy_policy import Destination
from agents.published import Published
from agents.team import AuditLine
from analytics.persons import new_pseudonym

log = logging.getLogger(__name__)


class Forgotten(Value):
    """What was erased by place, and the search that proves it: `proof.found` says where something is left.

    `unnamed` are rows that stay for their sums, such as orders: no longer a person's, by place.
    """

    conversations: int
    erased: dict[str, int]
    unnamed: dict[str, int]
    proof: Searched

    @property
    def complete(self) -> bool:
        """Whether nothing was found any more."""
        return not self.proof.found


class Privacy:
    """The privacy of customers; one instance serves all threads of a process."""

    def __init__(self, services: Services, knowledge: Knowledge, masker: Masker, learning: Learning) -> None:
        """Open nothing yet."""
        self._policy = services.privacy
        self._data = services.personal
        self._files = services.personal_files
        self._open_business = services.open_personal_business
        self._open_links = services.open_links
        self._now = services.now
        self._checkpoints = Lazy(services.open_checkpoints)
        self._knowledge = knowledge
        self._masker = masker
        self._is_published = Published(knowledge)
        self._learning = learning

    def mask(self, text: str) -> Masked:
        """A text without personal data; what stands in the documents is nobody's."""
        return self._masker.mask(text, EVERYWHERE, spared=self._is_published)

    def mask_for(self, destination: Destination) -> Callable[[str], str]:
        """Gives a text as it may go to a destination: without what the policy does not let through."""
        kinds = kinds_for(self._policy, destination)
        return lambda text: self._masker.mask(text, kinds, spared=self._is_published).text

    def export(self, email: str) -> dict[str, Any]:
        """Everything that is stored of a person, as it can be written as JSON."""
        address = self._address(email)
        own = self._data.conversations_of(address)
        return {
            "email": address.email,
            "exported": self._now().isoformat(),
            "database": self._data.rows_of(address, own),
            "suppressed": self._data.suppressions_of(address.contact) if address.contact else [],
            "business": self._open_business().rows_of(address),
            "named_in": self._data.naming(self._open_business().ids_of(address)),
            "checkpoints": {each: held for each in own if (held := self._checkpoint(each)) is not None},
            "files": self._files.names_of(address),
        }

    def forget(self, email: str, *, by: str, origin: str) -> Forgotten:
        """Erase everything that is stored of a person, and search for what is left.

        The shop's own addresses are refused with `BadInput`. What is left is in `proof.found`: call again.
        """
        address = self._address(email)
        own = self._data.conversations_of(address)
        line = AuditLine(
            at=self._now(),
            who=by,
            origin=origin,
            what="forget customer",
            subject="a customer",
            detail=f"{len(own)} conversations",
        )
        # The rows go last: should this process die before, they lead to the rest again.
        unnamed, left = self._unname(address)
        erased = Counter(self._erase_checkpoints(own))
        erased.update(self._files.erase(address))
        erased.update(self._data.erase(own, address, line))
        trouble = tuple(each for each in (left, self._let_go(address, learned="entries" in erased)) if each)
        proof = self._search(address).and_also(Searched(found=trouble))
        return Forgotten(conversations=len(own), erased=dict(erased), unnamed=unnamed, proof=proof)

    def retain(self, now: datetime) -> dict[str, int]:
        """Erase what the policy keeps no longer; counts by place. Called once a day."""
        days = self._policy.keep_days
        until = KeepUntil(
            **{name: now - timedelta(days=getattr(days, name)) for name in KeepUntil.model_fields}
        )
        stale = self._data.stale_conversations(until.conversations)
        erased = Counter(self._erase_checkpoints(stale))
        erased.update(self._data.erase(stale, None, None))
        erased.update(self._data.expire(until))
        erased.update(self._files.expire(until))
        if stale:
            self._let_go(None, learned=False)
        return dict(erased)

    def _address(self, email: str) -> Address:
        address = Address(clean(email))
        parts = self._masker.mask(address.email, {"e-mail"}).found
        if [part.text for part in parts] != [address.email]:
            raise BadInput(f"{email!r} is no e-mail address.")
        if self._is_published(parts[0]):
            raise BadInput(
                f"{address.email} stands in the documents: it is the shop's own, not a customer's."
            )
        return Address(address.email, self._contact(address.email))

    def _contact(self, email: str) -> str | None:
        """The mark of a mailbox among campaigns; None where no mail of one could have gone there."""
        try:
            return self._open_links().contact(email)
        except BadInput:
            return None

    def _checkpoint(self, conversation: str) -> str | None:
        held = self._checkpoints().get({"configurable": {"thread_id": conversation}})
        return None if held is None else repr(held["channel_values"])

    def _erase_checkpoints(self, conversations: list[str]) -> dict[str, int]:
        for conversation in conversations:
            self._checkpoints().delete_thread(conversation)
        return {"checkpoints": len(conversations)} if conversations else {}

    def _unname(self, address: Address) -> tuple[dict[str, int], str]:
        """Give the person's orders to nobody, in the business data and in reports; what failed, in words."""
        business = self._open_business()
        try:
            # The business data go last: they lead to the ids again, should this process die before.
            names = {old: new_pseudonym() for old in business.ids_of(address)}
            unnamed = Counter(self._data.rename(names))
            unnamed.update(business.rename(address, names))
        except DeskError as error:
            log.warning("The business data could not be reached: %s", error)
            return {}, f"business data: {error}"
        return dict(unnamed), ""

    def _let_go(self, address: Address | None, *, learned: bool) -> str:
        """Take erased entries out of the index, and their bytes out of all files; what failed, in words."""
        try:
            if not self._learning.catch_up() and learned and self._knowledge.status().state != "absent":
                return "index: it was made by another embedding model; run `gtm ingest`, then forget again"
            self._files.compact(address)
        except DeskError as error:
            log.warning("What was erased could not be let go of: %s", error)
            return str(error)
        return ""

    def _search(self, address: Address) -> Searched:
        rows = self._data.search(address)
        try:
            rows = rows.and_also(self._open_business().search(address))
        except DeskError as error:
            rows = rows.and_also(Searched(found=(f"business data, which could not be searched: {error}",)))
        return rows.and_also(self._files.search(address, rows.others))
