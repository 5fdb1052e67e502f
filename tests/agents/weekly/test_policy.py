"""The weekly policy: the shipped one holds, a mistake is named, an older folder does without."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.errors import BadInput
from agents.policy import SHIPPED
from agents.weekly.policy import load_weekly_policy


def test_a_folder_without_it_gets_the_shipped_one(tmp_path: Path) -> None:
    assert load_weekly_policy(tmp_path) == load_weekly_policy()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("timezone: America/Denver", "timezone: Denver", "timezone: 'Denver' is no time zone"),
        ("contribution_margin: 0.58", "contribution_margin: 58", "finance.contribution_margin"),
        ("currency: USD", "currency: dollars", "currency"),
        ("at_most: 4", "most: 4", "alerts.most: unknown key"),
    ],
)
def test_a_mistake_is_named_with_its_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (SHIPPED / "weekly.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "weekly.yaml").write_text(text.replace(old, new))
    with pytest.raises(BadInput, match=r"weekly\.yaml") as error:
        load_weekly_policy(tmp_path)
    assert said in str(error.value)
