"""Coming and going: signing in with a password or the one-time link, and out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from agents.domain import Value
from agents.errors import BadInput, Forbidden
from agents.team_sessions import LINK_USER
from apps.room.access import (
    COOKIE,
    Caller,
    Desk,
    Viewer,
    address,
    drop_cookie,
    origin,
    read_caller,
    set_cookie,
)

router = APIRouter()


class Credentials(Value):
    """What somebody signs in with."""

    name: str
    password: str


class Link(Value):
    """The token of a one-time link."""

    token: str


class NewPassword(Value):
    """A change of one's own password."""

    old: str
    new: str


@router.post("/sign-in")
def sign_in(request: Request, desk: Desk, given: Credentials) -> JSONResponse:
    """Open a session for a name and a password."""
    now, where = datetime.now(UTC), address(request)
    try:
        account = desk.team.sign_in(given.name, given.password, where, now)
    except Forbidden:
        # A name that is nobody's may be a password in the wrong field: it is not written down.
        known = desk.team.account(given.name.strip().lower())
        who = known.user.name if known else "unknown name"
        desk.team.record("somebody", origin(where, who), "sign-in refused")
        raise
    desk.team.record(account.user.full_name, origin(where, account.user.name), "sign in")
    return _opened(request, desk, desk.team_sessions.open(account, now))


@router.post("/enter")
def enter(request: Request, desk: Desk, given: Link) -> JSONResponse:
    """Open a session for the one-time link, while there are no users."""
    if desk.team.users():
        raise Forbidden("There are users now: please sign in with a name and a password.")
    token = desk.team_sessions.enter(given.token, datetime.now(UTC))
    desk.team.record(LINK_USER.full_name, origin(address(request), LINK_USER.name), "sign in")
    return _opened(request, desk, token)


@router.post("/sign-out")
def sign_out(request: Request, desk: Desk, caller: Viewer) -> JSONResponse:
    """End the session."""
    desk.team_sessions.close(request.cookies.get(COOKIE))
    desk.team.record(caller.user.full_name, caller.origin, "sign out")
    response = JSONResponse({"signed_in": False})
    drop_cookie(request, response)
    return response


@router.get("/me")
def me(request: Request, desk: Desk) -> JSONResponse:
    """Who is signed in, if anybody; the page asks this first, so it is no error to be nobody."""
    caller = read_caller(request)
    if caller is None:
        return JSONResponse(
            {"signed_in": False, "brand": desk.policy.brand.name, "by_link": not desk.team.users()}
        )
    return JSONResponse(_present(desk, caller))


@router.post("/password")
def change_password(request: Request, desk: Desk, caller: Viewer, given: NewPassword) -> JSONResponse:
    """Change one's own password; every other session of that user ends."""
    now = datetime.now(UTC)
    try:
        desk.team.sign_in(caller.user.name, given.old, caller.address, now)
    except Forbidden as error:
        raise BadInput("The present password is not right.") from error
    desk.team.set_password(caller.user.name, given.new)
    desk.team.record(caller.user.full_name, caller.origin, "change password", caller.user.name)
    return _opened(request, desk, desk.team_sessions.open(desk.team.account(caller.user.name), now))


def _opened(request: Request, desk: Desk, token: str) -> JSONResponse:
    signed_in = desk.team_sessions.read(token, datetime.now(UTC))
    assert signed_in is not None  # noqa: S101 - it was opened a moment ago
    response = JSONResponse(_present(desk, Caller(signed_in.user, address(request), signed_in.check)))
    set_cookie(request, response, token)
    return response


def _present(desk: Desk, caller: Caller) -> dict[str, Any]:
    user, people = caller.user, desk.policy.people
    return {
        "signed_in": True,
        "brand": desk.policy.brand.name,
        "name": user.name,
        "full_name": user.full_name,
        "role": user.role,
        "fixed": user.fixed,
        "check": caller.check,
        "needs_users": user == LINK_USER and not desk.team.users(),
        "rejected": desk.policy.texts.rejected,
        "timezone": people.timezone,
        "zone_name": people.zone_name,
        "target_minutes": people.first_response_minutes,
    }
