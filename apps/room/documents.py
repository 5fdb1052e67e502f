"""The documents: which there are, a button to read them again, and a way to add one."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool

from agents.session import Session
from apps.ingesting import ingest_documents, usual_paths
from apps.room.access import Admin, Caller, Desk, Viewer
from apps.room.background import Ingests
from apps.room.uploads import keep_upload, usable_name
from integrations.settings import Settings
from knowledge_base.learned import is_learned

router = APIRouter()


@router.get("/documents")
def documents(request: Request, desk: Desk, _: Viewer) -> dict[str, Any]:
    """Every document of the index, how the index is, and how the last ingest went."""
    status = desk.status()
    uploads = str(_settings(request).uploads.resolve())
    return {
        "documents": [
            {
                "name": each.name,
                "title": each.title,
                "size": each.size,
                "passages": each.chunks,
                "ingested": each.ingested_at.isoformat(),
                "learned": is_learned(each.name),
                "uploaded": each.path.startswith(uploads),
            }
            for each in desk.documents()
        ],
        "state": status.state,
        "message": status.message,
        "passages": status.chunks,
        "last_ingest": status.last_ingest.isoformat() if status.last_ingest else None,
        "ingest": _ingests(request).state(),
    }


@router.get("/ingest")
def progress(request: Request, _: Viewer) -> dict[str, Any]:
    """How the ingest goes that was started here."""
    return {"ingest": _ingests(request).state()}


@router.post("/ingest")
def start(request: Request, desk: Desk, caller: Admin) -> dict[str, Any]:
    """Read the documents again, in the background."""
    _start(request, desk, caller)
    desk.team.record(caller.user.full_name, caller.origin, "ingest")
    return {"ingest": _ingests(request).state()}


@router.put("/documents/{name}")
async def upload(request: Request, name: str, desk: Desk, caller: Admin) -> dict[str, Any]:
    """Add a document, or replace one of the same name, and take it in."""
    usable_name(name)
    content = await request.body()

    def take_in() -> str:
        kept = keep_upload(_settings(request).uploads, name, content)
        desk.team.record(caller.user.full_name, caller.origin, "upload", kept.name)
        _start(request, desk, caller)
        return kept.name

    kept = await run_in_threadpool(take_in)
    return {"name": kept, "ingest": _ingests(request).state()}


@router.post("/documents/{name}/remove")
def remove(request: Request, name: str, desk: Desk, caller: Admin) -> dict[str, Any]:
    """Take an uploaded document away again."""
    settings = _settings(request)
    (settings.uploads / usable_name(name)).unlink(missing_ok=True)
    desk.team.record(caller.user.full_name, caller.origin, "remove document", name)
    _start(request, desk, caller)
    return {"ingest": _ingests(request).state()}


def _start(request: Request, desk: Session, caller: Caller) -> None:
    settings = _settings(request)
    paths = usual_paths(settings)
    _ingests(request).start(
        lambda tell, on_wait: ingest_documents(settings, paths, desk.embedder(), tell, on_wait),
        caller.user.full_name,
    )


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def _ingests(request: Request) -> Ingests:
    ingests: Ingests = request.app.state.ingests
    return ingests
