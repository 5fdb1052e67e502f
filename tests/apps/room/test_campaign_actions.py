"""What one does with a campaign in the room: decided once whoever else decides, changed, tried."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from agents.campaigns.campaign import Offer
from agents.campaigns.unsubscribing import Suppression
from agents.domain import Decision
from agents.errors import Ambiguous, MailerClosed
from tests.apps.room.campaign_calls import changed, decide, words_of
from tests.apps.room.conftest import Room
from tests.campaign_shop import LAPSED, NOON, ScriptedMailer, Shop

Rooms = Callable[..., Room]


def test_against_finances_no_one_has_to_say_why(shop: Shop, open_room: Rooms) -> None:
    made, room = shop.draft("winback offer=30 budget=0"), open_room("anna")
    refused = decide(room, made.id, "approve", text=None)
    assert (refused.status_code, "Finance says no" in refused.json()["error"]) == (400, True)
    done = decide(room, made.id, "approve", text="the founder wants it").json()
    assert (done["status"], done["campaign"]) == ("done", "approved")
    [approval] = shop.session.campaigns.campaign(made.id).approvals
    assert (approval.by, approval.origin, approval.reason) == (
        "Anna Lee",
        "room 10.0.0.1 (anna)",
        "the founder wants it",
    )
    line = next(each for each in shop.session.team.audit(10, 0) if each.what == "campaign approve")
    assert (line.who, line.origin, line.subject) == ("Anna Lee", "room 10.0.0.1 (anna)", made.id)


def as_slack_does(shop: Shop, campaign: str) -> dict[str, Any]:
    decision = Decision(verb="approve", by="Kim", text="a test", origin="slack U1", seen=1)
    return shop.session.decide(campaign, decision).model_dump()


@pytest.mark.parametrize("slack_first", [True, False])
def test_the_second_who_approves_is_told_who_was_first(
    shop: Shop, open_room: Rooms, slack_first: bool
) -> None:
    made, room = shop.draft(), open_room("anna")
    if slack_first:
        first, second = as_slack_does(shop, made.id), decide(room, made.id, "approve").json()
    else:
        first, second = decide(room, made.id, "approve").json(), as_slack_does(shop, made.id)
    assert (first["status"], second["status"]) == ("done", "already_decided")
    assert second["by"] == ("Kim" if slack_first else "Anna Lee")


def test_of_two_who_approve_at_the_same_moment_one_is_first_and_nobody_is_frozen_twice(
    shop: Shop, open_room: Rooms
) -> None:
    made, room = shop.draft(), open_room("anna")
    with ThreadPoolExecutor(2) as pool:
        from_room = pool.submit(lambda: decide(room, made.id, "approve").json())
        from_slack = pool.submit(as_slack_does, shop, made.id)
        both = [from_room.result(), from_slack.result()]
    assert sorted(each["status"] for each in both) == ["already_decided", "done"]
    assert len({each["by"] for each in both}) == 1
    assert shop.session.campaigns.counts(made.id).queued == LAPSED - 4


def test_an_outdated_version_is_refused_and_the_new_one_shown(shop: Shop, open_room: Rooms) -> None:
    made, room = shop.draft(), open_room("anna")
    shop.session.campaigns.edit(made.id, "Kim", version=1, offer=Offer(percent=10))
    refused = decide(room, made.id, "approve")
    assert (refused.status_code, "Version 1 is outdated" in refused.json()["error"]) == (400, True)
    assert room.get(f"campaigns/{made.id}/progress").json()["version"] == 2
    first, second = room.get(f"campaigns/{made.id}").json()["versions"]
    assert (first["changed"], second["changed"], second["by"]) == ([], ["subjects", "mail", "offer"], "Kim")
    late = changed(room, made, "texts", **words_of(made, preheader="New"))
    assert "Version 1 is outdated" in late["error"]


def test_an_audience_that_has_changed_is_shown_before_it_can_be_approved(
    shop: Shop, open_room: Rooms
) -> None:
    made, room = shop.draft(), open_room("anna")
    contact = shop.services.open_links().contact("ann4@shop.example")
    shop.services.suppressions.add([Suppression(contact=contact, reason="complained", at=NOON)])
    refused = decide(room, made.id, "approve")
    assert (refused.status_code, "The audience has changed" in refused.json()["error"]) == (400, True)
    second = room.get(f"campaigns/{made.id}").json()["versions"][1]
    assert (second["changed"], second["eligible"], second["by"]) == (["audience"], LAPSED - 1, "Anna Lee")
    assert decide(room, made.id, "approve", seen=2).json()["campaign"] == "approved"


def test_two_people_have_to_approve_a_large_one(shop: Shop, open_room: Rooms) -> None:
    policy = shop.services.open_campaign_policy()
    approval = policy.approval.model_copy(update={"recipients_above": 10})
    shop.services.open_campaign_policy = lambda: policy.model_copy(update={"approval": approval})
    made, anna = shop.draft(), open_room("anna")
    assert decide(anna, made.id, "approve").json()["campaign"] == "pending"
    again = decide(anna, made.id, "approve")
    assert (again.status_code, "needs a second person" in again.json()["error"]) == (400, True)
    shown = anna.get(f"campaigns/{made.id}").json()
    assert (shown["needs"], [each["by"] for each in shown["approvals"]]) == (2, ["Anna Lee"])
    assert decide(open_room("boss"), made.id, "approve").json()["campaign"] == "approved"


def test_words_and_offer_are_changed_into_a_new_version(shop: Shop, open_room: Rooms) -> None:
    made, room = shop.draft("winback"), open_room("anna")
    wanted = words_of(made, subjects=["We miss you, {first_name}", "", ""], offer="15")
    assert changed(room, made, "texts", **wanted)["made"] == made.id
    known = shop.session.campaigns.campaign(made.id)
    assert (known.draft.version, known.draft.by, known.draft.offer.percent) == (2, "Anna Lee", 15)
    assert known.draft.texts.subjects == ("We miss you, {first_name}",)
    assert (known.draft.texts.by, known.draft.texts.body) == ("Anna Lee", made.draft.texts.body)
    same = room.post(f"campaigns/{made.id}/texts", **words_of(known))
    assert (same.status_code, "Nothing is changed" in same.json()["error"]) == (400, True)
    broken = changed(room, known, "texts", **words_of(known, body="Hello {nickname}"))
    assert "nickname" in broken["error"]
    silent = changed(room, known, "texts", **words_of(known, body="Hello {first_name}"))
    assert "offers 15% off, and its mail does not say so: put {offer}" in silent["error"]


def test_another_audience_is_a_new_version(shop: Shop, open_room: Rooms) -> None:
    made, room = shop.draft("winback budget=500"), open_room("anna")
    last = changed(room, made, "audience", seen=1, days="120", segment="", budget="")
    assert last["made"] == made.id
    brief = shop.session.campaigns.campaign(made.id).draft.brief
    assert (brief.days, brief.segment, brief.budget) == (120, None, None)
    refused = room.post(f"campaigns/{made.id}/audience", seen=2, days="")
    assert (refused.status_code, "days is a whole number" in refused.json()["error"]) == (400, True)
    assert refused.json()["field"] == "days"
    nobody = changed(room, made, "audience", seen=2, days="3000")
    assert "Nobody fits" in nobody["error"]


def test_a_test_goes_to_the_address_that_is_given(shop: Shop, open_room: Rooms) -> None:
    made, room = shop.draft(), open_room("anna")
    sent = room.post(f"campaigns/{made.id}/test", address="me@team.example").json()["sent"]
    assert "A test went to me@team.example" in sent
    wrong = room.post(f"campaigns/{made.id}/test", address="me")
    assert (wrong.status_code, "no e-mail address" in wrong.json()["error"]) == (400, True)
    line = next(each for each in shop.session.team.audit(10, 0) if each.what == "campaign test")
    assert (line.who, line.origin, line.detail) == ("Anna Lee", "room 10.0.0.1 (anna)", "me@team.example")


@pytest.mark.parametrize(
    ("error", "status"), [(MailerClosed("The key was revoked."), 503), (Ambiguous("The line broke."), 504)]
)
def test_a_test_that_cannot_be_sent_is_explained(
    shop: Shop, open_room: Rooms, error: Exception, status: int
) -> None:
    mailer = ScriptedMailer(script={"me@team.example": [error]})
    shop.services.open_campaign_mailer = lambda: mailer
    answer = open_room("anna").post(f"campaigns/{shop.draft().id}/test", address="me@team.example")
    assert (answer.status_code, answer.json()["error"]) == (status, str(error))


def test_a_campaign_is_paused_resumed_and_stopped_for_good(shop: Shop, open_room: Rooms) -> None:
    made, room = shop.approved(), open_room("anna")
    for verb, status in (("pause", "paused"), ("resume", "approved"), ("stop", "stopped")):
        assert decide(room, made.id, verb, seen=None).json()["campaign"] == status
    again = decide(room, made.id, "resume", seen=None)
    assert (again.status_code, "is stopped" in again.json()["error"]) == (400, True)
    rejected = shop.draft()
    assert decide(room, rejected.id, "reject", "not now").json()["campaign"] == "rejected"
    assert shop.session.campaigns.campaign(rejected.id).reason == "not now"
    senseless = decide(room, made.id, "reply")
    assert (senseless.status_code, "One cannot reply a campaign" in senseless.json()["error"]) == (400, True)
