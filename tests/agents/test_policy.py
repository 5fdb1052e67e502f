"""The policy file: what is accepted, and what its author is told about mistakes."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import pytest
import yaml

from agents.errors import BadInput
from agents.policy import SHIPPED, load_policy


@pytest.fixture
def shipped() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((SHIPPED / "support.yaml").read_text("utf-8"))
    return loaded


def write(folder: Path, policy: object) -> Path:
    (folder / "support.yaml").write_text(yaml.safe_dump(policy, allow_unicode=True), "utf-8")
    return folder


def test_the_shipped_policy_is_valid_and_says_what_the_house_promises() -> None:
    policy = load_policy()
    assert (policy.thresholds.answer, policy.thresholds.clarify) == (0.70, 0.50)
    assert policy.limits.answer_words == 100
    assert policy.limits.message_length == 2000
    assert policy.limits.messages_a_minute == 12
    assert policy.limits.circle_turns == 3


def test_a_folder_of_ones_own_is_read_instead(tmp_path: Path, shipped: dict[str, Any]) -> None:
    shipped["brand"]["name"] = "Another Shop"
    assert load_policy(write(tmp_path, shipped)).brand.name == "Another Shop"


def test_an_unknown_key_is_named_with_what_is_allowed(tmp_path: Path, shipped: dict[str, Any]) -> None:
    shipped["thresholds"]["anwser"] = 0.8
    with pytest.raises(BadInput) as error:
        load_policy(write(tmp_path, shipped))
    assert str(tmp_path / "support.yaml") in str(error.value)
    assert "thresholds.anwser: unknown key; allowed here: answer, clarify." in str(error.value)


def test_a_missing_key_is_named(tmp_path: Path, shipped: dict[str, Any]) -> None:
    del shipped["brand"]["welcome"]
    with pytest.raises(BadInput, match=r"brand\.welcome: missing"):
        load_policy(write(tmp_path, shipped))


def test_a_value_out_of_range_is_named_with_the_range(tmp_path: Path, shipped: dict[str, Any]) -> None:
    shipped["thresholds"]["answer"] = 1.4
    with pytest.raises(BadInput, match=r"thresholds\.answer: .*less than or equal to 1.*1\.4"):
        load_policy(write(tmp_path, shipped))


def test_every_mistake_is_told_at_once(tmp_path: Path, shipped: dict[str, Any]) -> None:
    shipped["limits"]["circle_turns"] = 1
    shipped["brand"]["examples"] = []
    with pytest.raises(BadInput) as error:
        load_policy(write(tmp_path, shipped))
    assert "limits.circle_turns" in str(error.value)
    assert "brand.examples" in str(error.value)


def test_asking_back_above_answering_is_refused(tmp_path: Path, shipped: dict[str, Any]) -> None:
    shipped["thresholds"] = {"answer": 0.5, "clarify": 0.6}
    with pytest.raises(BadInput, match="must not be above"):
        load_policy(write(tmp_path, shipped))


def test_a_pattern_that_does_not_compile_is_shown(tmp_path: Path, shipped: dict[str, Any]) -> None:
    shipped["hard_rules"]["angry"]["when"].append("(unclosed")
    with pytest.raises(BadInput, match=r"'\(unclosed' is not a pattern"):
        load_policy(write(tmp_path, shipped))


def test_a_pattern_with_an_unknown_group_is_shown(tmp_path: Path, shipped: dict[str, Any]) -> None:
    shipped["hard_rules"]["angry"]["when"].append("{nobody} is angry")
    with pytest.raises(BadInput, match=r"names the group \{nobody\}; known groups: .*lawyer"):
        load_policy(write(tmp_path, shipped))


def test_a_category_without_a_rule_is_refused(tmp_path: Path, shipped: dict[str, Any]) -> None:
    del shipped["hard_rules"]["safety"]
    with pytest.raises(BadInput, match="hard_rules lacks safety"):
        load_policy(write(tmp_path, shipped))


@pytest.mark.parametrize(
    ("content", "what"), [("brand: [", "is not YAML"), ("- a", "must be a table"), ("", "must be a table")]
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: str, what: str) -> None:
    (tmp_path / "support.yaml").write_text(content)
    with pytest.raises(BadInput, match=what):
        load_policy(tmp_path)


def test_a_folder_without_a_policy_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=str(tmp_path)):
        load_policy(tmp_path)


def test_the_policy_cannot_be_changed_at_run_time() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_policy().thresholds.answer = 0.1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("confidence", "word"),
    [
        (1.0, "very likely right"),
        (0.9, "very likely right"),
        (0.7, "probably right"),
        (0.0, "not in our documents"),
    ],
)
def test_every_confidence_has_a_word(confidence: float, word: str) -> None:
    assert load_policy().confidence_word(confidence) == word


def test_what_is_answered_from_the_documents_is_never_said_not_to_be_in_them(
    tmp_path: Path, shipped: dict[str, Any]
) -> None:
    policy = load_policy()
    assert [policy.answer_word(each) for each in (0.95, 0.6, 0.2)] == [
        "very likely right",
        "not sure",
        "not sure",
    ]
    shipped["confidence_words"] = [{"at_least": 0.0, "word": "likely"}]
    assert load_policy(write(tmp_path, shipped)).answer_word(0.2) == "likely"


def test_confidence_words_must_reach_down_to_zero(tmp_path: Path, shipped: dict[str, Any]) -> None:
    shipped["confidence_words"] = [{"at_least": 0.5, "word": "sure"}]
    with pytest.raises(BadInput, match="at_least: 0"):
        load_policy(write(tmp_path, shipped))


def test_texts_ask_only_for_what_is_filled_in() -> None:
    texts = load_policy().texts
    names = {
        name: {field for _, field, _, _ in string.Formatter().parse(text) if field}
        for name, text in texts.model_dump().items()
    }
    assert names.pop("clarify_between") == {"first", "second"}
    assert names.pop("clarify_one") == {"first"}
    assert names.pop("too_long") == {"length", "limit"}
    assert names.pop("escalate") == names.pop("broken") == {"promise"}
    assert names.pop("promise_open") == {"time", "hours"}
    assert names.pop("promise_closed") == {"due", "hours"}
    assert names.pop("joined") == names.pop("left") == {"name"}
    assert set().union(*names.values()) == set()
