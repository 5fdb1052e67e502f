"""What the team's channel shows of a case, against the local counterpart of Slack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.domain import Decision
from apps.worker import turn_on
from jobs.channel_cases import ChannelCases
from tests.desk import Desk, open_desk, write_documents
from tests.jobs.steps import running, wait_until
from tests.slack_server import LocalSlack, buttons, local_slack, words


@pytest.fixture(scope="module")
def slack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSlack]:
    with local_slack(tmp_path_factory.mktemp("slack")) as running_slack:
        yield running_slack


@pytest.fixture
def desk(tmp_path: Path, slack: LocalSlack) -> Iterator[Desk]:
    slack._control("reset")
    opened = open_desk(tmp_path / "home", 0.3, [write_documents(tmp_path / "docs")], slack_url=slack.api)
    channel = opened.services.open_channel()
    assert channel is not None
    turn_on(opened.services, channel)
    yield opened
    opened.close()


def cases(desk: Desk) -> ChannelCases:
    channel = desk.services.open_channel()
    assert channel is not None
    return ChannelCases(desk.session, desk.services, channel)


def escalate(
    desk: Desk, text: str = "Can you engrave a name on the tin?", conversation: str | None = None
) -> str:
    reply = desk.session.ask(text, conversation)
    assert reply.review is not None
    return reply.review


def test_an_opened_review_appears_as_a_card_and_follows_what_becomes_of_it(
    desk: Desk, slack: LocalSlack
) -> None:
    with running(desk):
        review = escalate(desk)
        wait_until(lambda: len(slack.cards()) == 1)
        card = slack.cards()[0]
        assert "Can you engrave a name on the tin?" in words(card)
        assert {"case_reply", "case_reject", "case_take-over"} <= set(buttons(card))
        desk.session.decide(review, Decision(verb="reply", text="Yes, we can.", by="Mia Weber"))
        wait_until(lambda: "Answered by Mia Weber" in words(slack.cards()[0]))
    assert set(buttons(slack.cards()[0])) == {"case_hand-back"}


def test_looking_again_posts_and_changes_nothing(desk: Desk, slack: LocalSlack) -> None:
    review = escalate(desk)
    cases(desk).bring_up_to_date(review)
    before = len([each for each in slack.log() if each["kind"] == "web_api"])
    cases(desk).bring_up_to_date(review)
    assert len([each for each in slack.log() if each["kind"] == "web_api"]) == before
    assert len(slack.cards()) == 1
