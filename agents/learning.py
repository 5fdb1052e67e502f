"""What the desk learns from people's answers: proposed by the system, accepted by a person, then answered from."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from agents.clean_text import clean
from agents.entries import Entry, EntryChange, EntryStatus, NewEntry
from agents.errors import BadInput, DeskError, StillPersonal
from agents.gaps import Gap, find_gaps
from agents.knowledge import Knowledge
from agents.masking import Masked, Masker, Part
from agents.names import names_in_address
from agents.ports import Services
from agents.privacy_policy import KINDS
from agents.published import Published

if TYPE_CHECKING:
    from knowledge_base.comparison import Comparison
    from knowledge_base.learned import TeamAnswer

QUESTION_LENGTH = 500
ANSWER_LENGTH = 10_000
PATIENCE_SECONDS = 20.0  # for an ingest that holds the index; after it, the next one takes the entries in

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An entry as a person looks at it: masked, with its personal parts and what the documents say already.

    `comparison` is None where the documents could not be looked at; `note` says why then.
    """

    entry: Entry
    question: str
    answer: str
    personal: tuple[Part, ...]
    comparison: Comparison | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Learned:
    """An entry after a change. `searchable` is False while the index has yet to follow; `note` says why.

    `confidence` is what the desk has in this answer when it is asked the entry's question; None where the entry
    is not in the index. Below the policy's threshold `note` says that the next customer would not be answered.
    """

    entry: Entry
    searchable: bool
    note: str = ""
    confidence: float | None = None


class Learning:
    """Proposals and entries; one instance serves all threads of a process."""

    def __init__(self, services: Services, knowledge: Knowledge, masker: Masker) -> None:
        """Open nothing yet."""
        self._entries = services.entries
        self._reviews = services.reviews
        self._now = services.now
        self._policy = services.policy
        self.zone = ZoneInfo(services.policy.people.timezone)
        self._knowledge = knowledge
        self._masker = masker
        self._is_published = Published(knowledge)

    def propose(self, review: str) -> bool:
        """Propose what a person has answered in a review; False where there is nothing, or nothing new, to learn."""
        found = self._reviews.get(review)
        if found is None or found.verb not in ("approve", "edit", "reply") or not found.text:
            return False
        answered = found.decided or self._now()
        entry = NewEntry(review=review, question=found.question, answer=found.text, answered=answered)
        return self._entries.propose(entry)

    def proposals(self) -> list[Proposal]:
        """What waits for a person, newest answer first."""
        return [self._look(entry) for entry in self._entries.list("proposed")]

    def proposal(self, entry: int) -> Proposal:
        """Any one entry as a person looks at it. Raises `BadInput` for an id that there is not."""
        return self._look(self.entry(entry))

    def entries(self, status: EntryStatus = "accepted") -> list[Entry]:
        """The entries of a status, newest answer first."""
        return self._entries.list(status)

    def entry(self, entry: int) -> Entry:
        """One entry. Raises `BadInput` for an id that there is not."""
        found = self._entries.get(entry)
        if found is None:
            raise BadInput(f"There is no entry {entry} here.")
        return found

    def accept(
        self,
        entry: int,
        question: str,
        answer: str,
        *,
        by: str,
        origin: str,
        not_personal: Sequence[str] = (),
    ) -> Learned:
        """Take a proposal into the knowledge base in these words; it is answered from at once.

        Raises `StillPersonal` while there are personal parts that are not listed in `not_personal`, and
        `BadInput` where somebody has accepted or dismissed it before.
        """
        move = self._move("accept entry", "accepted", by, origin)
        words = {"question": question, "answer": answer, "not_personal": tuple(not_personal)}
        return self._reword(entry, "proposed", move.model_copy(update=words))

    def edit(
        self,
        entry: int,
        question: str,
        answer: str,
        *,
        by: str,
        origin: str,
        not_personal: Sequence[str] = (),
    ) -> Learned:
        """Put an accepted entry in other words; raises as `accept` does."""
        move = self._move("edit entry", "accepted", by, origin)
        words = {"question": question, "answer": answer, "not_personal": tuple(not_personal)}
        return self._reword(entry, "accepted", move.model_copy(update=words))

    def withdraw(self, entry: int, *, by: str, origin: str) -> Learned:
        """Take an accepted entry out of the knowledge base."""
        return self._published(
            self._changed(entry, "accepted", self._move("withdraw entry", "withdrawn", by, origin))
        )

    def dismiss(self, entry: int, *, by: str, origin: str) -> Entry:
        """Turn a proposal down."""
        return self._changed(entry, "proposed", self._move("dismiss entry", "dismissed", by, origin))

    def restore(self, entry: int, *, by: str, origin: str) -> Learned:
        """Undo: what was withdrawn is answered from again, what was dismissed is proposed again."""
        if self.entry(entry).status == "withdrawn":
            move = self._move("restore entry", "accepted", by, origin)
            return self._published(self._changed(entry, "withdrawn", move))
        move = self._move("restore entry", "proposed", by, origin)
        return Learned(self._changed(entry, "dismissed", move), searchable=False)

    def gaps(self, since: datetime) -> list[Gap]:
        """What customers have asked since then and no document answers, by topic."""
        return find_gaps(self._entries, self._knowledge, self._policy, since)

    def export_markdown(self) -> str:
        """All accepted entries as one Markdown document: a heading for each question."""
        from knowledge_base.learned import as_markdown  # noqa: PLC0415 - numpy is paid for when needed

        return as_markdown(self._answers()) if self._entries.list("accepted", limit=1) else ""

    def catch_up(self) -> bool:
        """Make the index hold exactly the accepted entries, as after an ingest; False where there is no index."""
        return self._knowledge.publish(self._answers, PATIENCE_SECONDS)

    def _answers(self) -> list[TeamAnswer]:
        entries = self._entries.list("accepted", limit=100_000)
        return [
            self._as_answer(entry) for entry in sorted(entries, key=lambda each: (each.answered, each.id))
        ]

    def _as_answer(self, entry: Entry) -> TeamAnswer:
        from knowledge_base.learned import TeamAnswer  # noqa: PLC0415

        day = entry.answered.astimezone(self.zone).date()
        return TeamAnswer(entry.id, entry.question, entry.answer, day)

    def _look(self, entry: Entry) -> Proposal:
        question, answer = (
            self._masked(entry, text, entry.not_personal) for text in (entry.question, entry.answer)
        )
        comparison, note = None, ""
        try:
            comparison = self._knowledge.compare(self._as_answer(entry))
        except DeskError as error:
            note = str(error)
        personal = tuple(dict.fromkeys((*question.found, *answer.found)))
        return Proposal(entry, question.text, answer.text, personal, comparison, note)

    def _masked(self, entry: Entry, text: str, confirmed: Sequence[str]) -> Masked:
        """A text without its personal parts; what was confirmed, or stands in the documents, is none."""
        review = self._reviews.get(entry.review) if entry.review else None
        known = names_in_address(review.contact) if review and review.contact else ()
        return self._masker.mask(
            text,
            KINDS,
            known_names=known,
            spared=lambda part: part.text in confirmed or self._is_published(part),
        )

    def _reword(self, entry: int, expected: EntryStatus, change: EntryChange) -> Learned:
        """Change the words of an entry, once these are fit for everybody's eyes."""
        known = self.entry(entry)
        words = {
            "question": " ".join(clean(change.question or "").split()),
            "answer": clean(change.answer or ""),
        }
        _check_length(words)
        confirmed = tuple(dict.fromkeys((*known.not_personal, *(change.not_personal or ()))))
        found = [part for text in words.values() for part in self._masked(known, text, confirmed).found]
        if found:
            kinds = {part.text: part.kind for part in found}
            listed = ", ".join(f"“{text}” ({kind})" for text, kind in kinds.items())
            raise StillPersonal(
                f"This would show personal data to everybody: {listed}. Take it out, or confirm that it is "
                "nobody's.",
                tuple(kinds),
            )
        change = change.model_copy(update={**words, "not_personal": confirmed})
        return self._published(self._changed(entry, expected, change))

    def _move(self, what: str, status: EntryStatus, by: str, origin: str) -> EntryChange:
        return EntryChange(what=what, by=by, origin=origin, at=self._now(), status=status)

    def _changed(self, entry: int, expected: EntryStatus, change: EntryChange) -> Entry:
        changed = self._entries.change(entry, expected, change)
        if changed is None:
            found = self.entry(entry)
            raise BadInput(f"Entry {entry} is {found.status}" + (f" by {found.by}." if found.by else "."))
        return changed

    def _published(self, entry: Entry) -> Learned:
        """The index follows at once; where it cannot, the entry stands and the next ingest takes it in."""
        try:
            if not self.catch_up():
                return Learned(entry, False, "There is no index yet; the next `gtm ingest` takes it in.")
            confidence = self._confidence(entry) if entry.status == "accepted" else None
        except DeskError as error:
            log.warning("Entry %d is not in the index yet: %s", entry.id, error)
            return Learned(entry, False, f"It is kept, but not in the index yet: {error}")
        threshold = self._policy.thresholds.answer
        note = ""
        if confidence is not None and confidence < threshold:
            note = (
                f"Asked this question, the desk would not answer from it yet (confidence {confidence:.2f}, needed "
                f"{threshold:.2f}). It helps to ask in a full sentence with the words of the answer."
            )
        return Learned(entry, True, note, confidence)

    def _confidence(self, entry: Entry) -> float:
        """How sure the desk is of this entry when it is asked its question; 0 where it would answer otherwise."""
        answer = self._as_answer(entry)
        draft = self._knowledge.draft(self._knowledge.find(entry.question, ()))
        own = any(
            (cited.document, cited.anchor) == (answer.document, answer.anchor) for cited in draft.citations
        )
        return draft.confidence if own else 0.0


def _check_length(words: Mapping[str, str]) -> None:
    for name, limit in (("question", QUESTION_LENGTH), ("answer", ANSWER_LENGTH)):
        if not words[name]:
            raise BadInput(f"The {name} is empty.")
        if len(words[name]) > limit:
            raise BadInput(f"The {name} has {len(words[name])} characters; an entry takes {limit}.")
