"""Who calls the room, and whether they may: the session's cookie, the role, and proof that our own page asks."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final, cast

from fastapi import Depends, Request
from fastapi.responses import Response

from agents.errors import DeskError, Forbidden
from agents.session import Session
from agents.team import TeamRole, User
from agents.team_sessions import LONGEST

COOKIE: Final = "gtm_room"
CHECK_HEADER: Final = "x-room-check"
REFRESH_HEADER: Final = "x-room-refresh"
"""Sent with what the page asks by itself, so that an abandoned page does not stay signed in."""


class NotSignedIn(DeskError):
    """There is no session, or it has ended."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and from where."""

    user: User
    address: str
    check: str

    @property
    def origin(self) -> str:
        """As the audit names it."""
        return origin(self.address, self.user.name)


def origin(address: str, name: str) -> str:
    """From where somebody acts, with the name that they signed in with."""
    return f"room {address} ({name})"


def desk(request: Request) -> Session:
    """The desk behind the room."""
    return cast("Session", request.app.state.session)


def address(request: Request) -> str:
    """Where the caller is; behind a proxy on this machine, what the proxy says."""
    return request.client.host if request.client else "unknown"


def read_caller(request: Request, *, active: bool = True) -> Caller | None:
    """Who the cookie names, as of now; only what is `active` prolongs the session."""
    active = active and REFRESH_HEADER not in request.headers
    signed_in = desk(request).team_sessions.read(
        request.cookies.get(COOKIE), datetime.now(UTC), active=active
    )
    return Caller(signed_in.user, address(request), signed_in.check) if signed_in else None


def needs(role: TeamRole) -> Callable[[Request], Caller]:
    """A dependency that lets in who may do what `role` may; a write must bear the page's own check."""

    def let_in(request: Request) -> Caller:
        caller = read_caller(request)
        if caller is None:
            raise NotSignedIn("Please sign in.")
        if request.method not in ("GET", "HEAD") and not _checked(request, caller):
            raise Forbidden("This did not come from the control room's own page. Reload it and try again.")
        if not caller.user.may(role):
            raise Forbidden(f"Only {'an' if role != 'viewer' else 'a'} {role} may do that.")
        return caller

    return let_in


Viewer = Annotated[Caller, Depends(needs("viewer"))]
Agent = Annotated[Caller, Depends(needs("agent"))]
Admin = Annotated[Caller, Depends(needs("admin"))]
Desk = Annotated[Session, Depends(desk)]


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Give the browser its session; no script can read it, and no other site can make it be sent."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LONGEST.total_seconds()),
        path=request.scope.get("root_path", "") or "/room",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def drop_cookie(request: Request, response: Response) -> None:
    """Take the session from the browser."""
    response.delete_cookie(
        COOKIE, path=request.scope.get("root_path", "") or "/room", httponly=True, samesite="strict"
    )


def _checked(request: Request, caller: Caller) -> bool:
    given = request.headers.get(CHECK_HEADER, "").encode()
    return hmac.compare_digest(given, caller.check.encode())
