"""Users, sign-ins, sessions, links and the audit on real databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from agents.errors import Permanent
from agents.team import WINDOW, Account, AuditLine, User
from agents.team_sessions import OpenSession
from integrations.database.append_only import TOMBSTONE
from integrations.database.engine import Store
from integrations.database.tables import audit
from integrations.database.team import TeamTables
from integrations.database.team_sessions import TeamSessionTables

NOW = datetime.now(UTC)
ANNA = Account(User(name="anna", full_name="Anna Lee", role="agent"), "hash one")


@pytest.fixture
def team(store: Store) -> TeamTables:
    return TeamTables(store)


def test_an_account_comes_back_as_it_was_kept(team: TeamTables) -> None:
    assert team.add(ANNA)
    assert team.account("anna") == ANNA
    assert team.accounts() == [ANNA]
    assert team.account("bert") is None


def test_of_many_who_take_a_name_at_once_one_gets_it(team: TeamTables) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda number: team.add(Account(ANNA.user, f"hash {number}")), range(8)))
    assert taken.count(True) == 1


def test_an_account_is_changed_and_removed(team: TeamTables) -> None:
    changed = Account(ANNA.user.model_copy(update={"role": "admin"}), "hash two")
    assert not team.change(changed)
    team.add(ANNA)
    assert team.change(changed)
    assert team.account("anna") == changed
    assert team.remove("anna")
    assert not team.remove("anna")


def test_failed_attempts_are_limited_by_name_and_by_address(team: TeamTables) -> None:
    for number in range(3):
        assert team.attempt("anna", f"10.0.0.{number}", NOW, 3, 5) is not None
    assert team.attempt("anna", "10.0.0.9", NOW, 3, 5) is None
    for number in range(5):
        assert team.attempt(f"other{number}", "10.0.0.7", NOW, 3, 5) is not None
    assert team.attempt("other9", "10.0.0.7", NOW, 3, 5) is None
    assert team.attempt("anna", "10.0.0.9", NOW + WINDOW, 3, 5) is not None  # the window slides on


def test_a_success_counts_against_nobody(team: TeamTables) -> None:
    for _ in range(6):
        attempt = team.attempt("anna", "10.0.0.1", NOW, 3, 5)
        assert attempt is not None
        team.succeeded(attempt)


def test_many_attempts_at_once_do_not_pass_the_limit_together(team: TeamTables) -> None:
    with ThreadPoolExecutor(12) as pool:
        tried = list(pool.map(lambda _: team.attempt("anna", "10.0.0.1", NOW, 4, 50), range(12)))
    assert sum(attempt is not None for attempt in tried) == 4


def test_the_audit_gives_the_newest_first(team: TeamTables) -> None:
    lines = [
        AuditLine(at=NOW, who="anna", origin="shell", what=f"thing {k}", subject="r-1") for k in range(3)
    ]
    for line in lines:
        team.record(line)
    assert team.audit(2, 0) == [lines[2], lines[1]]
    assert team.audit(2, 2) == [lines[0]]


def test_nobody_changes_or_removes_a_line_of_the_audit(store: Store, team: TeamTables) -> None:
    team.record(
        AuditLine(at=NOW, who="anna", origin="shell", what="approve", subject="r-1", detail="said so")
    )
    for forbidden in (
        audit.update().values(who="bert"),
        audit.update().values(detail="something else"),
        audit.update().values(detail=TOMBSTONE, who="bert"),
        audit.delete(),
    ):
        with pytest.raises(Permanent, match="append-only"), store.writing() as connection:
            connection.execute(forbidden)
    assert team.audit(9, 0)[0].detail == "said so"


def test_only_the_detail_of_a_line_can_be_replaced_by_the_tombstone(store: Store, team: TeamTables) -> None:
    team.record(AuditLine(at=NOW, who="anna", origin="shell", what="approve", subject="r-1", detail="a@b.c"))
    with store.writing() as connection:
        connection.execute(audit.update().values(detail=TOMBSTONE))
    assert team.audit(9, 0)[0].detail == TOMBSTONE


def test_a_session_is_kept_seen_and_closed_and_old_ones_go(store: Store) -> None:
    sessions = TeamSessionTables(store)
    old = OpenSession("old", "anna", "c", NOW - timedelta(hours=13), NOW)
    new = OpenSession("new", "anna", None, NOW, NOW)
    sessions.open_session(old, NOW - timedelta(days=1))
    sessions.open_session(new, NOW - timedelta(hours=12))
    assert sessions.session("old") is None
    assert sessions.session("new") == new
    later = NOW + timedelta(hours=1)
    sessions.see_session("new", later)
    seen = sessions.session("new")
    assert seen is not None
    assert seen.seen == later
    sessions.close_session("new")
    assert sessions.session("new") is None


def test_a_link_lets_exactly_one_of_many_in(store: Store) -> None:
    sessions = TeamSessionTables(store)
    sessions.offer_link("key", NOW + timedelta(hours=1))
    with ThreadPoolExecutor(8) as pool:
        entered = list(pool.map(lambda _: sessions.use_link("key", NOW), range(8)))
    assert entered.count(True) == 1


def test_a_link_ends_with_its_time_and_with_the_next_one(store: Store) -> None:
    sessions = TeamSessionTables(store)
    sessions.offer_link("first", NOW + timedelta(hours=1))
    assert not sessions.use_link("first", NOW + timedelta(hours=2))
    sessions.offer_link("second", NOW + timedelta(hours=1))
    assert not sessions.use_link("first", NOW)
    assert sessions.use_link("second", NOW)
