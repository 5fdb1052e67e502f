"""Saying an answer while a model still writes it: nothing that does not hold, and nothing that is taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeGuard

from agents.grounding import Failure, Sources, check_quotes, check_sentence, plain, sentences
from agents.language import is_foreign, is_surely_english

LONGER = 1.25  # so much over the policy's words is still short enough

Say = Callable[[str], None]


class Speech:
    """One answer through all attempts at it: what has been said of it, and what is wrong with the rest.

    What is said stands, so a sentence is said only once the one after it has come whole and holds too. The end of a
    sentence shows only then ("approx." or "30." may go on), and what limits a sentence often stands in the next:
    while both are unsaid, both can still be mended.
    """

    def __init__(
        self,
        question: str,
        sources: Sources,
        most_words: int,
        say: Say | None = None,
        may_begin: Callable[[str, Sequence[str]], bool] = lambda _answer, _quotes: True,
    ) -> None:
        """`may_begin` is asked before the first words: the answer so far, and the quotes that it rests on."""
        self._sources = sources
        self._most_words = most_words
        self._say = say
        self._may_begin = may_begin
        self._foreign = is_foreign(question)
        self._translated = not is_surely_english(question)
        self._checked: dict[str, list[Failure]] = {}
        self._length = 0
        self._quotes: list[str] = []
        self.said = ""
        """What has been said, as Markdown."""
        self.quotes: tuple[str, ...] = ()
        """The quotes that it rests on."""
        self.failures = 0
        """How much of what was written did not hold."""
        self.rounds = 0
        """How often something did not."""

    def hear(self, partial: Mapping[str, Any]) -> list[str]:
        """Take what a model has written so far, and say what is certain; what does not hold is given back."""
        answer, quotes = partial.get("answer"), partial.get("quotes")
        if partial.get("sufficient") is not True or not isinstance(answer, str) or not _are_texts(quotes):
            return []
        # Only where the answer grows beside quotes that do not are the quotes complete: a host may order as it likes.
        whole = len(answer) > self._length and quotes == self._quotes
        self._length, self._quotes = len(answer), list(quotes)
        if not whole:
            return []
        return self._told(self._unproved(quotes) or self._follow(answer.lstrip(), quotes))

    def check(self, *, sufficient: bool, quotes: Sequence[str], answer: str) -> list[str]:
        """What does not hold of an answer that has come whole, in words that the model can act on."""
        if not sufficient:
            # Nothing of it is shown, unless something is already.
            return self._told(["you have found the sources sufficient before"]) if self.said else []
        answer = answer.strip()
        complaints = [] if answer else ["the answer is empty"]
        if not quotes:
            complaints.append("there are no quotes: copy the passages that the answer rests on")
        complaints += self._unproved(quotes) + self._too_long(answer)
        rest = self._rest(answer)
        if rest is not None:
            complaints += self._unsupported(sentences(self.whole(answer)))  # as it will stand
        if self._foreign and is_surely_english(answer):
            complaints.append("the answer is not in the language of the customer's question")
        return self._told(complaints, begins=rest is not None)

    def whole(self, answer: str) -> str:
        """What is said in the end of an answer that holds: what has been said, and the rest."""
        return (self.said + (self._rest(answer.strip()) or "")).strip()

    def _follow(self, answer: str, quotes: Sequence[str]) -> list[str]:
        rest = self._rest(answer)
        if rest is None:
            complete = "".join(sentences(answer)[:-1])
            on_the_way = _bare(self.said).startswith(_bare(complete))
            return [] if on_the_way else ["it begins otherwise"]
        come = sentences(rest)[:-1]
        complaints = self._too_long(answer) + self._unsupported(come)
        if not complaints and len(come) > 1 and (self.said or self._may_begin(answer, quotes)):
            self._speak(rest[: _end_of(come[:-1], rest)], quotes)
        return complaints

    def _speak(self, piece: str, quotes: Sequence[str]) -> None:
        self.said += piece
        self.quotes = tuple(quotes)
        if self._say is not None:
            self._say(piece)

    def _rest(self, answer: str) -> str | None:
        """What follows after what has been said; None where the answer does not begin with it, or not yet."""
        if answer.startswith(self.said):
            return answer[len(self.said) :]
        at, said = 0, _bare(self.said)
        for sentence in sentences(answer):
            at = answer.index(sentence, at) + len(sentence)
            if _bare(answer[:at]) == said:
                return answer[at:]
        return None

    def _unproved(self, quotes: Sequence[str]) -> list[str]:
        return _in_words(check_quotes(quotes, self._sources))

    def _unsupported(self, said: Sequence[str]) -> list[str]:
        found = []
        for sentence in said:
            if sentence not in self._checked:
                self._checked[sentence] = check_sentence(sentence, self._sources, translated=self._translated)
            found += self._checked[sentence]
        return _in_words(found)

    def _too_long(self, answer: str) -> list[str]:
        length = len(answer.split())
        if length <= LONGER * self._most_words:
            return []
        return [f"the answer has {length} words; {self._most_words} are the most"]

    def _told(self, complaints: list[str], *, begins: bool = True) -> list[str]:
        """The complaints, with what the model must keep where something has been said."""
        if self.said and (complaints or not begins):
            keep = (
                f"the customer has read this already: “{self.said}”. Begin `answer` with exactly these words, go on "
                "from there, and leave `sufficient` true"
            )
            complaints = [*complaints, keep]
        self.failures += len(complaints)
        self.rounds += bool(complaints)
        return complaints


def _are_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def _end_of(first: Sequence[str], text: str) -> int:
    at = 0
    for sentence in first:
        at = text.index(sentence, at) + len(sentence)
    return at


def _bare(text: str) -> str:
    return plain(text).replace(" ", "")


def _in_words(failures: Sequence[Failure]) -> list[str]:
    return [f"“{failure.words}” {failure.reason}" for failure in failures]
