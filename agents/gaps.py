"""What customers ask and no document answers, by topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agents.entries import Entries, Unanswered
from agents.errors import DeskError
from agents.knowledge import Knowledge
from agents.policy import SupportPolicy

MOST = 3_000  # the newest questions that are grouped
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions on one topic: how many, by how many conversations, since when, and the most typical ones.

    `answered_now` tells that the most typical question would be answered today.
    """

    topic: str
    questions: int
    conversations: int
    first: datetime
    last: datetime
    examples: tuple[str, ...]
    answered_now: bool


def find_gaps(
    entries: Entries,
    knowledge: Knowledge,
    policy: SupportPolicy,
    since: datetime,
    until: datetime | None = None,
) -> list[Gap]:
    """The gaps in what was asked since then, the most asked first; needs a usable index if anything was."""
    by_rule = _rules_without_gaps(policy)
    asked = [
        each
        for each in entries.unanswered(since)
        if each.reason not in by_rule and (until is None or each.at < until)
    ][-MOST:]
    if not asked:
        return []
    groups = knowledge.topics([each.question for each in asked])
    return [
        _gap(knowledge, policy.thresholds.answer, topic.label, [asked[k] for k in topic.members])
        for topic in groups
    ]


def _gap(knowledge: Knowledge, threshold: float, topic: str, asked: Sequence[Unanswered]) -> Gap:
    times = sorted(each.at for each in asked)
    return Gap(
        topic=topic,
        questions=len(asked),
        conversations=len({each.conversation for each in asked}),
        first=times[0],
        last=times[-1],
        examples=tuple(dict.fromkeys(each.question for each in asked))[:EXAMPLES],
        answered_now=_answers(knowledge, threshold, asked[0].question),
    )


def _answers(knowledge: Knowledge, threshold: float, question: str) -> bool:
    try:
        draft = knowledge.draft(knowledge.find(question, ()))
    except DeskError:
        return False
    return bool(draft.text) and draft.confidence >= threshold


def _rules_without_gaps(policy: SupportPolicy) -> frozenset[str]:
    """The reasons that send a question to a person whatever the documents say."""
    return frozenset(rule.reason for category, rule in policy.hard_rules.items() if category != "circles")
