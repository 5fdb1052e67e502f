"""Campaigns in the room: drafted in sight, looked at whole, and watched while they are sent and afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from agents.campaigns.brief import OPTIONS, in_words
from agents.campaigns.campaign import CampaignLine, SendCounts
from agents.clean_text import clean
from agents.domain import Value
from agents.errors import DeskError, WrongField
from agents.session import Session
from analytics.customers import SEGMENTS
from apps.room import campaign_presenting as presenting
from apps.room.access import Agent, Desk, Viewer
from apps.room.mail_tree import mail_tree
from apps.room.runs import Runs

if TYPE_CHECKING:
    from agents.campaigns.campaign import DraftProgress

router = APIRouter()

SHOWN: Final = 100
LISTED: Final = 200
"""Recipients that were refused or are uncertain, of which the page names so many."""
PREVIEWED: Final = 12

_LONGEST: Final = 100_000  # what is longer than a brief may be is answered with how long it may be
_UNDER_WAY: Final = ("approved", "paused")

Typed = Annotated[str, Field(max_length=200)]


class Asked(Value):
    """What the form asks for, as it was typed: a win-back, or a brief in free words, with options."""

    kind: Literal["winback", "brief"]
    text: Annotated[str, Field(max_length=_LONGEST)] = ""
    days: Typed = ""
    segment: Typed = ""
    budget: Typed = ""
    offer: Typed = ""
    from_report: bool = False

    def read(self) -> tuple[dict[str, str], str]:
        """The options that are filled in, and the words of a brief, which has to have some."""
        filled = {name: str(getattr(self, name)).strip() for name in OPTIONS}
        text = clean(self.text) if self.kind == "brief" else ""
        if self.kind == "brief" and not text:
            raise WrongField("Say what the campaign is for.", "text")
        return {name: value for name, value in filled.items() if value}, text


@router.get("/campaigns")
def campaigns(request: Request, desk: Desk, _: Viewer) -> dict[str, Any]:
    """The campaigns, the newest first, how far those are that are being sent, and the drafts under way."""
    return {
        "campaigns": [_line(desk, each) for each in desk.campaigns.campaigns(SHOWN)],
        "segments": list(SEGMENTS),
        "runs": runs_of(request).running(),
    }


@router.post("/campaigns/runs")
def draft(request: Request, desk: Desk, caller: Agent, asked: Asked) -> dict[str, Any]:
    """Draft a campaign, in the background."""
    runs, by = runs_of(request), caller.user.full_name
    options, text = asked.read()
    brief = desk.campaigns.read_form(options, text)
    origin: Literal["room", "report"] = "report" if asked.from_report else "room"
    started = runs.start(lambda tell: desk.campaigns.draft(brief, by, origin, tell).id, by)
    desk.team.record(by, caller.origin, "ask for campaign", started, in_words(text, options)[:300])
    return runs.state(started)


@router.get("/campaigns/runs/{run}/events")
async def events(request: Request, _: Viewer, run: str) -> StreamingResponse:
    """How far a draft is, told whenever it changes, until it ends."""
    return runs_of(request).events(request, run)


@router.get("/campaigns/{campaign}")
def one(request: Request, desk: Desk, _: Viewer, campaign: str) -> dict[str, Any]:
    """One campaign whole, as it stands."""
    known, versions = desk.campaigns.campaign(campaign), desk.campaigns.versions(campaign)
    return {
        **presenting.campaign(known, versions),
        "sending": presenting.sending(desk.campaigns.counts(campaign)),
        **_where(desk),
        "segments": list(SEGMENTS),
        "runs": runs_of(request).running(campaign),
    }


@router.get("/campaigns/{campaign}/progress")
def progress(desk: Desk, _: Viewer, campaign: str) -> dict[str, Any]:
    """What of a campaign may have changed; cheap, for the page asks every few seconds."""
    known = desk.campaigns.campaign(campaign)
    return {
        "status": known.status,
        "version": known.draft.version,
        "approvals": len(known.approvals),
        "trouble": known.trouble,
        "sending": presenting.sending(desk.campaigns.counts(campaign)),
    }


@router.get("/campaigns/{campaign}/standing")
def standing(desk: Desk, _: Viewer, campaign: str) -> dict[str, Any]:
    """What came of a campaign, what can be concluded, and whose messages did not go or may have gone."""
    found = desk.campaigns.standing(campaign)
    uncertain = desk.campaigns.recipients(campaign, ["uncertain"], LISTED)
    refused = desk.campaigns.recipients(campaign, ["refused"], LISTED)
    listed = [*uncertain, *refused][:LISTED]
    counted = desk.contacts.policy.mail.count_clicks
    return {
        **presenting.standing(found, counted=counted),
        "listed": [presenting.recipient(each) for each in listed],
        "unlisted": found.counts.uncertain + found.counts.refused - len(listed),
    }


@router.get("/campaigns/{campaign}/previews")
def previews(desk: Desk, _: Viewer, campaign: str, customer: Typed = "") -> dict[str, Any]:
    """The very mails of a customer, or of some who were drawn by chance."""
    wanted = [customer.strip()] if customer.strip() else []
    found = desk.campaigns.previews(campaign, wanted, PREVIEWED)
    return {
        "previews": [
            {
                "customer": each.person.customer,
                "name": each.person.name,
                "arm": each.message.arm,
                "subject": each.message.subject,
                "mail": mail_tree(each.message.html),
                "text": each.text,
            }
            for each in found[:PREVIEWED]
        ]
    }


def new_runs() -> Runs[DraftProgress]:
    """Runs of drafts and new versions, none yet."""
    return Runs("drafts", ("insights", "marketing", "finance"))


def runs_of(request: Request) -> Runs[DraftProgress]:
    """The drafts and new versions that are being made."""
    runs: Runs[DraftProgress] = request.app.state.campaign_runs
    return runs


def _line(desk: Session, line: CampaignLine) -> dict[str, Any]:
    counts = desk.campaigns.counts(line.id) if line.status in _UNDER_WAY else SendCounts()
    return {
        **line.model_dump(mode="json"),
        "sending": presenting.sending(counts) if line.status in _UNDER_WAY else None,
    }


def _where(desk: Session) -> dict[str, Any]:
    try:
        return {"where": desk.campaigns.where(), "live": desk.campaigns.reaches_people()}
    except DeskError as error:
        return {"where": f"Nothing can be sent: {error}", "live": False}
