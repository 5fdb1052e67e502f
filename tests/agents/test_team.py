"""Who may sign in, how often, for how long, and what they may do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from agents.errors import BadInput, Forbidden, TooMany
from agents.team import ATTEMPTS_BY_NAME, WRONG, Team, fixed_accounts
from agents.team_sessions import IDLE, LINK_LIFETIME, LONGEST, TeamSessions
from integrations.argon2 import Argon2Passwords
from integrations.database.engine import Store
from integrations.database.team import TeamTables
from integrations.database.team_sessions import TeamSessionTables

PASSWORD = "four quiet tin kettles"
NOW = datetime.now(UTC)
PASSWORDS = Argon2Passwords()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'gtm.sqlite3'}")
    yield opened
    opened.close()


@pytest.fixture
def team(store: Store) -> Team:
    return Team(TeamTables(store), PASSWORDS)


@pytest.fixture
def sessions(store: Store, team: Team) -> TeamSessions:
    return TeamSessions(TeamSessionTables(store), team.account)


def test_a_password_is_kept_as_a_hash_alone(team: Team) -> None:
    team.add("Anna", PASSWORD, "agent", "Anna Lee")
    account = team.account("anna")
    assert account is not None
    assert account.password.startswith("$argon2id$")
    assert PASSWORD not in repr(account)


def test_the_right_password_signs_in_whatever_the_case_of_the_name(team: Team) -> None:
    team.add("anna", PASSWORD, "agent")
    assert team.sign_in(" ANNA ", PASSWORD, "10.0.0.1", NOW).user.full_name == "Anna"


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer_in_the_same_time(team: Team) -> None:
    team.add("anna", PASSWORD, "agent")

    def refused(name: str) -> float:
        started = time.perf_counter()
        with pytest.raises(Forbidden, match=WRONG):
            team.sign_in(name, "wrong words entirely", "10.0.0.1", NOW)
        return time.perf_counter() - started

    refused("nobody")  # makes the hash that stands in for a missing one
    known = median(refused("anna") for _ in range(5))
    unknown = median(refused("nobody") for _ in range(5))
    assert 1 / 3 < known / unknown < 3


def test_failed_sign_ins_are_limited_also_for_the_right_password(team: Team) -> None:
    team.add("anna", PASSWORD, "agent")
    for _ in range(ATTEMPTS_BY_NAME):
        with pytest.raises(Forbidden):
            team.sign_in("anna", "wrong words entirely", "10.0.0.1", NOW)
    with pytest.raises(TooMany):
        team.sign_in("anna", PASSWORD, "10.0.0.2", NOW)
    assert team.sign_in("anna", PASSWORD, "10.0.0.2", NOW + timedelta(minutes=16)).user.name == "anna"


@pytest.mark.parametrize("password", ["short", "x" * 257, "aaaaaaaaaaaa", "annaannaanna!"])
def test_a_password_that_is_too_easy_is_refused(team: Team, password: str) -> None:
    with pytest.raises(BadInput, match="password"):
        team.add("anna", password, "agent")


@pytest.mark.parametrize("name", ["", "two words", "a:b", "a;b", "ä", "x" * 101, "a\nb", "<b>"])
def test_a_name_that_cannot_be_typed_is_refused(team: Team, name: str) -> None:
    with pytest.raises(BadInput, match="cannot be a user's name"):
        team.add(name, PASSWORD, "agent")


def test_a_role_that_there_is_not_is_refused(team: Team) -> None:
    with pytest.raises(BadInput, match="viewer, agent or admin"):
        team.add("anna", PASSWORD, "owner")


def test_a_name_is_given_once(team: Team) -> None:
    team.add("anna", PASSWORD, "agent")
    with pytest.raises(BadInput, match="already"):
        team.add("ANNA", PASSWORD, "viewer")


def test_the_last_admin_stays(team: Team) -> None:
    team.add("anna", PASSWORD, "admin")
    with pytest.raises(BadInput, match="last admin"):
        team.remove("anna")
    with pytest.raises(BadInput, match="last admin"):
        team.set_role("anna", "agent")
    team.add("bert", PASSWORD, "admin")
    assert team.set_role("anna", "viewer").role == "viewer"
    team.remove("anna")
    assert [user.name for user in team.users()] == ["bert"]


def test_each_role_may_what_the_lesser_ones_may(team: Team) -> None:
    viewer, agent, admin = (
        team.add(name, PASSWORD, name if name != "boss" else "admin") for name in ("viewer", "agent", "boss")
    )
    assert [viewer.may("viewer"), viewer.may("agent"), viewer.may("admin")] == [True, False, False]
    assert [agent.may("viewer"), agent.may("agent"), agent.may("admin")] == [True, True, False]
    assert all(admin.may(role) for role in ("viewer", "agent", "admin"))


def test_users_of_the_settings_sign_in_and_cannot_be_changed_elsewhere(store: Store) -> None:
    setting = f"lena:admin:{PASSWORDS.hash(PASSWORD)}:Lena Oak; otto:viewer:{PASSWORDS.hash(PASSWORD)}"
    team = Team(TeamTables(store), PASSWORDS, fixed_accounts(setting, PASSWORDS))
    assert team.sign_in("lena", PASSWORD, "10.0.0.1", NOW).user.full_name == "Lena Oak"
    assert [(user.name, user.role, user.fixed) for user in team.users()] == [
        ("lena", "admin", True),
        ("otto", "viewer", True),
    ]
    with pytest.raises(BadInput, match="GTM_USERS"):
        team.set_password("lena", "other quiet kettles")


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("lena", "name:role:hash"),
        ("lena:owner:x", "no role 'owner'"),
        ("lena:admin:plain-text", "no Argon2 hash"),
        ("a b:admin:x", "cannot be a user's name"),
    ],
)
def test_a_setting_that_is_wrong_is_named(setting: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        fixed_accounts(setting, PASSWORDS)


def test_what_was_done_is_recorded(team: Team) -> None:
    team.record("anna", "room 10.0.0.1", "approve", "r-1", "the draft")
    line = team.audit()[0]
    assert (line.who, line.origin, line.what, line.subject) == ("anna", "room 10.0.0.1", "approve", "r-1")


def test_a_session_ends_after_idleness_and_after_its_longest_time(team: Team, sessions: TeamSessions) -> None:
    team.add("anna", PASSWORD, "agent")
    token = sessions.open(team.account("anna"), NOW)
    assert sessions.read(token, NOW + IDLE) is None
    at = NOW
    while at + timedelta(hours=1) < NOW + LONGEST:
        at += timedelta(hours=1)
        assert sessions.read(token, at) is not None
    assert sessions.read(token, NOW + LONGEST) is None


def test_a_page_that_only_refreshes_itself_does_not_prolong_a_session(
    team: Team, sessions: TeamSessions
) -> None:
    team.add("anna", PASSWORD, "agent")
    token = sessions.open(team.account("anna"), NOW)
    assert sessions.read(token, NOW + timedelta(minutes=90), active=False) is not None
    assert sessions.read(token, NOW + IDLE) is None


def test_a_changed_password_a_removed_user_and_signing_out_end_a_session(
    team: Team, sessions: TeamSessions
) -> None:
    team.add("boss", PASSWORD, "admin")
    team.add("anna", PASSWORD, "agent")
    for end in (
        lambda _: team.set_password("anna", "five loud tin kettles"),
        sessions.close,
        lambda _: team.remove("anna"),
    ):
        token = sessions.open(team.account("anna"), NOW)
        assert sessions.read(token, NOW) is not None
        end(token)
        assert sessions.read(token, NOW) is None


def test_a_role_counts_from_the_moment_it_is_given(team: Team, sessions: TeamSessions) -> None:
    team.add("boss", PASSWORD, "admin")
    team.add("anna", PASSWORD, "admin")
    token = sessions.open(team.account("anna"), NOW)
    team.set_role("anna", "viewer")
    signed_in = sessions.read(token, NOW)
    assert signed_in is not None
    assert signed_in.user.role == "viewer"


@pytest.mark.parametrize("token", [None, "", "x", "../..", "A" * 4000])
def test_a_forged_token_is_nobodys(sessions: TeamSessions, token: str | None) -> None:
    assert sessions.read(token, NOW) is None


def test_the_link_lets_an_admin_in_once_and_soon(sessions: TeamSessions) -> None:
    link = sessions.offer_link(NOW)
    token = sessions.enter(link, NOW + timedelta(minutes=59))
    signed_in = sessions.read(token, NOW + timedelta(minutes=59))
    assert signed_in is not None
    assert signed_in.user.role == "admin"
    with pytest.raises(Forbidden, match="was used"):
        sessions.enter(link, NOW + timedelta(minutes=59))
    with pytest.raises(Forbidden):
        sessions.enter(sessions.offer_link(NOW), NOW + LINK_LIFETIME)
