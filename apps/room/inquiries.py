"""Questions about the numbers, asked in the room."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter
from pydantic import Field

from agents.domain import Value
from agents.inquiry.finding import Finding
from apps.room.access import Desk, Viewer

router = APIRouter()

TURNS: Final = 12
_LONGEST: Final = 20_000  # what is longer than a question may be is answered with how long it may be


class Turn(Value):
    """Something that was asked or answered before."""

    role: Literal["customer", "bot"]
    text: Annotated[str, Field(max_length=_LONGEST)]


class Asked(Value):
    """A question, and what was said before it on the page."""

    question: Annotated[str, Field(max_length=_LONGEST)]
    history: Annotated[tuple[Turn, ...], Field(max_length=TURNS)] = ()


@router.post("/inquiries")
def ask(desk: Desk, _: Viewer, asked: Asked) -> dict[str, Any]:
    """The answer, with its chart for light and dark paper."""
    found = desk.inquiries.ask(asked.question, [(turn.role, turn.text) for turn in asked.history])
    return found.model_dump(mode="json", exclude={"chart"}) | {"chart": _chart(found)}


def _chart(found: Finding) -> dict[str, Any] | None:
    specification = found.specification()
    if specification is None or found.chart is None:
        return None
    from analytics.chart_themes import THEMES  # noqa: PLC0415 - beside the charts' library

    points = "; ".join(f"{one['label']}: {one.get('text')}" for one in found.chart.points[:20])
    return {"specification": specification, "words": f"{found.chart.title}. {points}", "dark": THEMES["dark"]}
