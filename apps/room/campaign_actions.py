"""What somebody does with a campaign in the room: decide it, change it, send themselves a test."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field

from agents.campaigns.brief import other_audience, read_offer
from agents.campaigns.campaign import Campaign
from agents.campaigns.deciding import check_changed
from agents.domain import Decision, Value
from apps.room.access import Agent, Caller, Desk
from apps.room.campaigns import Typed, runs_of
from apps.room.inbox import Wish

router = APIRouter()

Long = Annotated[str, Field(max_length=100_000)]


class Rewritten(Value):
    """Other words and another offer; `seen` is the version that they were made of."""

    seen: int
    subjects: Annotated[tuple[Long, ...], Field(max_length=10)]
    preheader: Long
    body: Long
    offer: Typed


class OtherAudience(Value):
    """Other people, and what may be spent on them, as it was typed; `seen` as above."""

    seen: int
    days: Typed
    segment: Typed = ""
    budget: Typed = ""


class Trial(Value):
    """Where a test goes."""

    address: Typed


@router.post("/campaigns/{campaign}/decision")
def decide(desk: Desk, caller: Agent, campaign: str, wish: Wish) -> dict[str, Any]:
    """Carry out a decision; where somebody was first, the answer says who."""
    decision = Decision(
        verb=wish.verb, text=wish.text, seen=wish.seen, by=caller.user.full_name, origin=caller.origin
    )
    decided = desk.decide(campaign, decision)
    return {
        **decided.model_dump(include={"status", "by", "text"}),
        "campaign": desk.campaigns.campaign(campaign).status,
    }


@router.post("/campaigns/{campaign}/texts")
def rewrite(request: Request, desk: Desk, caller: Agent, campaign: str, wanted: Rewritten) -> dict[str, Any]:
    """Make a version with other words, in the background."""
    by, draft = caller.user.full_name, desk.campaigns.campaign(campaign).draft
    subjects = tuple(each.strip() for each in wanted.subjects if each.strip())
    texts = draft.texts.rewritten(by, subjects=subjects, preheader=wanted.preheader, body=wanted.body)
    asked = read_offer(wanted.offer)
    offer = None if asked.percent == draft.offer.percent else asked
    check_changed(draft, texts=texts, offer=offer)
    edit = partial(desk.campaigns.edit, campaign, by, version=wanted.seen, texts=texts, offer=offer)
    return _start(request, caller, campaign, edit)


@router.post("/campaigns/{campaign}/audience")
def choose(
    request: Request, desk: Desk, caller: Agent, campaign: str, wanted: OtherAudience
) -> dict[str, Any]:
    """Make a version for other people, in the background."""
    known = desk.campaigns.campaign(campaign)
    typed = wanted.model_dump(include={"days", "segment", "budget"})
    brief = other_audience(known.draft.brief, typed, known.currency)
    check_changed(known.draft, brief=brief)
    edit = partial(desk.campaigns.edit, campaign, caller.user.full_name, version=wanted.seen, brief=brief)
    return _start(request, caller, campaign, edit)


def _start(request: Request, caller: Caller, campaign: str, edit: Callable[..., Campaign]) -> dict[str, Any]:
    runs = runs_of(request)
    started = runs.start(
        lambda tell: edit(origin=caller.origin, tell=tell).id, caller.user.full_name, campaign
    )
    return runs.state(started)


@router.post("/campaigns/{campaign}/test")
def send_test(desk: Desk, caller: Agent, campaign: str, wanted: Trial) -> dict[str, Any]:
    """Send one message to an address of the team's."""
    by = caller.user.full_name
    return {"sent": desk.campaigns.send_test(campaign, wanted.address, by, caller.origin)}
