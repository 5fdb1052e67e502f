"""How a campaign looks in Slack: while it is drafted, as its card, and in the thread under it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from slackblocks import ActionsBlock, Block, Button, ContextBlock, HeaderBlock, SectionBlock

from agents.campaigns.campaign import Campaign, DraftProgress, DraftStep, SendCounts
from agents.campaigns.cards import CampaignView, Drafting, NotDrafted, ShownCampaign, ShownPreview
from agents.campaigns.describing import approval_lines, audience_lines, expected_lines, plan_line
from integrations.slack.cards import SHORT, Shown, resolved
from integrations.slack.mrkdwn import clip, escape, quoted, text_of

SAMPLE: Final = ":test_tube: *Sample data* of an invented shop: no customer here is real."

BUTTONS: Final = {
    "approve": "Approve",
    "edit": "Edit…",
    "audience": "Change audience…",
    "test": "Send me a test",
    "reject": "Reject…",
    "pause": "Pause",
    "resume": "Resume",
    "stop": "Stop for good…",
}
"""What one can press on a card; each has the action id `campaign_` and its name."""

_ROWS: Final = {
    "pending": ("approve", "edit", "audience", "test", "reject"),
    "approved": ("pause", "stop"),
    "paused": ("resume", "stop"),
}
_SIGNS: Final = {
    "pending": ":hourglass_flowing_sand: *Waits for approval*",
    "approved": ":outbox_tray: *Approved by {by}*",
    "paused": ":double_vertical_bar: *Paused*",
    "stopped": ":octagonal_sign: *Stopped by {by}*",
    "sent": ":white_check_mark: *Sent*, approved by {by}",
    "rejected": ":leftwards_arrow_with_hook: *Rejected by {by}*",
}
_TITLES: Final[dict[DraftStep, str]] = {
    "insights": "Insights finds the audience",
    "marketing": "Marketing writes",
    "finance": "Finance calculates",
}


def shown(key: str, view: CampaignView) -> Shown:
    """A view as a message; the id of its first block is `key`, by which it is found again."""
    match view:
        case Drafting():
            return "A campaign is being drafted", resolved(_drafting(key, view))
        case NotDrafted():
            text = f"There is no campaign: {view.reason}"
            return clip(escape(text), SHORT), resolved(_not_drafted(key, view))
        case ShownCampaign():
            text = f"{_name(view.campaign)}: {view.campaign.status}. {view.campaign.draft.texts.concept}"
            return clip(escape(text), SHORT), resolved(_card(key, view))
        case ShownPreview():
            message = view.preview.message
            text = f"Subject {escape(message.arm)}: {escape(message.subject)}"
            return clip(text, SHORT), resolved(_preview(key, view))


def _drafting(key: str, view: Drafting) -> Iterator[Block]:
    """Which specialist is at work, and what the others have found."""
    known = {each.specialist: each for each in view.steps}
    lines = [_step(title, known.get(name)) for name, title in _TITLES.items()]
    yield SectionBlock(text_of(f"*Drafting a campaign* {_asked(view)}"), block_id=key)
    yield SectionBlock(text_of("\n".join(lines)), block_id=f"{key}:steps")
    if view.trouble:
        words = f":warning: It waits: {escape(clip(view.trouble, 500))}"
        yield SectionBlock(text_of(words), block_id=f"{key}:trouble")
    yield ContextBlock([text_of("This message becomes the card. Nothing is sent.")], block_id=f"{key}:note")


def _not_drafted(key: str, view: NotDrafted) -> Iterator[Block]:
    yield SectionBlock(text_of(f"*There is no campaign* {_asked(view)}"), block_id=key)
    yield SectionBlock(text_of(f":x: {escape(clip(view.reason, 1000))}"), block_id=f"{key}:reason")


def _asked(view: Drafting | NotDrafted) -> str:
    return f"for {escape(view.by)}: {escape(clip(view.asked, 300))}"


def _step(title: str, progress: DraftProgress | None) -> str:
    if progress is None:
        return f":white_circle: {title}"
    if progress.state == "working":
        return f":hourglass_flowing_sand: *{title}* …"
    return f":white_check_mark: {title}: {escape(clip(progress.found, 400))}"


def _name(campaign: Campaign) -> str:
    what = "Win-back" if campaign.draft.brief.kind == "winback" else "Campaign"
    return f"{what} {campaign.id}"


def _card(key: str, view: ShownCampaign) -> Iterator[Block]:
    campaign, draft = view.campaign, view.campaign.draft
    yield HeaderBlock(f"{_name(campaign)} · version {draft.version}", block_id=key)
    if campaign.sample:
        yield ContextBlock([text_of(SAMPLE)], block_id=f"{key}:sample")
    yield SectionBlock(text_of(_standing(view)), block_id=f"{key}:standing")
    yield SectionBlock(text_of(escape(draft.texts.concept)), block_id=f"{key}:concept")
    yield _part(f"{key}:who", "Who", audience_lines(draft))
    objections = draft.prospects.objections
    yield _part(f"{key}:brings", "What it may bring", expected_lines(draft.prospects, campaign.currency))
    if objections:
        words = "\n".join(
            f":red_circle: *Finance says no:* {escape(clip(each, 500))}." for each in objections
        )
        if campaign.status == "pending":
            words += "\nTo approve all the same, you have to say why."
        yield SectionBlock(text_of(words), block_id=f"{key}:finance")
    subjects = [f"{one.name}: {one.subject}" for one in draft.audience.arms]
    yield _part(f"{key}:subjects", "Subjects", [*subjects, f"Offer: {draft.offer.words or 'none'}."])
    yield _part(f"{key}:plan", "When", [plan_line(draft)])
    approvals = approval_lines(campaign)
    if approvals:
        yield _part(f"{key}:approvals", "Approval", approvals)
    yield ContextBlock([text_of(f":mailbox: {escape(clip(view.where, 900))}")], block_id=f"{key}:where")
    buttons = list(_buttons(campaign))
    if buttons:
        yield ActionsBlock(buttons, block_id=f"{key}:actions")
    yield ContextBlock([text_of(_foot(campaign))], block_id=f"{key}:foot")


def _part(block_id: str, title: str, lines: Sequence[str]) -> Block:
    words = "\n".join([f"*{title}*", *(f"• {escape(clip(each, 400))}" for each in lines)])
    return SectionBlock(text_of(words), block_id=block_id)


def _standing(view: ShownCampaign) -> str:
    campaign, counts = view.campaign, view.counts
    lines = [_SIGNS[campaign.status].format(by=escape(campaign.decided_by or "somebody"))]
    if campaign.reason:
        lines.append(f"Because: {escape(clip(campaign.reason, 500))}")
    if campaign.trouble:
        lines.append(f":warning: {escape(clip(campaign.trouble, 500))}")
    if campaign.approved is not None:
        lines.append(progress_line(counts))
    return "\n".join(lines)


def progress_line(counts: SendCounts) -> str:
    """How many messages have gone, and what became of the others."""
    rest = {
        "refused": counts.refused,
        "may not be written to any more": counts.withheld,
        "uncertain, listed and not sent again": counts.uncertain,
    }
    others = [f"{count:,} {words}" for words, count in rest.items() if count]
    return " · ".join([f"*{counts.sent:,} of {counts.total:,} sent*", *others])


def _buttons(campaign: Campaign) -> Iterator[Any]:
    value = f"{campaign.id} {campaign.draft.version}"
    agreed = not campaign.draft.prospects.objections
    for verb in _ROWS.get(campaign.status, ()):
        label = BUTTONS[verb] if verb != "approve" or agreed else "Approve…"
        primary = verb == "approve" and agreed
        yield Button(label, action_id=f"campaign_{verb}", value=value, style="primary" if primary else None)


def _foot(campaign: Campaign) -> str:
    return (
        f"Asked for by {escape(campaign.by)} · what customers read is in the thread · "
        f"`/gtm campaign status {campaign.id}`"
    )


def _preview(key: str, view: ShownPreview) -> Iterator[Block]:
    message, person = view.preview.message, view.preview.person
    head = (
        f"*Subject {escape(message.arm)}: {escape(clip(message.subject, 300))}*\n"
        f"As {escape(clip(person.name or person.customer, 200))} would get it, "
        f"version {view.campaign.draft.version}"
    )
    yield SectionBlock(text_of(head), block_id=key)
    for number, piece in enumerate(quoted(escape(view.preview.text))):
        yield SectionBlock(text_of(piece), block_id=f"{key}:text{number}")
