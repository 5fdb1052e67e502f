"""What the desk learns: proposals to decide on, entries in use, and what nobody could answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from agents.domain import Value
from agents.entries import Entry, EntryStatus
from agents.learning import Learned, Proposal
from apps.room.access import Admin, Agent, Desk, Viewer
from apps.room.presenting import RoomPresenter

router = APIRouter(prefix="/knowledge")


class Words(Value):
    """An entry in the words in which it shall stand; `not_personal` was confirmed to be nobody's."""

    question: str
    answer: str
    not_personal: tuple[str, ...] = ()


@router.get("/proposals")
def proposals(request: Request, desk: Desk, _: Viewer) -> dict[str, Any]:
    """What waits for a yes or a no."""
    return {"proposals": [_proposal(request, each) for each in desk.learning.proposals()]}


@router.get("/entries")
def entries(desk: Desk, _: Viewer, status: EntryStatus = "accepted") -> dict[str, Any]:
    """Entries of a status, newest answer first."""
    return {"entries": [_entry(each) for each in desk.learning.entries(status)]}


@router.get("/entries/{entry}")
def entry(request: Request, desk: Desk, _: Viewer, entry: int) -> dict[str, Any]:
    """One entry with all that is known about it."""
    return _proposal(request, desk.learning.proposal(entry))


@router.post("/entries/{entry}/accept")
def accept(desk: Desk, caller: Agent, entry: int, words: Words) -> dict[str, Any]:
    """Answer from it from now on."""
    return _learned(
        desk.learning.accept(
            entry,
            words.question,
            words.answer,
            by=caller.user.full_name,
            origin=caller.origin,
            not_personal=words.not_personal,
        )
    )


@router.post("/entries/{entry}/edit")
def edit(desk: Desk, caller: Agent, entry: int, words: Words) -> dict[str, Any]:
    """Put it in other words."""
    return _learned(
        desk.learning.edit(
            entry,
            words.question,
            words.answer,
            by=caller.user.full_name,
            origin=caller.origin,
            not_personal=words.not_personal,
        )
    )


@router.post("/entries/{entry}/dismiss")
def dismiss(desk: Desk, caller: Agent, entry: int) -> dict[str, Any]:
    """Turn a proposal down; `restore` brings it back."""
    return _entry(desk.learning.dismiss(entry, by=caller.user.full_name, origin=caller.origin))


@router.post("/entries/{entry}/withdraw")
def withdraw(desk: Desk, caller: Agent, entry: int) -> dict[str, Any]:
    """Answer from it no more; `restore` brings it back."""
    return _learned(desk.learning.withdraw(entry, by=caller.user.full_name, origin=caller.origin))


@router.post("/entries/{entry}/restore")
def restore(desk: Desk, caller: Agent, entry: int) -> dict[str, Any]:
    """Undo a dismissal or a withdrawal."""
    return _learned(desk.learning.restore(entry, by=caller.user.full_name, origin=caller.origin))


@router.get("/gaps")
def gaps(desk: Desk, _: Viewer, days: Annotated[int, Query(ge=1, le=366)] = 30) -> dict[str, Any]:
    """What was asked lately and no document answers, by topic."""
    found = desk.learning.gaps(datetime.now(UTC) - timedelta(days=days))
    return {
        "gaps": [
            {
                "topic": gap.topic,
                "questions": gap.questions,
                "conversations": gap.conversations,
                "first": gap.first.isoformat(),
                "last": gap.last.isoformat(),
                "examples": gap.examples,
                "answered_now": gap.answered_now,
            }
            for gap in found
        ]
    }


@router.get("/entries.md")
def export(desk: Desk, caller: Admin) -> Response:
    """All accepted entries as one Markdown document."""
    desk.team.record(caller.user.full_name, caller.origin, "export", "entries")
    headers = {"content-disposition": 'attachment; filename="answers-of-the-team.md"'}
    return Response(
        desk.learning.export_markdown(), media_type="text/markdown; charset=utf-8", headers=headers
    )


def _entry(entry: Entry) -> dict[str, Any]:
    return entry.model_dump(mode="json")


def _learned(learned: Learned) -> dict[str, Any]:
    return {"entry": _entry(learned.entry), "searchable": learned.searchable, "note": learned.note}


def _proposal(request: Request, proposal: Proposal) -> dict[str, Any]:
    presenter: RoomPresenter = request.app.state.presenter
    found = proposal.comparison
    return {
        "entry": _entry(proposal.entry),
        "question": proposal.question,
        "answer": proposal.answer,
        "personal": [{"kind": part.kind, "text": part.text} for part in proposal.personal],
        "note": proposal.note,
        "alike": [presenter.place(each) | {"text": each.text} for each in found.alike] if found else [],
        "contradictions": [
            presenter.place(each) | {"theirs": each.theirs, "ours": each.ours, "differs": each.differs}
            for each in found.contradictions
        ]
        if found
        else [],
    }
