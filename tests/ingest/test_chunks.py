"""Chunks follow headings, lose nothing, repeat nothing, and never cut what belongs together."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunks import LIST_PIECES, MAX_PIECES, pieces, split_document
from knowledge_base.catalog import PlacedChunk

WORDS = st.lists(
    st.sampled_from(["tea", "tin", "order", "parcel", "refund", "milk", "spice", "label", "week", "mug"]),
    min_size=1,
    max_size=12,
)
SENTENCES = WORDS.map(lambda words: " ".join(words).capitalize() + ".")
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=40).map(" ".join)
STEPS = st.lists(SENTENCES, min_size=1, max_size=60).map(
    lambda items: "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1))
)
POINTS = st.lists(SENTENCES, min_size=1, max_size=80).map(
    lambda items: "\n".join(f"- {item}" for item in items)
)
ROWS = st.lists(st.tuples(SENTENCES, SENTENCES), min_size=1, max_size=60)
TABLES = ROWS.map(lambda rows: "| A | B |\n| --- | --- |\n" + "\n".join(f"| {a} | {b} |" for a, b in rows))
FENCES = st.lists(SENTENCES, min_size=1, max_size=60).map(
    lambda lines: "```\n# no heading\n" + "\n".join(lines) + "\n```"
)
HEADINGS = st.tuples(st.integers(1, 4), WORDS).map(lambda pair: "#" * pair[0] + " " + " ".join(pair[1]))
BLOCKS = st.one_of(PARAGRAPHS, STEPS, POINTS, TABLES, FENCES, HEADINGS)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Blocks of every kind with a number on each line, so that every line is unlike every other."""
    blocks = draw(st.lists(BLOCKS, min_size=1, max_size=12))
    numbers = iter(range(10_000))
    # A letter before the number keeps it from being read as the number of a section or step.
    return re.sub(
        r"\b(tea|Tea|tin|Tin|order|Order)\b", lambda m: f"{m[0]}x{next(numbers)}", "\n\n".join(blocks)
    )


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def body_of(placed: PlacedChunk, source: str) -> str:
    return source[placed.start : placed.stop]


@given(documents())
@settings(max_examples=150, deadline=None)
def test_no_word_is_lost_and_none_is_there_twice(source: str) -> None:
    _, placed = split_document("a.md", source)
    within = [text for each in placed for text in words(body_of(each, source))]
    outside = source
    for each in reversed(placed):
        outside = outside[: each.start] + outside[each.stop :]
    headings = [line for line in outside.split("\n") if line.strip()]
    assert all(re.match(r"#{1,4} ", line) for line in headings)
    assert sorted(within + [word for line in headings for word in words(line)]) == sorted(words(source))


@given(documents())
@settings(max_examples=100, deadline=None)
def test_every_heading_stands_above_some_chunk_or_is_one(source: str) -> None:
    title, placed = split_document("a.md", source)
    shown = {title, *(text for each in placed for text in each.chunk.headings)}
    fenced = re.sub(r"```.*?```", "", source, flags=re.DOTALL)
    assert {line.lstrip("# ") for line in fenced.split("\n") if line.startswith("#")} <= shown


@given(documents())
@settings(max_examples=100, deadline=None)
def test_anchors_and_ids_are_unique_and_order_is_kept(source: str) -> None:
    _, placed = split_document("a.md", source)
    assert len({each.chunk.anchor for each in placed}) == len(placed)
    assert len({each.chunk.id for each in placed}) == len(placed)
    assert [each.chunk.position for each in placed] == list(range(len(placed)))
    bounds = [bound for each in placed for bound in (each.start, each.stop)]
    assert bounds == sorted(bounds)


@given(documents())
@settings(max_examples=100, deadline=None)
def test_a_chunk_is_a_piece_of_its_document_behind_at_most_a_table_header(source: str) -> None:
    for each in split_document("a.md", source)[1]:
        head = each.chunk.text.removesuffix(body_of(each, source))
        assert head in ("", "| A | B |\n| --- | --- |\n")


@given(documents())
@settings(max_examples=100, deadline=None)
def test_steps_and_code_stay_whole_and_rows_are_not_cut(source: str) -> None:
    chunks = [each.chunk.text for each in split_document("a.md", source)[1]]
    for block in re.split(r"\n\n", source):
        if re.match(r"1\. |```", block):
            assert sum(block in text for text in chunks) == 1
        for row in re.findall(r"^\| .*? \|$", block, re.MULTILINE):
            assert any(row in text.split("\n") for text in chunks)


@given(st.text(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_text_at_all_is_split_without_loss(source: str) -> None:
    source = source.replace("\r", "\n").replace("\0", "")
    _, placed = split_document("a.md", source)
    covered = "".join(body_of(each, source) for each in placed) + "".join(
        text for each in placed for text in (*each.chunk.headings, each.chunk.title)
    )
    visible = {char for char in source if char.isalnum()}
    assert visible <= set(covered)


def split(source: str, name: str = "a.md") -> list[tuple[str, str]]:
    return [(each.chunk.anchor, each.chunk.text) for each in split_document(name, source)[1]]


def test_sections_become_chunks_with_path_number_and_anchor() -> None:
    source = "# Returns\n\nIntro.\n\n## 3. Perishables\n\n### 3.2 Unopened *chai*\n\nWithin 7 days.\n"
    title, placed = split_document("returns.md", source)
    assert title == "Returns"
    assert [each.chunk.headings for each in placed] == [(), ("3. Perishables", "3.2 Unopened chai")]
    assert [each.chunk.section for each in placed] == ["", "3.2"]
    assert [each.chunk.anchor for each in placed] == ["returns", "3-2-unopened-chai"]
    assert placed[1].chunk.context == "Returns · 3. Perishables · 3.2 Unopened chai"


def test_a_short_document_is_one_chunk() -> None:
    assert split("# Hours\n\nWe are open.\n\nFrom nine to five.\n") == [
        ("hours", "We are open.\n\nFrom nine to five.")
    ]


def test_a_document_without_headings_is_cut_between_paragraphs() -> None:
    paragraphs = [f"Paragraph {number} " + "tells of tea and milk. " * 20 for number in range(6)]
    chunks = split("\n\n".join(paragraphs), "long_story.txt")
    assert [anchor for anchor, _ in chunks][:2] == ["long-story", "long-story-part-2"]
    assert all(text.startswith("Paragraph") and pieces(text) <= MAX_PIECES for _, text in chunks)


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    source = "The tin holds a hundred grams of loose tea leaves. " * 60
    chunks = split(source)
    assert len(chunks) > 1
    assert all(text.startswith("The tin") and text.endswith("leaves.") for _, text in chunks)


def test_each_part_of_a_long_table_shows_its_header() -> None:
    table = "| Product | Price |\n| --- | --- |\n" + "\n".join(
        f"| Tea number {n} | {n} dollars |" for n in range(120)
    )
    chunks = split(f"# Prices\n\n{table}\n")
    assert len(chunks) > 2
    assert all(text.startswith("| Product | Price |\n| --- | --- |\n| Tea") for _, text in chunks)


def test_the_line_that_introduces_a_list_stays_with_it() -> None:
    filler = "The tin holds a hundred grams of loose tea leaves. " * 16
    source = f"{filler}\n\nDo this:\n\n" + "\n".join(
        f"{n}. Pour the hot water into cup {n}." for n in range(1, 12)
    )
    last = split(source)[-1][1]
    assert last.startswith("Do this:\n\n1. Pour")
    assert last.endswith("cup 11.")


def test_a_very_long_list_of_points_is_cut_between_points() -> None:
    points = [
        f"- Point {number} says that the tin is made of steel and the label of paper."
        for number in range(120)
    ]
    source = "\n".join(points)
    assert pieces(source) > LIST_PIECES
    chunks = split(source)
    assert [line for _, text in chunks for line in text.split("\n")] == points


def test_equal_headings_get_different_anchors_that_name_their_parents() -> None:
    source = "# A\n\n## Tea\n\n### Steps\n\nOne.\n\n## Milk\n\n### Steps\n\nTwo.\n"
    assert split(source) == [("steps", "One."), ("milk-steps", "Two.")]


def test_a_new_section_does_not_change_the_anchors_of_others() -> None:
    before = split("# A\n\n## Tea\n\nOne.\n\n## Milk\n\nTwo.\n")
    after = split("# A\n\n## Sugar\n\nNew.\n\n## Tea\n\nOne.\n\n## Milk\n\nTwo.\n")
    assert set(before) < set(after)


def test_a_heading_with_nothing_below_it_is_kept_as_text() -> None:
    assert split("# Hours\n\n## Closed on Mondays\n\n## Open\n\nAll week.\n") == [
        ("closed-on-mondays", "## Closed on Mondays"),
        ("open", "All week."),
    ]


def test_a_heading_mark_inside_code_is_no_heading() -> None:
    assert split("# A\n\n```sh\n# comment\nls\n```\n") == [("a", "```sh\n# comment\nls\n```")]
