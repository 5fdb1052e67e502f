"""What all that is done with campaigns has in common: the campaign itself, who fits it today, and the audit's line."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from agents.campaigns.campaign import Campaign
from agents.errors import BadInput
from agents.team import AuditLine

if TYPE_CHECKING:
    from agents.campaigns.choosing import Chosen
    from agents.ports import Services


def find_campaign(services: Services, campaign: str) -> Campaign:
    """One campaign. Raises `BadInput` for an id that there is not."""
    found = services.campaigns.campaign(campaign)
    if found is None:
        raise BadInput(f"There is no campaign {campaign!r} here. `gtm campaign list` shows them all.")
    return found


def business_day(services: Services, moment: datetime | None = None) -> date:
    """The day where the business is: today, or that of another moment."""
    zone = ZoneInfo(services.open_weekly_policy().timezone)
    return (moment or services.now()).astimezone(zone).date()


def who_fits(services: Services, campaign: Campaign) -> Chosen:
    """The audience of a campaign as it would be today."""
    from agents.campaigns.choosing import choose  # noqa: PLC0415 - the engines

    draft = campaign.draft
    return choose(services, draft.brief, campaign.id, business_day(services), draft.texts.subjects)


def audit_line(
    services: Services, by: str, origin: str, what: str, campaign: Campaign, *, detail: str = ""
) -> AuditLine:
    """What the audit keeps of something that somebody does with a campaign."""
    return AuditLine(
        at=services.now(),
        who=by,
        origin=origin,
        what=f"campaign {what}",
        subject=campaign.id,
        detail=detail,
    )
