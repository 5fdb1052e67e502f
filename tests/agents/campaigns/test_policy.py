"""The campaign policy says what is wrong, and where."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from agents.campaigns.policy import load_campaign_policy
from agents.errors import BadInput
from agents.policy import SHIPPED


def test_the_shipped_one_holds() -> None:
    policy = load_campaign_policy()
    assert policy.mail.sender.address == "hello@twopeakschai.example"
    assert policy.sending.opens < policy.sending.closes


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("mail.sender.address", "nobody", "is no e-mail address"),
        ("mail.reply_to", "a@b, c@d.example", "is no e-mail address"),
        ("mail.shop_url", "shop.example", "write a whole address"),
        ("mail.shop_url", "javascript:x", "write a whole address"),
        ("mail.postal_address", "", "at least 1 character"),
        ("mail.language", "English", "pattern"),
        ("sending.timezone", "Denver", "no time zone"),
        ("sending.opens", "19:00", "must come before closes"),
        ("sending.a_minute", 0, "greater than 0"),
        ("fallbacks.offer", "20% off", "allowed here are"),
        ("fallbacks.nickname", "you", "allowed here are"),
        ("surprise", 1, "unknown key"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, path: str, value: object, says: str) -> None:
    folder = tmp_path / "policies"
    shutil.copytree(SHIPPED, folder)
    file = folder / "campaigns.yaml"
    policy: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    *above, last = path.split(".")
    section = policy
    for name in above:
        section = section[name]
    section[last] = value
    file.write_text(yaml.safe_dump(policy), "utf-8")
    with pytest.raises(BadInput) as error:
        load_campaign_policy(folder)
    assert says in str(error.value)
    assert path.partition(".")[0] in str(error.value)
