"""What a decision makes of a campaign, before anything is done; whoever comes second is told who was first."""

from __future__ import annotations

from datetime import datetime

from agents.campaigns.campaign import Approval, Brief, Campaign, Draft, Offer, Texts
from agents.errors import AlreadyDecided, BadInput

_PAST = {
    "approved": "approved",
    "paused": "approved",
    "stopped": "stopped",
    "sent": "sent",
    "rejected": "rejected",
}


def check_open(campaign: Campaign, version: int | None) -> None:
    """Raises `AlreadyDecided` for a campaign that does not wait, `BadInput` for a version that is not the newest."""
    if campaign.status != "pending":
        who = campaign.decided_by or campaign.by
        raise AlreadyDecided(f"The campaign {campaign.id} was {_PAST[campaign.status]} by {who} before.")
    if version is not None and version != campaign.draft.version:
        raise BadInput(
            f"Version {version} is outdated: the campaign {campaign.id} is at version {campaign.draft.version}, "
            f"by {campaign.draft.by}. Look at it, then decide."
        )


def check_changed(
    draft: Draft, *, texts: Texts | None = None, offer: Offer | None = None, brief: Brief | None = None
) -> None:
    """Raises `BadInput` where all that is wanted stands in the draft already; None is not wanted.

    An offer is the same by its percentage: its code and last day follow from that.
    """
    percent = None if offer is None else offer.percent
    wanted = ((texts, draft.texts), (percent, draft.offer.percent), (brief, draft.brief))
    if all(now is None or now == before for now, before in wanted):
        raise BadInput("Nothing is changed, so there is no new version to make.")


def check_approval(campaign: Campaign, by: str, reason: str | None) -> None:
    """Raises `BadInput` where finance objects and no reason is given, and where the same person approves again."""
    objections = campaign.draft.prospects.objections
    if objections and not reason:
        raise BadInput(
            f"Finance says no: {'; '.join(objections)}. To approve all the same, say why "
            "(--reason on the command line)."
        )
    if any(_same(one.by, by) and one.version == campaign.draft.version for one in campaign.approvals):
        raise BadInput(f"{by} has approved this version already; it needs a second person.")


def enough(campaign: Campaign) -> bool:
    """Whether one more approval of this version is the last that is needed."""
    given = [one for one in campaign.approvals if one.version == campaign.draft.version]
    return len(given) + 1 >= campaign.needs


def approve(campaign: Campaign, approval: Approval) -> Campaign:
    """The campaign with one more approval, approved where it is the last."""
    last = enough(campaign)
    changed: dict[str, object] = {"approvals": (*campaign.approvals, approval)}
    if last:
        changed |= {
            "status": "approved",
            "approved": approval.at,
            "decided_by": approval.by,
            "reason": approval.reason,
            "runs": campaign.runs + 1,
        }
    return campaign.model_copy(update=changed)


def reject(campaign: Campaign, by: str, reason: str | None, at: datetime) -> Campaign:
    """The campaign, never to be sent."""
    return campaign.model_copy(update={"status": "rejected", "decided_by": by, "reason": reason, "ended": at})


def new_version(campaign: Campaign, draft: Draft, needs: int) -> Campaign:
    """The campaign with a new draft; approvals of earlier versions count no more."""
    return campaign.model_copy(update={"draft": draft, "needs": needs})


def pause(campaign: Campaign, by: str) -> Campaign:
    """No further message goes until it is resumed."""
    _require(campaign, ("approved",), "pause")
    return campaign.model_copy(update={"status": "paused", "trouble": f"{by} has paused it"})


def resume(campaign: Campaign) -> Campaign:
    """Go on."""
    _require(campaign, ("paused",), "resume")
    return campaign.model_copy(update={"status": "approved", "trouble": None, "runs": campaign.runs + 1})


def stop(campaign: Campaign, by: str, at: datetime) -> Campaign:
    """End it for good; what has not gone will not go."""
    _require(campaign, ("approved", "paused"), "stop")
    return campaign.model_copy(update={"status": "stopped", "decided_by": by, "ended": at})


def _require(campaign: Campaign, statuses: tuple[str, ...], verb: str) -> None:
    if campaign.status not in statuses:
        raise BadInput(
            f"The campaign {campaign.id} is {campaign.status}; one can {verb} only what is {' or '.join(statuses)}."
        )


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
