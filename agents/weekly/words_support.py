"""The rule-based words about what customers asked, how it was answered, and what no document answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from agents.weekly.facts import SupportFacts
from agents.weekly.phrases import Pen, plain
from analytics.figures import Figure
from analytics.support import Topic

_MOST: Final = 3


def support_words(pen: Pen, facts: SupportFacts, known: Mapping[str, Figure]) -> str:
    """The section of the specialist for support."""
    volume = known["support_volume"]
    if volume.value is None:
        said = [f"Support is not known: {volume.reason}."]
    elif not volume.value:
        said = ["No ticket came in this week."]
    else:
        said = [_volume(pen, facts), *_topics(pen, facts)]
        if "nps_proxy" in known:
            said.append(_proxy(pen, known["nps_proxy"]))
    return " ".join([*said, *_gaps(pen, facts)])


def _volume(pen: Pen, facts: SupportFacts) -> str:
    nouns = ("question at the desk", "questions at the desk") if facts.of_desk else ("ticket", "tickets")
    text = f"{pen.count('support_volume', *nouns)} came in{pen.against('support_volume', 'the week before')}"
    if pen.knows("support_answered"):
        text += f", {pen.percent('support_answered')} answered by the bot"
    if pen.knows("support_escalated"):
        text += f", {pen.percent('support_escalated')} escalated"
    if pen.knows("first_response_time"):
        text += f"; the median first response took {pen.duration('first_response_time')}"
    return text + "."


def _topics(pen: Pen, facts: SupportFacts) -> list[str]:
    every: tuple[Topic, ...] = () if facts.of_desk else facts.support.topics
    topics = [one for one in every if pen.knows(f"topic.{one.name}.count")]
    if not topics:
        return []
    listed = ", ".join(
        f"{plain(one.name)} ({pen.count(f'topic.{one.name}.count')})" for one in topics[:_MOST]
    )
    lacking = [one for one in topics if one.escalated >= 3 and one.count >= 2 * max(one.usual, 1)]
    return [f"Most asked: {listed}.", *(_lacking(pen, one) for one in lacking[:2])]


def _lacking(pen: Pen, one: Topic) -> str:
    name = f"topic.{one.name}"
    return (
        f"A gap: {pen.count(f'{name}.count')} asked about {plain(one.name)} (usually {pen.about(f'{name}.usual')} a "
        f"week), and {pen.count(f'{name}.escalated')} had to go to a person."
    )


def _gaps(pen: Pen, facts: SupportFacts) -> list[str]:
    """What customers asked the desk and no document answers."""
    gaps = [one for one in facts.gaps if pen.knows(f"gap.{one.topic}")]
    if not gaps:
        return []
    listed = ", ".join(
        f"{plain(one.topic)} ({pen.count(f'gap.{one.topic}', 'question', 'questions')})"
        for one in gaps[:_MOST]
    )
    return [f"What customers asked and no document answers: {listed}."]


def _proxy(pen: Pen, proxy: Figure) -> str:
    if not pen.knows("nps_proxy", "nps_proxy.low", "nps_proxy.high"):
        return f"How pleased customers are is not known: {proxy.reason}."
    return (
        f"Pleased less displeased customers: {pen.points('nps_proxy')} ({pen.percent('nps_proxy.level')} interval "
        f"{pen.points('nps_proxy.low', '')} to {pen.points('nps_proxy.high')})."
    )
