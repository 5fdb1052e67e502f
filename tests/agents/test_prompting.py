"""Prompts are checked when they are loaded, and filled in with nothing missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.errors import BadInput
from agents.prompting import load_prompts

SHIPPED = load_prompts()


def write(folder: Path, **changes: str) -> Path:
    parts = {
        "name": "greeting",
        "specialist": "support",
        "version": "1",
        "variables": "{who: {type: text, sample: Anna}, count: {type: number, sample: 3}}",
        "system": "You greet.",
        "user": "Greet {who} {count} times.",
    }
    text = "\n".join(f"{key}: {value}" for key, value in (parts | changes).items())
    (folder / "greeting.yaml").write_text(text, "utf-8")
    return folder


def test_a_prompt_is_filled_in(tmp_path: Path) -> None:
    prompt = load_prompts(write(tmp_path))["greeting"]
    assert prompt.render(who="{Ben}", count=2).user == "Greet {Ben} 2 times."
    assert prompt.sample().label == "greeting@1"


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"user": "Greet {who} {count} {times}."}, "uses times"),
        ({"user": "Greet {who}."}, "declares count"),
        (
            {"variables": "{who: {type: number, sample: Anna}, count: {type: number, sample: 3}}"},
            "sample of who",
        ),
        ({"version": "0"}, "version"),
        ({"name": "another"}, "name it as its file"),
        ({"tone": "warm"}, "unknown key"),
    ],
)
def test_a_prompt_that_is_wrong_is_an_error_that_names_it(
    tmp_path: Path, changes: dict[str, str], complaint: str
) -> None:
    with pytest.raises(BadInput, match=complaint):
        load_prompts(write(tmp_path, **changes))


@pytest.mark.parametrize(
    "values", [{"who": "Anna"}, {"who": "Anna", "count": "3"}, {"who": "A", "count": 1, "x": 2}]
)
def test_a_value_that_is_missing_mistyped_or_unknown_is_an_error(
    tmp_path: Path, values: dict[str, str | float]
) -> None:
    with pytest.raises(BadInput, match="greeting@1"):
        load_prompts(write(tmp_path))["greeting"].render(**values)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_prompt_can_be_filled_in_with_its_samples(name: str) -> None:
    assert SHIPPED[name].sample().user
