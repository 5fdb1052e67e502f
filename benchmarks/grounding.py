"""How much of what a model might make up is caught: `python -m benchmarks.grounding`.

True answers are sentences of the sample documents, each checked against its own section and four others that a
search might have found. Then one thing in each is changed - a digit, a unit, a name, a negation - or something is
added - a claim, "free of charge" - and the share of changes that the check notices is counted. A check that cries
wolf would notice all: its false alarms on the true sentences, and on true answers put in other words
(tests/data/paraphrases.jsonl), stand beside.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable, Iterator

from agents.facts import facts
from agents.grounding import Sources, check_sentence, check_text, sentences
from benchmarks.corpora import ROOT, SAMPLE

PARAPHRASES = ROOT / "tests" / "data" / "paraphrases.jsonl"
OTHERS = 4
UNITS = ["days", "hours", "weeks", "months", "years", "minutes", "grams", "kilograms", "cups", "points"]
NAMES = ["Denver", "Colorado", "Canada", "Germany", "Paris", "Smith", "Amazon", "Chicago", "Assam", "Visa"]
CLAIMS = [
    "every customer gets a free teapot",
    "dogs are welcome in our showroom",
    "our drivers ring the doorbell twice",
    "a surprise gift waits inside every parcel",
    "we match the price of any competitor",
    "students save an extra share with their university card",
    "the founder signs each tin by hand",
    "a lawyer reviews every complaint",
    "the app shows where your courier is",
    "we plant a tree for each order",
]
TRUE = ("nothing", "other words")
"""The answers that hold: a check that complains of them cries wolf."""

Change = Callable[[str, random.Random], str | None]


def sections() -> dict[tuple[str, str], str]:
    """The sections of the sample documents, by document and heading."""
    return {
        (file.name, part.partition("\n")[0].removeprefix("## ")): part.strip()
        for file in sorted(SAMPLE.glob("*.md"))
        for part in re.split(r"(?m)^(?=## )", file.read_text("utf-8"))
        if part.startswith("## ")
    }


def a_digit(sentence: str, chance: random.Random) -> str | None:
    """One digit is another one."""
    numbering = re.match(r"\d+\.\s", sentence)
    places = [
        m.start() for m in re.finditer(r"\d", sentence) if not numbering or m.start() >= numbering.end()
    ]
    if not places:
        return None
    at = chance.choice(places)
    other = chance.choice([digit for digit in "0123456789" if digit != sentence[at]])
    return sentence[:at] + other + sentence[at + 1 :]


def a_unit(sentence: str, chance: random.Random) -> str | None:
    """The unit after a number is another one."""
    units = "|".join(UNITS)
    places = list(re.finditer(rf"(?<=\d )({units})\b|(?<=\d )({units[:-1]})\b", sentence))
    if not places:
        return None
    match = chance.choice(places)
    other = chance.choice([unit for unit in UNITS if unit != match.group()])
    return sentence[: match.start()] + other + sentence[match.end() :]


def a_name(sentence: str, chance: random.Random) -> str | None:
    """A name is another one."""
    named = [name for name in facts(sentence).names if name.isalpha()]
    if not named:
        return None
    name = chance.choice(named)
    other = chance.choice([one for one in NAMES if one.lower() != name])
    return re.sub(rf"(?i)\b{re.escape(name)}\b", other, sentence, count=1)


def a_negation(sentence: str, _chance: random.Random) -> str | None:
    """A "not" comes in or goes."""
    without = re.sub(r"\b(?:not|never) |(?<=can)not\b|n[’']t\b", "", sentence, count=1)
    if without != sentence:
        return without
    changed = re.sub(r"\b(is|are|can|may|will|must|does|do|has|have)\b(?! not)", r"\1 not", sentence, count=1)
    return changed if changed != sentence else None


def a_claim(sentence: str, chance: random.Random) -> str | None:
    """Something invented is added to what is true."""
    if not sentence.endswith("."):
        return None
    return f"{sentence[:-1]}, and {chance.choice(CLAIMS)}."


def a_gift(sentence: str, _chance: random.Random) -> str | None:
    """What has a price, or none that is told, is free."""
    if not sentence.endswith(".") or re.search(r"free|\bno \w*\s?(?:cost|charge|fee)", sentence):
        return None
    return f"{sentence[:-1]} free of charge."


CHANGES: dict[str, Change] = {
    "digit": a_digit,
    "unit": a_unit,
    "name": a_name,
    "negation": a_negation,
    "claim": a_claim,
    "gift": a_gift,
}


def answers(chance: random.Random) -> Iterator[tuple[str, Sources]]:
    """True sentences with the sources that they were answered from."""
    every = list(sections().values())
    for section in every:
        sources = Sources((section, *chance.sample(every, OTHERS)))
        body = section.partition("\n")[2]
        for sentence in sentences(body):
            if "|" not in sentence and not sentence.startswith("#"):
                yield sentence, sources


def other_words(chance: random.Random) -> Iterator[tuple[str, Sources]]:
    """True answers in words of their own, with the sources that they were answered from."""
    every = sections()
    for line in PARAPHRASES.read_text("utf-8").splitlines():
        row = json.loads(line)
        section = every[row["document"], row["section"]]
        yield row["answer"], Sources((section, *chance.sample(list(every.values()), OTHERS)))


def measure(seed: int, times: int) -> dict[str, dict[str, float]]:
    """For each kind of change how many there were, and the share that was caught."""
    chance = random.Random(seed)
    made = dict.fromkeys([*TRUE, *CHANGES], 0)
    caught = dict.fromkeys(made, 0)
    for answer, sources in other_words(chance):
        made["other words"] += 1
        caught["other words"] += bool(check_text(answer, sources))
    for sentence, sources in answers(chance):
        made["nothing"] += 1
        caught["nothing"] += bool(check_sentence(sentence, sources))
        for name, change in CHANGES.items():
            for changed in {change(sentence, chance) for _ in range(times)} - {None, sentence}:
                made[name] += 1
                caught[name] += bool(check_sentence(str(changed), sources))
    return {name: {"made": made[name], "caught": caught[name] / max(1, made[name])} for name in made}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--times", type=int, default=3, help="changes of each kind a sentence")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options.seed, options.times)
    if options.json:
        print(json.dumps(figures))
        return
    for name, row in figures.items():
        what = "false alarms" if name in TRUE else "caught"
        print(f"{name:12}{row['made']:>7.0f} {what:>13} {100 * row['caught']:6.1f}%")


if __name__ == "__main__":
    main()
