"""How the desk is, and how one answer came about."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from agents.health_report import LIMITS
from apps.room.access import Desk, Viewer

router = APIRouter()


@router.get("/health")
def health(desk: Desk, _: Viewer) -> dict[str, Any]:
    """What somebody should know first, then the figures of a day and a month, and what is aimed at."""
    return {**desk.health.look().model_dump(mode="json"), "limits": LIMITS}


@router.get("/traces/{trace}")
def trace(desk: Desk, _: Viewer, trace: str) -> dict[str, Any]:
    """How an answer came about, part by part."""
    return desk.health.trace(trace).model_dump(mode="json")
