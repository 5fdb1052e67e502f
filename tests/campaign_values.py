"""A campaign as a value, for tests of whoever keeps one and does not look into it."""

from __future__ import annotations

from datetime import UTC, datetime

from agents.campaigns.campaign import Audience, Brief, Campaign, Draft, Offer, Plan, Prospects, Texts

MADE = datetime(2026, 11, 16, 16, tzinfo=UTC)


def campaign(name: str) -> Campaign:
    """One that waits for a decision, of nobody in particular."""
    audience = Audience(
        why="customers", found=2, eligible=2, excluded=(), holdout=1, arms=(), digest="0" * 32
    )
    draft = Draft(
        version=1,
        made=MADE,
        by="Kim",
        brief=Brief(kind="winback"),
        texts=Texts(concept="Come back", subjects=("We miss you",), body="Hello"),
        offer=Offer(),
        audience=audience,
        prospects=Prospects(),
        plan=Plan(a_minute=60, opens="09:00", closes="18:00", holdout_share=0.1, arms="fixed"),
        measures=(),
    )
    return Campaign(
        id=name,
        created=MADE,
        by="Kim",
        origin="shell",
        sample=False,
        currency="USD",
        status="pending",
        draft=draft,
    )
