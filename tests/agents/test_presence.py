"""Somebody leaves once, and everybody who asked is told."""

from __future__ import annotations

from agents.presence import Presence


def test_all_who_asked_are_told_once() -> None:
    presence, told = Presence(), list[str]()
    presence.on_leave(lambda: told.append("a"))
    forget = presence.on_leave(lambda: told.append("b"))
    forget()
    assert not presence.gone
    presence.leave()
    presence.leave()
    assert presence.gone
    assert told == ["a"]


def test_one_who_asks_late_is_told_at_once() -> None:
    presence, told = Presence(), list[str]()
    presence.leave()
    presence.on_leave(lambda: told.append("late"))
    assert told == ["late"]


def test_waiting_tells_whether_they_have_left() -> None:
    presence = Presence()
    assert not presence.wait(0.01)
    presence.leave()
    assert presence.wait(60)
