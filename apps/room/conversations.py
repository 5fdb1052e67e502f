"""Finding conversations by what was said, decided, felt, and when."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from agents.domain import ConversationFilter, ReplyDecision, State, Value, Vote
from apps.room.access import Admin, Desk, Viewer
from apps.room.csv_export import csv_response
from apps.room.periods import beginning, end
from apps.room.presenting import RoomPresenter

router = APIRouter()

PAGE: Final = 50
EXPORTED: Final = 10_000
_COLUMNS: Final = (
    "id", "state", "started", "last_at", "messages", "decision", "confidence", "vote", "person", "first_question",
)  # fmt: skip


class Search(Value):
    """The filters as the page gives them: days of the team's own time zone, shares in percent."""

    text: Annotated[str | None, Field(max_length=200)] = None
    decision: ReplyDecision | None = None
    state: State | None = None
    vote: Vote | None = None
    below: Annotated[int | None, Field(ge=1, le=100)] = None
    first: Annotated[date | None, Field(ge=date(2000, 1, 1), le=date(2900, 1, 1))] = None
    last: Annotated[date | None, Field(ge=date(2000, 1, 1), le=date(2900, 1, 1))] = None
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0

    def as_filter(self, zone: str, limit: int) -> ConversationFilter:
        """As the desk understands them."""
        return ConversationFilter(
            text=(self.text or "").strip() or None,
            decision=self.decision,
            state=self.state,
            vote=self.vote,
            confidence_below=self.below / 100 if self.below else None,
            since=beginning(self.first, zone) if self.first else None,
            until=end(self.last, zone) if self.last else None,
            limit=limit,
            offset=self.offset,
        )


@router.get("/conversations")
def find(request: Request, desk: Desk, _: Viewer, search: Annotated[Search, Query()]) -> dict[str, Any]:
    """A page of what was found, last active first, and whether there is more."""
    presenter: RoomPresenter = request.app.state.presenter
    found = desk.conversations(search.as_filter(desk.policy.people.timezone, PAGE + 1))
    return {"conversations": [presenter.summary(each) for each in found[:PAGE]], "more": len(found) > PAGE}


@router.get("/conversations.csv")
def export(desk: Desk, caller: Admin, search: Annotated[Search, Query()]) -> Response:
    """What was found as a table."""
    found = desk.conversations(search.as_filter(desk.policy.people.timezone, EXPORTED))
    desk.team.record(caller.user.full_name, caller.origin, "export", "conversations", f"{len(found)} rows")
    rows = [[getattr(each, column) for column in _COLUMNS] for each in found]
    return csv_response("conversations", _COLUMNS, rows)
