"""How far campaigns are, and what came of them, as Slack shows it to the one who asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from slackblocks import ActionsBlock, Block, Button, ContextBlock, HeaderBlock, SectionBlock

from agents.campaigns.campaign import Addressee, CampaignLine
from agents.campaigns.measuring import ArmResult, CampaignStanding
from integrations.slack.campaign_blocks import SAMPLE, progress_line
from integrations.slack.campaign_forms import NEW
from integrations.slack.cards import SHORT, Shown, resolved
from integrations.slack.mrkdwn import clip, escape, text_of

LISTED: Final = 15
"""Recipients that were refused or are uncertain, of which one answer names so many."""

NONE_YET: Final = "There is no campaign yet."


def draft_button() -> Block:
    """The button that opens the form for a campaign."""
    return ActionsBlock([Button("Draft a campaign…", action_id=NEW, value=NEW)], block_id=NEW)


def standing_blocks(standing: CampaignStanding, listed: Sequence[Addressee], where: str) -> Shown:
    """How far a campaign is, what it changed, and what can be concluded."""
    text = clip(escape(" ".join(standing.words)), SHORT)
    return text, resolved(_standing(standing, listed, where))


def list_blocks(campaigns: Sequence[CampaignLine]) -> Shown:
    """The campaigns, the newest first, and a button for another one."""
    text = f"{len(campaigns)} campaign{'s' if len(campaigns) > 1 else ''}" if campaigns else NONE_YET
    words = "\n".join(map(_line, campaigns)) or NONE_YET
    return text, resolved([SectionBlock(text_of(words), block_id="campaigns"), draft_button()])


def _line(line: CampaignLine) -> str:
    sample = " · sample data" if line.sample else ""
    return (
        f"• `{escape(line.id)}` *{line.status}* · version {line.version} · {line.eligible:,} customers{sample}\n"
        f"   {escape(clip(line.concept, 160))}"
    )


def _standing(standing: CampaignStanding, listed: Sequence[Addressee], where: str) -> Iterator[Block]:
    campaign, counts = standing.campaign, standing.counts
    yield HeaderBlock(f"Campaign {campaign.id} · {campaign.status}", block_id="campaign")
    if campaign.sample:
        yield ContextBlock([text_of(SAMPLE)], block_id="campaign:sample")
    words = "\n".join(escape(clip(each, 700)) for each in standing.words)
    yield SectionBlock(text_of(words), block_id="campaign:words")
    if campaign.approved is not None:
        came = standing.outcomes.model_dump()
        back = " · ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in came.items() if count)
        lines = [progress_line(counts), f"{counts.held_out:,} held out", back or "nothing has come back yet"]
        yield SectionBlock(text_of("\n".join(escape(each) for each in lines)), block_id="campaign:counts")
    if standing.arms:
        arms = "\n".join(_arm(each) for each in standing.arms)
        yield SectionBlock(text_of(f"*Subjects*\n{arms}"), block_id="campaign:arms")
    if listed:
        lines = [
            f"• {escape(each.person.customer)}: {each.status}"
            + (f" – {escape(clip(each.note, 120))}" if each.note else "")
            for each in listed[:LISTED]
        ]
        if len(listed) > LISTED:
            lines.append(f"and {len(listed) - LISTED:,} more: `gtm campaign status {campaign.id}` lists them")
        words = "\n".join(["*Refused, or nobody can tell*", *lines])
        yield SectionBlock(text_of(words), block_id="campaign:listed")
    yield ContextBlock([text_of(f":mailbox: {escape(clip(where, 900))}")], block_id="campaign:where")


def _arm(arm: ArmResult) -> str:
    rate = "" if arm.rate is None else f", {arm.rate:.1%} ({arm.low:.1%} to {arm.high:.1%})"
    return (
        f"• {escape(arm.name)}: {escape(clip(arm.subject, 200))} · {arm.sent:,} sent, {arm.successes:,} clicked or "
        f"ordered{rate}, {arm.best:.0%} likely the best"
    )
