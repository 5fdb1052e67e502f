"""How an answer reads as an e-mail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agents.effects import Effect, Email
from agents.mail import answer_email
from agents.policy import load_policy

POLICY = load_policy()


def answered(link: str | None = None, conversation: str = "c1", **payload: str) -> Email:
    effect = Effect(
        id=1,
        key="email:7",
        kind="email",
        conversation=conversation,
        created=datetime(2026, 11, 20, 12, tzinfo=UTC),
        payload={
            "to": "jane@example.com",
            "question": "Can you engrave a name on the tin? " * 4,
            "answer": "Yes.\n\nJust {write} to us.",
            "by": "Mia Weber",
            **payload,
        },
    )
    return answer_email(effect, POLICY, link)


def test_an_answer_shows_the_question_and_who_answered_by_first_name() -> None:
    mail = answered()
    assert mail.to == "jane@example.com"
    assert mail.subject == "Your question to Two Peaks Chai Co."
    assert "> Can you engrave a name on the tin?" in mail.body
    assert "Yes.\n\nJust {write} to us." in mail.body
    assert "Mia from our team" in mail.body
    assert "Weber" not in mail.body
    assert max(map(len, mail.body.splitlines())) <= 78


def test_the_way_back_is_shown_where_it_is_known() -> None:
    assert "https://chat.example" in answered("https://chat.example").body
    assert "http" not in answered().body
    assert "\n\n\n" not in answered().body


@pytest.mark.parametrize("other", [{"conversation": "c2"}])
def test_two_answers_never_share_a_key(other: dict[str, str]) -> None:
    assert answered().key == answered().key
    assert answered().key != answered(**other).key
