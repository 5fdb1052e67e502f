"""`gtm users` as a person runs it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.apps.conftest import GTM

PASSWORD = "quiet tin kettles 4"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def gtm(home: Path, *arguments: str, given: str | None = None, code: int = 0) -> str:
    done = subprocess.run(
        [GTM, "--home", home, *arguments],
        input=given,
        stdin=subprocess.DEVNULL if given is None else None,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={name: value for name, value in os.environ.items() if not name.startswith("GTM_")},
    )
    assert done.returncode == code, done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    return done.stdout if code == 0 else done.stderr


def test_a_user_is_added_listed_changed_and_removed(home: Path) -> None:
    gtm(home, "users", "add", "Anna", "--role", "admin", "--password-stdin", given=f"{PASSWORD}\n")
    added = gtm(home, "users", "add", "bert", "--password-stdin", "--json", given=f"{PASSWORD}\n")
    assert json.loads(added) == {"name": "bert", "full_name": "Bert", "role": "agent", "fixed": False}
    gtm(home, "users", "role", "bert", "viewer")
    assert "bert  viewer  Bert" in gtm(home, "users", "list")
    gtm(home, "users", "password", "bert", "--password-stdin", given="other tin kettles 5\n")
    gtm(home, "users", "remove", "bert")
    listed = json.loads(gtm(home, "users", "list", "--json"))
    assert [user["name"] for user in listed["users"]] == ["anna"]


def test_a_password_is_not_taken_from_nowhere_and_not_if_it_is_easy(home: Path) -> None:
    assert "--password-stdin" in gtm(home, "users", "add", "anna", code=2)
    assert "10 to 256" in gtm(home, "users", "add", "anna", "--password-stdin", given="short\n", code=2)


def test_a_hash_for_the_settings_lets_that_user_in(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from agents.session import Session
    from integrations import connect
    from integrations.settings import load_settings

    entry = gtm(
        home, "users", "hash", "lena", "--role", "admin", "--full-name", "Lena Oak", "--password-stdin",
        given=f"{PASSWORD}\n",
    )  # fmt: skip
    monkeypatch.setenv("GTM_USERS", entry.strip())
    session = Session(connect(load_settings(home)))
    account = session.team.check("lena", PASSWORD)
    session.close()
    assert account is not None
    assert (account.user.full_name, account.user.role) == ("Lena Oak", "admin")


def test_the_doctor_says_whether_anybody_can_sign_in(home: Path) -> None:
    def team() -> dict[str, str]:
        parts = json.loads(gtm(home, "doctor", "--json"))["parts"]
        return next(part for part in parts if part["name"] == "team")

    assert team()["state"] == "off"
    gtm(home, "users", "add", "anna", "--role", "admin", "--password-stdin", given=f"{PASSWORD}\n")
    assert team()["state"] == "ok"
    assert team()["detail"] == "users: 1, of them admins: 1"
