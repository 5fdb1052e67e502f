"""Checks of the sample knowledge base (Two Peaks Chai Co.) and of its question set."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ROOT / "knowledge_base" / "documents"
QUESTIONS = ROOT / "tests" / "data" / "two_peaks" / "questions.jsonl"

HEADING = re.compile(r"^#{2,} .*$", re.MULTILINE)
# "## 1. Name" or "### 1.1 Name"
NUMBERED = re.compile(r"^(?:## (\d+)\.|### (\d+\.\d+)) \S.*$")
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"\b\d{3}-\d{3}-\d{4}\b")

TEXTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(DOCUMENTS.glob("*.md"))}
ROWS = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def sections(text: str) -> list[tuple[str, str]]:
    """The numbered sections of a document as (number, body), in file order."""
    marks = list(HEADING.finditer(text))
    found = []
    for position, mark in enumerate(marks):
        match = NUMBERED.match(mark.group())
        if match is None:
            continue
        end = marks[position + 1].start() if position + 1 < len(marks) else len(text)
        found.append((match.group(1) or match.group(2), text[mark.end() : end].strip()))
    return found


SECTIONS = {name: sections(text) for name, text in TEXTS.items()}

# Figures of reference answers that are worked out: chilled shipping of 8 bottles, 300 points.
COMPUTED = {"24.90", "15.00"}

# Facts that are stated in several places: the first matching group of the pattern is the value.
# Each entry is: name, pattern, the one allowed value, the number of places that must be found.
FACTS = [
    (
        "return window for dry goods",
        r"(?:accessories may be returned|may return dry goods and accessories) within (\d+) days",
        "30",
        2,
    ),
    (
        "return window for perishable items",
        (
            r"such as chai may be returned within (\d+) days of delivery"
            r"|within (\d+) days of delivery and attach a photo of the sealed bottle"
        ),
        "7",
        2,
    ),
    (
        "free US standard shipping",
        (
            r"is free for orders of \$(\d+) or more"
            r"|\| Standard \| 48 contiguous states \| \$5\.95 \| \$(\d+)"
            r"|\| Foothills \|.*orders of \$(\d+) or more"
        ),
        "45",
        3,
    ),
    (
        "chilled shipping rate",
        r"Chilled shipping costs \$([\d.]+) for|\| Chilled \| 48 contiguous states \| \$([\d.]+)",
        "14.95",
        2,
    ),
    ("order cut-off", r"(\d+:\d+ noon) Denver time", "12:00 noon", 4),
    (
        "damage report",
        r"(?:must be reported to \S+|reports the fault) within (\d+) days of delivery",
        "5",
        3,
    ),
    (
        "report of a missing item or parcel",
        r"within (\d+) days of (?:delivery with the order number|the delivery scan)",
        "10",
        2,
    ),
    (
        "order change window",
        (
            r"within (\d+) hours of placing the order|if both were placed within (\d+) hours"
            r"|After (\d+) hours (?:the order is released|support tries)"
        ),
        "2",
        5,
    ),
    (
        "reservation on a card",
        r"usually disappears within (\d+) days|failed attempt and disappears within (\d+) days",
        "7",
        3,
    ),
    (
        "answer by e-mail",
        (
            r"at any time and are answered within (\d+) business day"
            r"|prefers, and answers within (\d+) business day"
            r"|answers every allergy report within (\d+) business day"
        ),
        "1",
        3,
    ),
    (
        "refrigerator temperature",
        r"at (\d+ to \d+ °F \(\d+ to \d+ °C\))",
        "34 to 40 °F (1 to 4 °C)",
        2,
    ),
    (
        "shelf life of opened concentrate",
        (
            r"Opened concentrate must be used within (\d+) days"
            r"|\| Chai concentrate, refrigerated \|.*\| (\d+) days \|"
        ),
        "10",
        2,
    ),
    ("sugar in Original concentrate", r"contains (\d+) g of sugar|\| Sugar \| (\d+) g", "18", 2),
    (
        "leaf per cup",
        (
            r"One cup needs ([\d.]+) g|\(240 ml\) and needs ([\d.]+) g"
            r"|Put ([\d.]+) g of loose-leaf|Measuring scoop, ([\d.]+) g"
        ),
        "2.5",
        4,
    ),
    (
        "serving of concentrate",
        r"per (\d+) fl oz serving|Per serving of (\d+) fl oz|(\d+) fl oz of concentrate",
        "4",
        4,
    ),
    ("accessory warranty in months", r"(\d+)-month (?:accessory )?warranty", "12", 2),
    (
        "referral reward",
        r"member gets (\d+) Peak Points|first order of \$40 or more \| (\d+) \|",
        "200",
        2,
    ),
    ("referral order value", r"first order of \$(\d+) or more(?:,| \|)", "40", 2),
    (
        "points become available",
        r"(\d+) days after (?:delivery, when|the friend's delivery)",
        "31",
        2,
    ),
    (
        "deletion of a closed account",
        r"after (\d+) days the account data|\| Closed account data \| (\d+) days",
        "30",
        2,
    ),
    (
        "support telephone",
        r"(?:support at|by telephone at|telephone call to|support@\S+ or) (\d{3}-\d{3}-\d{4})",
        "303-555-0142",
        4,
    ),
    ("wholesale telephone", r"wholesale@\S+ or (\d{3}-\d{3}-\d{4})", "303-555-0157", 2),
    (
        "peak season",
        r"between (\w+ \d+ and December 23)",
        "November 15 and December 23",
        2,
    ),
]


def test_size() -> None:
    assert len(TEXTS) >= 20
    assert 150 <= sum(len(found) for found in SECTIONS.values()) <= 190


@pytest.mark.parametrize("name", TEXTS)
def test_structure(name: str) -> None:
    text = TEXTS[name]
    lines = text.splitlines()
    assert lines[0].startswith("# ")
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1
    introduction = text[: text.index("\n## 1. ")].split("\n", 1)[1].strip()
    assert introduction.endswith(".")
    assert "\n" not in introduction
    assert len(HEADING.findall(text)) == len(SECTIONS[name]), "a heading without a number"


@pytest.mark.parametrize("name", TEXTS)
def test_section_numbers(name: str) -> None:
    numbers = [number for number, _ in SECTIONS[name]]
    keys = [tuple(map(int, number.split("."))) for number in numbers]
    assert len(set(numbers)) == len(numbers)
    assert keys == sorted(keys)
    assert [key[0] for key in keys if len(key) == 1] == list(range(1, keys[-1][0] + 1))
    children = Counter(key[0] for key in keys if len(key) == 2)
    for parent, count in children.items():
        assert [key[1] for key in keys if len(key) == 2 and key[0] == parent] == list(range(1, count + 1))


@pytest.mark.parametrize("name", TEXTS)
def test_every_section_says_something(name: str) -> None:
    for number, body in SECTIONS[name]:
        listed = re.search(r"^(?:\||- |\d+\. )", body, re.MULTILINE)
        sentences = len(re.findall(r"[.!?](?:\s|$)", body))
        assert listed or 2 <= sentences <= 7, (number, sentences)


def test_unopened_perishable_items() -> None:
    found = dict(SECTIONS["returns-and-refunds.md"])
    assert "### 3.2 " in TEXTS["returns-and-refunds.md"]
    for words in (
        "Perishable items such as chai",
        "within 7 days",
        "unopened",
        "properly refrigerated",
        "full refund or a replacement",
        "contact us at support@twopeakschai.example with the order number",
    ):
        assert words in found["3.2"]
    assert "Opened perishable items cannot be returned" in found["3.3"]


@pytest.mark.parametrize("name", TEXTS)
def test_addresses_are_examples(name: str) -> None:
    for address in EMAIL.findall(TEXTS[name]):
        assert address.endswith("@twopeakschai.example"), address
    for number in PHONE.findall(TEXTS[name]):
        assert re.fullmatch(r"\d{3}-555-01\d\d", number), number
    assert not re.search(r"https?://|www\.", TEXTS[name])


@pytest.mark.parametrize("name", TEXTS)
def test_links_resolve(name: str) -> None:
    for target in LINK.findall(TEXTS[name]):
        assert target in TEXTS, target


@pytest.mark.parametrize("name", TEXTS)
def test_section_references_exist(name: str) -> None:
    """A "section 3.3" in the running text names a section of the linked or the same document."""
    for match in re.finditer(r"(?:\(([\w-]+\.md)\), )?\bsections? (\d+(?:\.\d+)?)", TEXTS[name]):
        document = match.group(1) or name
        assert match.group(2) in dict(SECTIONS[document]), match.group()


@pytest.mark.parametrize("subject", ["engrav", "personaliz", "monogram", r"\boat\b"])
def test_deliberate_gaps(subject: str) -> None:
    """Demonstrations need questions that the documents do not answer."""
    assert not [name for name, text in TEXTS.items() if re.search(subject, text, re.IGNORECASE)]


@pytest.mark.parametrize(("name", "pattern", "value", "places"), FACTS, ids=[fact[0] for fact in FACTS])
def test_facts_agree(name: str, pattern: str, value: str, places: int) -> None:
    stated = [
        (document, next(group for group in match.groups() if group is not None))
        for document, text in TEXTS.items()
        for match in re.finditer(pattern, text, re.IGNORECASE | re.MULTILINE)
    ]
    assert len(stated) >= places, stated
    assert {found for _, found in stated} == {value}, stated


def test_question_counts() -> None:
    assert Counter(row["kind"] for row in ROWS) == {
        "answerable": 190,
        "unanswerable": 77,
        "underspecified": 12,
    }
    assert [row["id"] for row in ROWS] == [f"two-peaks-{n}" for n in range(len(ROWS))]
    assert len({(row["question"], str(row["history"])) for row in ROWS}) == len(ROWS)
    assert sum(1 for row in ROWS if row["history"] and row["answerable"]) >= 20


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_question(row: dict[str, Any]) -> None:
    assert list(row) == [
        "id",
        "question",
        "history",
        "answerable",
        "kind",
        "gold",
        "section",
        "answer",
    ]
    assert row["question"].strip()
    assert row["answerable"] == (row["kind"] == "answerable")
    roles = [turn["role"] for turn in row["history"]]
    assert roles == ["user", "assistant"] * (len(roles) // 2)
    if not row["answerable"]:
        assert (row["gold"], row["section"], row["answer"]) == ([], "", "")
        return
    assert row["gold"]
    assert row["answer"]
    assert all(name in TEXTS for name in row["gold"])
    found = dict(SECTIONS[row["gold"][0]])
    assert row["section"] in found
    # Every figure of the reference answer stands in the gold section.
    for figure in re.findall(r"\d+(?:[.:]\d+)?", row["answer"]):
        assert figure in found[row["section"]] or figure in COMPUTED, figure
