"""The team itself, for admins: who is in it, and what was done."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from agents.domain import Value
from apps.room.access import Admin, Desk

router = APIRouter()

AUDIT_PAGE = 100


class NewUser(Value):
    """Somebody to add."""

    name: str
    full_name: str = ""
    role: str
    password: str


class NewRole(Value):
    """Another role."""

    role: str


class Reset(Value):
    """Another password."""

    password: str


@router.get("/team")
def team(desk: Desk, _: Admin) -> dict[str, Any]:
    """Everybody."""
    return {"users": [user.model_dump() for user in desk.team.users()]}


@router.post("/team")
def add(desk: Desk, caller: Admin, new: NewUser) -> dict[str, Any]:
    """Add somebody."""
    user = desk.team.add(new.name, new.password, new.role, new.full_name)
    desk.team.record(caller.user.full_name, caller.origin, "add user", user.name, user.role)
    return user.model_dump()


@router.post("/team/{name}/role")
def set_role(desk: Desk, caller: Admin, name: str, new: NewRole) -> dict[str, Any]:
    """Give somebody another role."""
    user = desk.team.set_role(name, new.role)
    desk.team.record(caller.user.full_name, caller.origin, "set role", user.name, user.role)
    return user.model_dump()


@router.post("/team/{name}/password")
def set_password(desk: Desk, caller: Admin, name: str, new: Reset) -> dict[str, str]:
    """Give somebody another password, which signs them out everywhere."""
    desk.team.set_password(name, new.password)
    desk.team.record(caller.user.full_name, caller.origin, "change password", name)
    return {"status": "done"}


@router.post("/team/{name}/remove")
def remove(desk: Desk, caller: Admin, name: str) -> dict[str, str]:
    """Remove somebody, which signs them out everywhere."""
    desk.team.remove(name)
    desk.team.record(caller.user.full_name, caller.origin, "remove user", name)
    return {"status": "done"}


@router.get("/audit")
def audit(desk: Desk, _: Admin, offset: Annotated[int, Query(ge=0)] = 0) -> dict[str, Any]:
    """What was done, newest first."""
    lines = desk.team.audit(AUDIT_PAGE + 1, offset)
    return {
        "lines": [line.model_dump(mode="json") for line in lines[:AUDIT_PAGE]],
        "more": len(lines) > AUDIT_PAGE,
    }
