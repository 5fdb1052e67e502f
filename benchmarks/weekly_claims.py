"""How much of what a text could get wrong is caught: `python -m benchmarks.weekly_claims`, or with --json one object.

True texts are the rules' words on the sample business, in several weeks. Then one thing in each is changed - a digit,
a unit, a sign or direction, a label, a name, a comparison, or two numbers change places - and the share of changes
that the check notices is counted. A few changes leave a text true ("recipients" may be "customers"), so that not all
can be noticed. Beside them: how often it cries wolf at the true texts.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from agents.weekly.claims import FactSheet, check
from agents.weekly.edition import Claim

Change = Callable[[str, Sequence[Claim], random.Random], str | None]
LAST = date(2026, 11, 15)
UNITS = {
    "%": " points",
    " points": "%",
    "months": "days",
    "days": "months",
    "minutes": "hours",
    "$": "€",
    "£": "$",
}
WAYS = {
    "more than": "less than", "less than": "more than", "above the": "below the", "below the": "above the",
    "up ": "down ", "down ": "up ", "above plan": "below plan", "below plan": "above plan",
    "above target": "below target", "below target": "above target", "fewer than": "more than", "+": "-", " -": " +",
}  # fmt: skip
LABELS = (
    "Net revenue", "Gross revenue", "discounts", "refunds", "orders", "new customers", "CAC", "LTV:CAC", "Net burn",
    "ROAS", "Spend", "tickets", "recipients", "held out", "answered by the bot", "escalated", "bought again",
)  # fmt: skip
BESIDE = ("the week before", "the same week a year ago", "plan", "target", "to be expected")


def a_digit(text: str, claims: Sequence[Claim], chance: random.Random) -> str | None:
    """One digit of a number is another one."""
    places = [at for one in claims for at in range(one.start, one.end) if text[at].isdigit()]
    if not places:
        return None
    at = chance.choice(places)
    other = chance.choice([digit for digit in "0123456789" if digit != text[at]])
    return text[:at] + other + text[at + 1 :]


def a_unit(text: str, claims: Sequence[Claim], chance: random.Random) -> str | None:
    """The unit of a number is another one."""
    return _swap_word(text, UNITS, chance, claims)


def a_direction(text: str, _claims: Sequence[Claim], chance: random.Random) -> str | None:
    """More is less, up is down, a plus is a minus."""
    return _swap_word(text, WAYS, chance, None)


def a_label(text: str, _claims: Sequence[Claim], chance: random.Random) -> str | None:
    """What is counted is something else."""
    return _other_of(text, LABELS, chance)


def a_comparison(text: str, _claims: Sequence[Claim], chance: random.Random) -> str | None:
    """A number is compared with something else."""
    return _other_of(text, BESIDE, chance)


def a_name(text: str, _claims: Sequence[Claim], chance: random.Random) -> str | None:
    """Two names in the text change places."""
    names = [
        "paid social",
        "paid search",
        "affiliate",
        "influencer",
        "Champions",
        "Loyal",
        "At Risk",
        "Hibernating",
    ]
    there = [one for one in names if one in text]
    if len(there) < 2:
        return None
    one, two = chance.sample(there, 2)
    return re.sub(
        f"{re.escape(one)}|{re.escape(two)}", lambda match: two if match.group() == one else one, text
    )


def two_numbers(text: str, claims: Sequence[Claim], chance: random.Random) -> str | None:
    """Two numbers change places."""
    if len(claims) < 2:
        return None
    one, two = sorted(chance.sample(list(claims), 2), key=lambda each: each.start)
    first, second = text[one.start : one.end], text[two.start : two.end]
    return text[: one.start] + second + text[one.end : two.start] + first + text[two.end :]


CHANGES: dict[str, Change] = {
    "digit": a_digit,
    "unit": a_unit,
    "direction": a_direction,
    "label": a_label,
    "comparison": a_comparison,
    "name": a_name,
    "two numbers": two_numbers,
}


def _swap_word(
    text: str, other: dict[str, str], chance: random.Random, claims: Sequence[Claim] | None
) -> str | None:
    places = [
        (match.start(), word)
        for word in other
        for match in re.finditer(re.escape(word), text)
        if claims is None or any(one.start <= match.start() < one.end for one in claims)
    ]
    if not places:
        return None
    at, word = chance.choice(places)
    return text[:at] + other[word] + text[at + len(word) :]


def _other_of(text: str, words: Sequence[str], chance: random.Random) -> str | None:
    there = [
        (match.start(), word) for word in words for match in re.finditer(rf"\b{re.escape(word)}\b", text)
    ]
    if not there:
        return None
    at, word = chance.choice(there)
    return text[:at] + chance.choice([one for one in words if one != word]) + text[at + len(word) :]


def texts(weeks: int) -> Iterator[tuple[str, FactSheet]]:
    """The rules' texts on the sample, each with its sheet."""
    from apps.importing import load_sample  # noqa: PLC0415 - the engines
    from benchmarks.weekly import settings_of  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        settings = settings_of(Path(folder) / "home")
        load_sample(settings, LAST, if_empty=False)
        for back in range(weeks):
            yield from texts_of(settings, LAST + timedelta(days=1) - timedelta(days=7 * back))


def texts_of(settings: object, day: date) -> Iterator[tuple[str, FactSheet]]:
    """The rules' texts of one report."""
    from agents.supervisor import Supervisor  # noqa: PLC0415
    from agents.weekly.words import RuleWriter  # noqa: PLC0415
    from integrations import connect  # noqa: PLC0415

    services = connect(settings)  # type: ignore[arg-type]
    findings = Supervisor(services).weekly(day).findings
    writer = RuleWriter(services.open_weekly_policy())
    services.close()
    for name in findings.facts:
        yield writer.write(name, findings).text, findings.sheet
    yield writer.summary(findings).text, findings.sheet
    for alert in writer.alerts(findings):
        yield alert.text, findings.sheet


def measure(given: Sequence[tuple[str, FactSheet]], seed: int, times: int) -> dict[str, dict[str, float]]:
    """For each kind of change how many there were, and the share that was caught."""
    chance = random.Random(seed)
    made, noticed = dict.fromkeys(CHANGES, 0), dict.fromkeys(CHANGES, 0)
    wolf = sum(bool(check(text, sheet).complaints) for text, sheet in given)
    for text, sheet in given:
        claims = check(text, sheet).claims
        for name, change in CHANGES.items():
            for changed in {change(text, claims, chance) for _ in range(times)} - {None, text}:
                made[name] += 1
                noticed[name] += bool(check(str(changed), sheet).complaints)
    rows = {name: {"made": made[name], "caught": noticed[name] / max(1, made[name])} for name in made}
    return {"nothing": {"made": len(given), "caught": wolf / max(1, len(given))}, **rows}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--weeks", type=int, default=6)
    parser.add_argument("--times", type=int, default=20, help="changes of each kind a text")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(list(texts(options.weeks)), options.seed, options.times)
    if options.json:
        print(json.dumps(figures))
        return
    for name, row in figures.items():
        what = "false alarms" if name == "nothing" else "caught"
        print(f"{name:12}{row['made']:>7.0f} {what:>13} {100 * row['caught']:6.1f}%")


if __name__ == "__main__":
    main()
