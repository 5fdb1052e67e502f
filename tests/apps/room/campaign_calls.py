"""What the room's page asks of campaigns, for tests."""

from __future__ import annotations

import json
from typing import Any

from agents.campaigns.campaign import Campaign
from tests.apps.room.conftest import Answer, Room


def told(room: Room, run: str) -> list[dict[str, Any]]:
    """Everything that a run tells until it ends."""
    text = room.get(f"campaigns/runs/{run}/events").text
    return [
        json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")
    ]


def drafted(room: Room, **asked: object) -> dict[str, Any]:
    """What is known of a run at its end."""
    answer = room.post("campaigns/runs", **{"kind": "winback", **asked})
    assert answer.status_code == 200, answer.text
    return told(room, answer.json()["run"])[-1]


def changed(room: Room, campaign: Campaign, what: str, **values: object) -> dict[str, Any]:
    """What is known at its end of a run that makes a new version; `what` are texts or audience."""
    answer = room.post(f"campaigns/{campaign.id}/{what}", **values)
    assert answer.status_code == 200, answer.text
    return told(room, answer.json()["run"])[-1]


def decide(room: Room, campaign: str, verb: str, text: str | None = "a test", seen: int | None = 1) -> Answer:
    return room.post(f"campaigns/{campaign}/decision", verb=verb, text=text, seen=seen)


def words_of(campaign: Campaign, **changes: object) -> dict[str, object]:
    """The texts of a campaign as its form gives them back."""
    texts, offer = campaign.draft.texts, campaign.draft.offer
    kept = {"subjects": texts.subjects, "preheader": texts.preheader, "body": texts.body}
    return {"seen": campaign.draft.version, **kept, "offer": str(offer.percent), **changes}
