"""How the rule-based writer writes a fact: each number comes from the sheet and bears its fact's name until the end."""

from __future__ import annotations

import re
from typing import Final

from agents.weekly.claims import Fact, FactSheet, claim
from agents.weekly.edition import Claim
from analytics.currency import written
from analytics.figures import Number

STEADY: Final = 0.005  # below half a per cent nothing has changed
_OPENS, _PARTS, _CLOSES = "\x02", "\x1f", "\x03"
_MARKED: Final = re.compile(rf"{_OPENS}(\d+){_PARTS}([^{_CLOSES}]*){_CLOSES}")


class Pen:
    """Writes facts by their names; what it has written is given with its claims by `finish`."""

    def __init__(self, sheet: FactSheet) -> None:
        self._sheet = sheet
        self._written: list[Fact] = []

    def knows(self, *names: str) -> bool:
        """Whether there are facts of these names."""
        return all(name in self._sheet.by_name for name in names)

    def value(self, name: str) -> Number:
        """The value of a fact."""
        return self._fact(name).value

    def money(self, name: str) -> str:
        """An amount; of a change without its sign."""
        fact = self._fact(name)
        return self._marked(
            name, written(abs(fact.value) if fact.form == "change" else fact.value, self._sheet.currency)
        )

    def count(self, name: str, one: str = "", many: str = "") -> str:
        """A number with its noun."""
        number = self._marked(name, f"{self.value(name):,}")
        return number if not one else f"{number} {one if self.value(name) == 1 else many}"

    def times(self, name: str) -> str:
        """How often."""
        return self._marked(name, f"{self.value(name):,} {'time' if self.value(name) == 1 else 'times'}")

    def about(self, name: str, one: str = "", many: str = "") -> str:
        """A mean as a whole number, with its noun."""
        rounded = round(self.value(name))
        number = self._marked(name, f"{rounded:,}")
        return number if not one else f"{number} {one if rounded == 1 else many}"

    def signed(self, name: str) -> str:
        """A number with its sign."""
        return self._marked(name, f"{self.value(name):+,.0f}")

    def points(self, name: str, noun: str = " points") -> str:
        """A share in points, with its sign."""
        return self._marked(name, f"{self.value(name) * 100:+.0f}{noun}")

    def percent(self, name: str) -> str:
        """A share without its sign."""
        return self._marked(name, f"{abs(self.value(name)):.0%}")

    def ratio(self, name: str, digits: int = 1) -> str:
        """A ratio."""
        return self._marked(name, f"{self.value(name):.{digits}f}")

    def months(self, name: str) -> str:
        """Months with one digit."""
        return self._marked(name, f"{self.value(name):.1f} months")

    def days(self, name: str) -> str:
        """Whole days."""
        rounded = round(self.value(name))
        return self._marked(name, f"{rounded:,} {'day' if rounded == 1 else 'days'}")

    def duration(self, name: str) -> str:
        """Seconds as a person says them."""
        seconds = self.value(name)
        for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
            if seconds >= size * 1.5:
                return self._marked(name, f"{seconds / size:.1f} {unit}")
        return self._marked(name, f"{seconds:.0f} {'second' if round(seconds) == 1 else 'seconds'}")

    def up_or_down(self, name: str) -> str:
        """A change in words."""
        if abs(self.value(name)) < STEADY:
            return "level"
        return f"{'up' if self.value(name) > 0 else 'down'} {self.percent(name)}"

    def against(self, name: str, what: str) -> str:
        """How a figure has changed, as the end of a sentence; nothing where that is not known."""
        change = f"{name}.change"
        if not self.knows(change):
            return ""
        if abs(self.value(change)) < STEADY:
            return f", as in {what}"
        return f", {self.percent(change)} {'more' if self.value(change) > 0 else 'less'} than in {what}"

    def moved(self, name: str) -> str:
        """How many more or fewer than a week ago, as the end of a sentence; nothing where that is not known."""
        if not self.knows(name):
            return ""
        number = self._marked(name, f"{abs(self.value(name)):,}")
        return f", {number} {'more' if self.value(name) > 0 else 'fewer'} than last week"

    def finish(self, marked: str) -> tuple[str, tuple[Claim, ...]]:
        """The plain text, and the claim of every number in it."""
        text, claims, at = "", [], 0
        for match in _MARKED.finditer(marked):
            text += marked[at : match.start()]
            claims.append(claim(self._written[int(match[1])], len(text), len(text) + len(match[2])))
            text += match[2]
            at = match.end()
        return text + marked[at:], tuple(claims)

    def _fact(self, name: str) -> Fact:
        return self._sheet.by_name[name]

    def _marked(self, name: str, number: str) -> str:
        self._written.append(self._fact(name))
        return f"{_OPENS}{len(self._written) - 1}{_PARTS}{number}{_CLOSES}"


def plain(name: str) -> str:
    """A name that came with the data, as one line without the characters that mark a fact."""
    return " ".join(re.sub(f"[{_OPENS}{_PARTS}{_CLOSES}]", " ", name).split())


def verb(name: str) -> str:
    """Was or were."""
    return "were" if name == "refunds" else "was"


def channel(name: str) -> str:
    """A channel's name in words."""
    return plain(name.replace("_", " "))


def sentence(text: str) -> str:
    """A text that begins with a capital letter and ends with a stop."""
    return f"{text[:1].upper()}{text[1:]}."
