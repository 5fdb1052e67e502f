"""The privacy policy is checked before it is used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from agents.errors import BadInput
from agents.masking import kinds_for
from agents.policy import SHIPPED
from agents.privacy_policy import load_privacy_policy


def changed(folder: Path, key: str, value: object) -> Path:
    """A folder with the shipped policy in which one key is different."""
    loaded: dict[str, Any] = yaml.safe_load((SHIPPED / "privacy.yaml").read_text("utf-8"))
    section = loaded
    *outer, last = key.split(".")
    for name in outer:
        section = section[name]
    section[last] = value
    (folder / "privacy.yaml").write_text(yaml.safe_dump(loaded), "utf-8")
    return folder


def test_the_shipped_policy_lets_order_numbers_through_to_the_team_alone() -> None:
    policy = load_privacy_policy()
    assert kinds_for(policy, "model") - kinds_for(policy, "slack") == {"order number"}
    assert kinds_for(policy, "log") == kinds_for(policy, "model")
    assert "e-mail" in kinds_for(policy, "slack")


def test_a_folder_without_one_has_the_shipped_one(tmp_path: Path) -> None:
    assert load_privacy_policy(tmp_path) == load_privacy_policy()


def test_a_policy_of_ones_own_counts(tmp_path: Path) -> None:
    policy = load_privacy_policy(changed(tmp_path, "allowed.log", ["e-mail"]))
    assert "e-mail" not in kinds_for(policy, "log")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("order_numbers", ["TP-("], "order_numbers: 'TP-\\('"),
        ("order_numbers", ["x*"], "nothing at all"),
        ("allowed.model", ["shoe size"], "allowed.model.0"),
        ("telephone_countries", [], "telephone_countries"),
        ("telephone_countries", ["usa"], "telephone_countries.0"),
        ("keep_days.logs", 0, "keep_days.logs"),
        ("keep_days.photos", 7, "keep_days.photos: unknown key; allowed here: conversations"),
    ],
)
def test_a_mistake_is_named_with_its_key(tmp_path: Path, key: str, value: object, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        load_privacy_policy(changed(tmp_path, key, value))
