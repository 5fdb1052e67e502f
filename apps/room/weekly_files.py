"""The weekly report as files to take along, the address under which it is linked, and the script that draws charts."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from agents.errors import Forbidden
from apps.room.access import Desk, NotSignedIn, Viewer, read_caller
from apps.room.vega_script import VegaScript

router = APIRouter()

_TABLES: Final = ("csv", "xlsx")
"""Formats that hold tables alone; like every export of tables they are for admins."""


@router.get("/weekly")
def page(report: str = "") -> Response:
    """The address that others link to; the page itself asks who is there."""
    return RedirectResponse(f"../room#weekly/{quote(report, safe='')}".rstrip("/"), status_code=303)


@router.get("/reports/{report}/{kind}")
def download(request: Request, desk: Desk, report: str, kind: str, table: str | None = None) -> Response:
    """A report in a format; whoever follows a link here and is not signed in comes to the page first."""
    caller = read_caller(request)
    if caller is None:
        if request.headers.get("sec-fetch-mode") == "navigate":
            return RedirectResponse(f"../../../room#weekly/{quote(report, safe='')}", status_code=303)
        raise NotSignedIn("Please sign in.")
    if kind in _TABLES and not caller.user.may("admin"):
        raise Forbidden("Only an admin may do that.")
    from apps.reports.files import report_file  # noqa: PLC0415 - the charts' library

    file = report_file(desk.weekly.edition(report), kind, table)
    desk.team.record(caller.user.full_name, caller.origin, "export", f"weekly report {report}", file.name)
    headers = {"content-disposition": f'attachment; filename="{file.name}"', "cache-control": "no-store"}
    return Response(file.content, media_type=file.media_type, headers=headers)


@router.get("/vega.js")
def vega(request: Request, _: Viewer) -> Response:
    """The library that draws the charts of the page."""
    script: VegaScript = request.app.state.vega
    headers = {"cache-control": "private, max-age=86400"}
    return Response(script.read(), media_type="text/javascript; charset=utf-8", headers=headers)
