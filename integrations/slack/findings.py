"""How an answer about the numbers looks in Slack: the answer, its parts, what it means, and where it comes from."""

from __future__ import annotations

from typing import Any, Final

from slackblocks import ActionsBlock, Block, Button, ContextBlock, SectionBlock
from slackblocks.elements import Element

from agents.inquiry.finding import Finding, Line
from integrations.slack.answers import RATINGS, pieces
from integrations.slack.cards import SHORT, resolved
from integrations.slack.mrkdwn import SECTION, clip, escape, text_of

QUERY_ACTION: Final = "finding_query"
SHOWN: Final = 10  # parts; a phone shows no more at once
_VALUE: Final = 2000  # characters that a button can carry
_NUMBERED: Final = "Answer with its number, or ask another way."


def finding_blocks(finding: Finding, *, feedback: bool = False) -> tuple[str, list[dict[str, Any]]]:
    """An answer, a question back, or why there is none; with the line that a notification shows."""
    blocks: list[Block] = [
        SectionBlock(text_of(piece), block_id=f"finding{number or ''}")
        for number, piece in enumerate(pieces(escape(finding.text)))
    ]
    if finding.choices:
        listed = "\n".join(f"{number}. {escape(one)}" for number, one in enumerate(finding.choices, 1))
        blocks.append(SectionBlock(text_of(f"{listed}\n_{_NUMBERED}_"), block_id="choices"))
    if finding.lines and not finding.splits:
        blocks.append(SectionBlock(text_of(_lines(finding.lines)), block_id="lines"))
    if finding.notes:
        blocks.append(
            ContextBlock([text_of(clip(escape(" ".join(finding.notes)), SECTION))], block_id="notes")
        )
    evidence = _evidence(finding)
    if evidence:
        blocks.append(ContextBlock([text_of(evidence)], block_id="evidence"))
    buttons = _buttons(finding, feedback=feedback)
    if buttons:
        blocks.append(ActionsBlock(buttons, block_id="rating"))
    return clip(escape(finding.text), SHORT), resolved(blocks)


def _lines(lines: tuple[Line, ...]) -> str:
    said = []
    for one in lines[:SHOWN]:
        share = "" if one.share is None else f" ({one.share:.0%})"
        said.append(f"• {escape(clip(one.label, 100))}: *{escape(clip(one.text, 150))}*{share}")
    if len(lines) > SHOWN:
        said.append(f"_and {len(lines) - SHOWN} more_")
    return "\n".join(said)


def _evidence(finding: Finding) -> str:
    """What the number means, for which days, who looked, and whether it is of a sample."""
    said = []
    if finding.kind == "number" and finding.definition and finding.label:
        label = finding.label.removeprefix("the ")
        said.append(f"*{escape(label[:1].upper() + label[1:])}*: {escape(finding.definition)}")
    if finding.kind == "number" and finding.period is not None:
        said.append(f"{finding.period.start} to {finding.period.end}")
    if finding.specialists:
        said.append(f"Looked: {', '.join(finding.specialists)}")
    if finding.read_by != "rules":
        said.append(f"Question read by {escape(finding.read_by)}")
    if finding.sample:
        said.append(":test_tube: Sample data of an invented shop")
    return " · ".join(said)


def _buttons(finding: Finding, *, feedback: bool) -> list[Element]:
    buttons: list[Element] = []
    if finding.kind == "number" and feedback:
        buttons = [
            Button(RATINGS[value], action_id=f"answer_rated_{value}", value=value) for value in RATINGS
        ]
    if finding.sql:
        buttons.append(Button("How it was counted", action_id=QUERY_ACTION, value=clip(finding.sql, _VALUE)))
    return buttons
