"""What waits, the numbers, and the desk's health, as lists in Slack."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from slackblocks import (
    ActionsBlock,
    Block,
    Button,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    HomeTabView,
    SectionBlock,
)

from agents.domain import DeskFigures, Review
from integrations.slack.campaign_standing import draft_button
from integrations.slack.cards import BUTTONS, resolved, waited
from integrations.slack.mrkdwn import clip, escape, link, markdown, moment, text_of


@dataclass(frozen=True, slots=True)
class Health:
    """How one part of the desk is, in words."""

    part: str
    ok: bool
    words: str


def waiting_blocks(
    reviews: Sequence[Review], links: Mapping[str, str], mask: Callable[[str], str], zone: ZoneInfo, most: int
) -> tuple[str, list[dict[str, Any]]]:
    """Open cases, oldest first, each with a link to its card where there is one."""
    if not reviews:
        return "Nobody waits for a person.", resolved(
            [SectionBlock(text_of("Nobody waits for a person. :tada:"))]
        )
    head = f"{len(reviews)} {'customer waits' if len(reviews) == 1 else 'customers wait'} for a person"
    blocks: list[Block] = [SectionBlock(text_of(f"*{head}*"), block_id="head")]
    blocks += [
        SectionBlock(text_of(_waiting(review, links, mask, zone)), block_id=f"waits:{review.id}")
        for review in reviews[:most]
    ]
    if len(reviews) > most:
        blocks.append(ContextBlock([text_of(f"and {len(reviews) - most} more")], block_id="more"))
    return head, resolved(blocks)


def _waiting(review: Review, links: Mapping[str, str], mask: Callable[[str], str], zone: ZoneInfo) -> str:
    question = clip(escape(" ".join(mask(review.question).split())), 300)
    taken = f" · taken by {escape(review.by)}" if review.by else ""
    card = f" · {link(links[review.id], 'card')}" if review.id in links else ""
    return f">{question}\nsince {moment(review.opened.astimezone(zone))}{taken}{card}"


def figures_line(figures: DeskFigures) -> str:
    """The day's numbers in one line; what cannot be known is said so."""
    median = figures.person_response_p50
    first = waited(median) if median is not None else "nobody has answered in person yet"
    return (
        f"Today: {figures.asked} asked · {figures.answered} answered · {figures.escalated} escalated · "
        f"median first response of a person: {first}"
    )


def status_blocks(numbers: str, health: Sequence[Health]) -> tuple[str, list[dict[str, Any]]]:
    """How the desk is, and the day's numbers."""
    return numbers, resolved(_status(numbers, health))


def _status(numbers: str, health: Sequence[Health]) -> list[Block]:
    lines = "\n".join(
        f"{':large_green_circle:' if each.ok else ':red_circle:'} *{escape(each.part)}* {escape(each.words)}"
        for each in health
    )
    return [
        SectionBlock(text_of(escape(numbers)), block_id="numbers"),
        SectionBlock(text_of(lines or "Nothing is known."), block_id="health"),
    ]


def home_view(
    reviews: Sequence[Review],
    mask: Callable[[str], str],
    zone: ZoneInfo,
    numbers: str,
    health: Sequence[Health],
    *,
    most: int,
    campaigns: bool = False,
    note: str = "",
) -> dict[str, Any]:
    """The app's home: the day's numbers and the bot's health, then what waits for a decision with its buttons.

    The numbers are two lines, and what waits can be long: they come first. With `campaigns` one can be begun here.
    """
    blocks: list[Block] = []
    if note:
        blocks.append(SectionBlock(text_of(f":information_source: {escape(note)}"), block_id="note"))
    blocks += [HeaderBlock("How it goes", block_id="goes"), *_status(numbers, health)]
    if campaigns:
        blocks.append(draft_button())
    blocks.append(HeaderBlock("Waits for a decision", block_id="waits"))
    for review in reviews[:most]:
        blocks.append(DividerBlock(block_id=f"rule:{review.id}"))
        blocks.append(SectionBlock(text_of(_waiting(review, {}, mask, zone)), block_id=f"waits:{review.id}"))
        if review.draft:
            draft = clip(markdown(mask(review.draft)), 400)
            blocks.append(
                ContextBlock([text_of(f"The desk would say: {draft}")], block_id=f"draft:{review.id}")
            )
        blocks.append(ActionsBlock(_home_buttons(review), block_id=f"actions:{review.id}"))
    if len(reviews) > most:
        blocks.append(ContextBlock([text_of(f"and {len(reviews) - most} more")], block_id="more"))
    if not reviews:
        blocks.append(SectionBlock(text_of("Nobody waits for a person."), block_id="nobody"))
    return HomeTabView(blocks=blocks).to_dict()


def stranger_home(words: str) -> dict[str, Any]:
    """The home of somebody who is not in the team."""
    return HomeTabView(blocks=[SectionBlock(text_of(escape(words)), block_id="hello")]).to_dict()


def _home_buttons(review: Review) -> list[Any]:
    verbs = ["approve", "edit"] if review.draft else []
    verbs += ["reply", "reject", "take-over" if review.status == "pending" else "hand-back"]
    return [
        Button(BUTTONS[verb], action_id=f"case_{verb}", value=f"{review.id} {review.seen}") for verb in verbs
    ]
