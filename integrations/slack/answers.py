"""How an answer to a question of the team looks in Slack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from slackblocks import (
    ActionsBlock,
    Block,
    Button,
    ContextActionsBlock,
    ContextBlock,
    FeedbackButton,
    FeedbackButtons,
    SectionBlock,
)

from integrations.slack.cards import SHORT, resolved
from integrations.slack.mrkdwn import SECTION, clip, escape, markdown, text_of

NOTHING: Final = "Our documents do not say. Somebody in the support channel may know."
RATINGS: Final = {"up": "Good answer", "down": "Bad answer"}
UNSURE: Final = ":thinking_face: Not sure enough to tell a customer this:"


@dataclass(frozen=True, slots=True)
class TeamAnswer:
    """What the documents say to a question; `text` is empty where they say nothing."""

    text: str
    sure: bool
    confidence: float
    confidence_word: str
    sources: tuple[str, ...] = ()


def pieces(text: str, most: int = 5) -> Iterator[str]:
    """A long text in pieces that each fit into a section, cut between paragraphs or words."""
    rest = text.strip()
    for number in range(most):
        if not rest:
            return
        if len(rest) <= SECTION or number == most - 1:
            yield clip(rest, SECTION)
            return
        cut = max(rest.rfind("\n\n", 0, SECTION), rest.rfind("\n", 0, SECTION), rest.rfind(" ", 0, SECTION))
        cut = cut if cut > 0 else SECTION - 10
        yield rest[:cut]
        rest = rest[cut:].lstrip()


def answer_blocks(answer: TeamAnswer, feedback: bool = False) -> tuple[str, list[dict[str, Any]]]:
    """An answer with its sources and how sure it is."""
    if not answer.text:
        return NOTHING, resolved([SectionBlock(text_of(NOTHING), block_id="answer")])
    blocks: list[Block] = [] if answer.sure else [SectionBlock(text_of(UNSURE), block_id="unsure")]
    blocks += [
        SectionBlock(text_of(piece), block_id=f"answer{number or ''}")
        for number, piece in enumerate(pieces(markdown(answer.text)))
    ]
    blocks.append(ContextBlock([text_of(evidence(answer))], block_id="evidence"))
    if feedback:
        blocks.append(_plain_feedback())
    return clip(escape(answer.text), SHORT), resolved(blocks)


def evidence(answer: TeamAnswer) -> str:
    """Where it stands, and how sure it is."""
    sure = f"{answer.confidence_word} ({round(100 * answer.confidence)} %)"
    if not answer.sources:
        return escape(sure)
    return f"{escape(sure)} · Sources: {' · '.join(escape(clip(each, 150)) for each in answer.sources[:6])}"


def _plain_feedback() -> Block:
    """Whether it helped, in buttons that every workspace has."""
    up, down = (Button(RATINGS[value], action_id=f"answer_rated_{value}", value=value) for value in RATINGS)
    return ActionsBlock([up, down], block_id="rating")


def feedback_block() -> Block:
    """Whether it helped, as workspaces ask it that stream."""
    up, down = (FeedbackButton(words, value) for value, words in RATINGS.items())
    return ContextActionsBlock([FeedbackButtons(up, down, action_id="answer_rated")], block_id="rating")
