"""How a weekly report looks in Slack: while it is made, when it is there, and where there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from slackblocks import (
    ActionsBlock,
    Block,
    Button,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    ImageBlock,
    SectionBlock,
    SlackFile,
)

from agents.weekly.chart_words import chart_said
from agents.weekly.document import HEADLINE, Document, Section, describe
from agents.weekly.labels import SECTIONS, week_said
from agents.weekly.posting import (
    NotMade,
    ReportAction,
    ShownDetail,
    ShownReport,
    View,
    Working,
)
from agents.weekly.report import SPECIALISTS, SpecialistName, WeeklyProgress
from analytics.period import last_complete_week
from integrations.slack.cards import SHORT, Shown, resolved
from integrations.slack.mrkdwn import clip, escape, link, text_of
from integrations.slack.report_details import detail_blocks, figure

KPIS: Final = HEADLINE[:8]
"""The metrics of the message; the thread has them all."""

CHARTS: Final = ("revenue", "forecast")
"""The charts of the message; the thread has them all."""

FORMATS: Final = {"pdf": "PDF", "html": "HTML", "md": "Markdown", "csv": "CSV", "xlsx": "Excel"}

SAMPLE: Final = "These are sample data of an invented shop. "
"""How a summary of sample data begins; the message marks them by itself."""

ROOM: Final = 340  # characters of a section that the message shows

_STEPS: Final = {
    "measuring": (":hourglass_flowing_sand:", "counts"),
    "writing": (":pencil2:", "writes"),
    "done": (":white_check_mark:", "is done"),
    "failed": (":x:", "failed"),
}
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z\d$€£“\"(])")


class ReportCard:
    """Puts views of a report into blocks. The id of the first block is the key, by which it is found again."""

    def __init__(self, public_url: str | None = None, actions: Sequence[ReportAction] = ()) -> None:
        """`public_url` is where the control room is, if it can be reached; `actions` are further buttons."""
        self._room = None if public_url is None else f"{public_url.rstrip('/')}/room"
        self._actions = tuple(actions)

    def shown(self, key: str, view: View) -> Shown:
        """A view as a message."""
        match view:
            case Working():
                return f"The weekly report of {_week(view)} is being made", resolved(_working(key, view))
            case NotMade():
                return clip(f"No weekly report: {escape(view.reason)}", SHORT), resolved(_not_made(key, view))
            case ShownReport():
                document = describe(view.edition)
                return clip(escape(document.summary.text), SHORT), resolved(self._report(key, view, document))
            case ShownDetail():
                title, blocks = detail_blocks(key, view.name, describe(view.edition))
                return title, resolved(blocks)

    def _report(self, key: str, view: ShownReport, document: Document) -> Iterator[Block]:
        yield HeaderBlock(f"Weekly report · {document.week}", block_id=key)
        if document.sample:
            words = ":test_tube: *Sample data* of an invented shop: no number here is a real business’s."
            yield ContextBlock([text_of(words)], block_id=f"{key}:sample")
        headline = _headline(document)
        if headline:
            yield SectionBlock(text_of(headline), block_id=f"{key}:headline")
        yield from _kpis(key, document)
        yield SectionBlock(
            text_of(f":crystal_ball: *Forecast*  {escape(document.forecast)}"), block_id=f"{key}:forecast"
        )
        yield from _alerts(key, document)
        yield DividerBlock(block_id=f"{key}:rule")
        for section in document.sections:
            yield SectionBlock(text_of(_section(section)), block_id=f"{key}:{section.name}")
        yield from _charts(key, view, document)
        yield from self._foot(key, view, document)

    def _foot(self, key: str, view: ShownReport, document: Document) -> Iterator[Block]:
        notes = [_made(document)]
        if view.note is not None:
            where = (
                f"{link(self._page(document), 'The control room')} shows them"
                if self._room
                else ("The control room shows them")
            )
            notes.insert(
                0, f":frame_with_picture: The charts cannot be shown here ({escape(view.note)}). {where}."
            )
        if self._room is not None:
            files = " · ".join(link(self._file(document, each), FORMATS[each]) for each in FORMATS)
            notes.append(f"{link(self._page(document), 'Open in the control room')} · {files}")
        for number, note in enumerate(notes):
            yield ContextBlock([text_of(note)], block_id=f"{key}:note{number}")
        yield ActionsBlock(list(self._buttons(view, document)), block_id=f"{key}:actions")

    def _buttons(self, view: ShownReport, document: Document) -> Iterator[Button]:
        edition = view.edition
        value = f"{edition.id} {edition.report.period.as_of}"
        for each in self._actions if edition.at_risk else ():
            label = each.label.format(at_risk=f"{len(edition.at_risk):,}")
            yield Button(label, action_id=each.action, value=value, style="primary")
        if view.thread is not None:
            yield Button("Details", action_id="weekly_details", url=view.thread)
        yield Button("Re-run", action_id="weekly_again", value=value)
        if self._room is not None:
            yield Button("Download", action_id="weekly_file", url=self._file(document, "pdf"))
        else:
            yield Button("Download", action_id="weekly_download", value=value)

    def _page(self, document: Document) -> str:
        return f"{self._room}/weekly?report={document.id}"

    def _file(self, document: Document, form: str) -> str:
        return f"{self._room}/reports/{document.id}/{form}"


def _week(view: Working | NotMade) -> str:
    week = last_complete_week(view.as_of)
    return week_said(week.start, week.last)


def _working(key: str, view: Working) -> Iterator[Block]:
    yield HeaderBlock(f"Weekly report · {_week(view)}", block_id=key)
    known = {each.specialist: each for each in view.steps}
    lines = [_step(name, known.get(name)) for name in SPECIALISTS]
    yield SectionBlock(text_of("\n".join(lines)), block_id=f"{key}:steps")
    words = f"Asked for by {escape(view.by)}. This message becomes the report."
    if view.trouble is not None:
        words = f":warning: It has to wait: {escape(clip(view.trouble, 600))} It is tried again by itself."
    yield ContextBlock([text_of(words)], block_id=f"{key}:note")


def _step(name: SpecialistName, progress: WeeklyProgress | None) -> str:
    title = SECTIONS[name]
    if progress is None:
        return f":white_circle: *{title}*"
    sign, does = _STEPS[progress.step]
    again = f", attempt {progress.attempt}" if progress.attempt > 1 and progress.step != "failed" else ""
    return f"{sign} *{title}* {does}{again}"


def _not_made(key: str, view: NotMade) -> Iterator[Block]:
    yield HeaderBlock(f"No weekly report · {_week(view)}", block_id=key)
    yield SectionBlock(text_of(escape(view.reason)), block_id=f"{key}:reason")
    again = Button("Try again", action_id="weekly_again", value=f"- {view.as_of}", style="primary")
    yield ActionsBlock([again], block_id=f"{key}:actions")


def _headline(document: Document) -> str:
    """The summary, its first sentence in bold; what is said right beside it is left out."""
    text = document.summary.text
    if document.sample:
        text = text.removeprefix(SAMPLE)
    for alert in document.alerts:
        text = text.replace(alert.text, "")
    first, *rest = _SENTENCE.split(" ".join(text.split())) or [""]
    return "\n".join(each for each in (f"*{escape(first)}*" if first else "", escape(" ".join(rest))) if each)


def _kpis(key: str, document: Document) -> Iterator[Block]:
    known = {each.name: each for each in document.metrics}
    fields = [figure(known[name], with_previous=False) for name in KPIS if name in known]
    if fields:
        yield SectionBlock(fields=list(fields), block_id=f"{key}:figures")


def _alerts(key: str, document: Document) -> Iterator[Block]:
    if not document.alerts:
        return
    lines = "\n".join(f"• {escape(clip(each.text, 600))}" for each in document.alerts)
    yield SectionBlock(text_of(f":rotating_light: *Out of the ordinary*\n{lines}"), block_id=f"{key}:alerts")


def _section(section: Section) -> str:
    if section.failed:
        return f":x: *{escape(section.title)}* {escape(clip(section.text, ROOM))}"
    return f"*{escape(section.title)}*  {escape(short(section.text))}"


def short(text: str, room: int = ROOM) -> str:
    """The first sentences that fit; at least one."""
    kept = ""
    for sentence in _SENTENCE.split(text.strip()):
        if kept and len(kept) + 1 + len(sentence) > room:
            break
        kept = f"{kept} {sentence}".strip()
    return clip(kept, 2 * room)


def _charts(key: str, view: ShownReport, document: Document) -> Iterator[Block]:
    rows = view.edition.rows
    for name in CHARTS:
        if name in view.charts:
            yield ImageBlock(
                slack_file=SlackFile(url=None, id=view.charts[name]),
                alt_text=clip(chart_said(name, rows.get(name, ()), document.currency), 2000),
                block_id=f"{key}:chart:{name}",
            )


def _made(document: Document) -> str:
    who = {
        "schedule": "made on schedule",
        "shell": f"made by {escape(document.by)} at the command line",
    }.get(document.origin, f"made for {escape(document.by)}")
    return f"{who[0].upper()}{who[1:]} · details in the thread"
