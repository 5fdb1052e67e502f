"""What customers do with their mails counts once, and at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from agents.campaigns.contact_desk import MailEvent
from agents.campaigns.outcomes import OutcomeCounts, OutcomeKind
from agents.errors import BadInput
from agents.personal import Address
from tests.campaign_mail import message
from tests.desk import Desk, open_desk

SHOP = "https://shop.example/tea"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(tmp_path / "home")
    yield desk
    desk.close()


def contact(desk: Desk, address: str = "jane@mail.example") -> str:
    return desk.services.open_links().contact(address)


def token(desk: Desk, campaign: str = "c-1") -> str:
    url = desk.services.open_links().unsubscribe_url(campaign, contact(desk))
    return urlsplit(url).path.removeprefix("/u/")


def event(desk: Desk, id_: str, kind: OutcomeKind, minutes: int = 0, **values: str | None) -> MailEvent:
    given: dict[str, str | None] = {"campaign": "c-1", "contact": contact(desk), **values}
    at = desk.services.now() + timedelta(minutes=minutes)
    return MailEvent(id=id_, kind=kind, at=at, **given)


def test_unsubscribing_counts_at_once_and_for_every_campaign(desk: Desk) -> None:
    contacts, suppressions = desk.session.contacts, desk.services.suppressions
    assert contacts.is_subscribed(token(desk))
    contacts.unsubscribe(token(desk))
    contacts.unsubscribe(token(desk))
    assert suppressions.reason(contact(desk)) == "unsubscribed"
    assert not contacts.is_subscribed(token(desk, "c-2"))
    assert desk.services.mail_outcomes.counts("c-1") == OutcomeCounts(unsubscribed=1)


def test_who_comes_back_is_written_to_again_and_the_campaign_keeps_its_count(desk: Desk) -> None:
    contacts = desk.session.contacts
    contacts.unsubscribe(token(desk))
    contacts.subscribe_again(token(desk))
    assert contacts.is_subscribed(token(desk))
    assert desk.services.mail_outcomes.counts("c-1").unsubscribed == 1
    contacts.unsubscribe(token(desk))
    assert not contacts.is_subscribed(token(desk))


def test_a_link_that_is_not_ours_changes_nothing(desk: Desk) -> None:
    contacts, wrong = desk.session.contacts, token(desk)[:-1]
    for act in (contacts.is_subscribed, contacts.unsubscribe, contacts.subscribe_again):
        with pytest.raises(BadInput):
            act(wrong)
    with pytest.raises(BadInput):
        contacts.clicked(token(desk), SHOP)
    assert contacts.is_subscribed(token(desk))


def test_clicks_of_one_customer_count_once(desk: Desk) -> None:
    url = desk.services.open_links().click_url("c-1", contact(desk), SHOP)
    for _ in range(3):
        desk.session.contacts.clicked(urlsplit(url).path.removeprefix("/c/"), SHOP)
    assert desk.services.mail_outcomes.counts("c-1") == OutcomeCounts(clicked=1)


def test_events_count_once_in_any_order_and_keep_who_is_not_to_be_written_to(desk: Desk) -> None:
    john = contact(desk, "john@mail.example")
    told = [
        event(desk, "e3", "complained"),
        event(desk, "e1", "delivered", -5),
        event(desk, "e2", "clicked", -1),
        event(desk, "e4", "bounced", contact=john),
    ]
    assert desk.session.contacts.take(told) == 4
    assert desk.session.contacts.take([*reversed(told), event(desk, "e5", "clicked")]) == 1
    expected = OutcomeCounts(delivered=1, clicked=1, complained=1, bounced=1)
    assert desk.services.mail_outcomes.counts("c-1") == expected
    assert desk.services.suppressions.reasons([contact(desk), john]) == {
        contact(desk): "complained",
        john: "bounced",
    }


def test_an_event_of_other_mail_is_known_by_its_address(desk: Desk) -> None:
    told = [
        event(desk, "e1", "bounced", campaign=None, contact=None, address="John@mail.example"),
        event(desk, "e2", "bounced", campaign=None, contact=None, address="nobody"),
        event(desk, "e3", "bounced", campaign=None, contact=None),
    ]
    assert desk.session.contacts.take(told) == 0
    assert desk.services.suppressions.counts()["bounced"] == 1
    assert desk.services.suppressions.reason(contact(desk, "john@mail.example")) == "bounced"


def test_news_from_before_a_customer_came_back_does_not_send_them_away_again(desk: Desk) -> None:
    old = event(desk, "e1", "unsubscribed", minutes=-10)
    desk.session.contacts.unsubscribe(token(desk))
    desk.session.contacts.subscribe_again(token(desk))
    assert desk.session.contacts.take([old]) == 1
    assert desk.session.contacts.is_subscribed(token(desk))


def test_a_mailbox_that_a_mailer_found_gone_is_left_alone(desk: Desk) -> None:
    desk.session.contacts.bounced("c-1", contact(desk), "550 no such user")
    desk.session.contacts.bounced("c-1", contact(desk), "550 no such user")
    assert desk.services.suppressions.reason(contact(desk)) == "bounced"
    assert desk.services.mail_outcomes.counts("c-1") == OutcomeCounts(bounced=1)


def test_nothing_that_is_kept_names_the_customer(desk: Desk) -> None:
    desk.session.contacts.unsubscribe(token(desk))
    desk.session.contacts.take([event(desk, "e1", "complained", address="jane@mail.example")])
    desk.close()
    files = [file for file in desk.home.rglob("*") if file.is_file()]
    assert files
    assert not any(b"jane" in file.read_bytes() for file in files)


def test_who_is_forgotten_leaves_no_mail_of_a_campaign_and_is_still_not_written_to(desk: Desk) -> None:
    desk.session.contacts.unsubscribe(token(desk))
    for each in (message("jane@mail.example"), message("john@mail.example")):
        desk.services.open_campaign_mailer().send(each, each.key)
    desk.services.personal_files.erase(Address("jane@mail.example"))
    [left] = desk.home.rglob("*.eml")
    assert b"john@mail.example" in left.read_bytes()
    assert desk.session.contacts.reason_for("jane@mail.example") == "unsubscribed"
