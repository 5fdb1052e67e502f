"""Campaigns in the room, over HTTP: drafted in sight, shown whole, and watched while they are sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agents.campaigns.mailing import Refused
from agents.errors import Ambiguous, BadInput
from tests.apps.room.campaign_calls import decide, drafted, words_of
from tests.apps.room.conftest import Room
from tests.campaign_shop import LAPSED, ScriptedMailer, Shop, send

Rooms = Callable[..., Room]


@pytest.mark.parametrize(
    "path", ["", "/c-1", "/c-1/progress", "/c-1/standing", "/c-1/previews", "/runs/r-1/events"]
)
def test_nobody_sees_anything_without_signing_in(open_room: Rooms, path: str) -> None:
    assert open_room().get(f"campaigns{path}").status_code == 401


def test_who_only_reads_sees_all_and_changes_nothing(shop: Shop, open_room: Rooms) -> None:
    made, room = shop.approved(), open_room("vera")
    for path in ("", f"/{made.id}", f"/{made.id}/progress", f"/{made.id}/standing", f"/{made.id}/previews"):
        assert room.get(f"campaigns{path}").status_code == 200
    assert room.post("campaigns/runs", kind="winback").status_code == 403
    for verb in ("approve", "reject", "pause", "stop"):
        assert decide(room, made.id, verb).status_code == 403
    assert room.post(f"campaigns/{made.id}/texts", **words_of(made)).status_code == 403
    assert room.post(f"campaigns/{made.id}/audience", seen=1, days="90").status_code == 403
    assert room.post(f"campaigns/{made.id}/test", address="me@team.example").status_code == 403
    assert shop.session.campaigns.campaign(made.id) == made


def test_a_draft_shows_each_step_with_what_it_found_and_ends_in_a_campaign(
    shop: Shop, open_room: Rooms
) -> None:
    room = open_room("anna")
    last = drafted(room, days="100", budget="500", offer="10")
    assert [each["specialist"] for each in last["specialists"]] == ["insights", "marketing", "finance"]
    assert all(each["state"] == "done" and each["found"] for each in last["specialists"])
    known = shop.session.campaigns.campaign(last["made"])
    assert (known.by, known.origin, known.draft.brief.days, known.draft.brief.budget) == (
        "Anna Lee",
        "room",
        100,
        50_000,
    )
    [line] = room.get("campaigns").json()["campaigns"]
    assert (line["id"], line["status"], line["eligible"], line["sending"]) == (
        known.id,
        "pending",
        LAPSED,
        None,
    )
    audit = {line.what: line for line in shop.session.team.audit(10, 0)}
    assert audit["campaign draft"].subject == known.id
    assert audit["ask for campaign"].origin == "room 10.0.0.1 (anna)"


def test_a_brief_in_free_words_and_one_from_the_weekly_report_are_drafted(
    shop: Shop, open_room: Rooms
) -> None:
    room = open_room("anna")
    brief = drafted(room, kind="brief", text="Tell those away for 60 days of our chai, 10% off")
    assert shop.session.campaigns.campaign(brief["made"]).draft.brief.days == 60
    report = drafted(room, from_report=True)
    assert shop.session.campaigns.campaign(report["made"]).origin == "report"


@pytest.mark.parametrize(
    ("asked", "field", "said"),
    [
        ({"segment": "nobodies"}, "segment", "There is no segment 'nobodies'. There are Champions"),
        ({"offer": "110"}, "offer", "offer is a whole number from 0 to 99 percent, not '110'"),
        ({"offer": "90"}, "offer", "90% is above the 30%"),
        ({"days": "soon"}, "days", "days is a whole number from 1 to 3650, not 'soon'"),
        ({"budget": "much"}, "budget", "budget is an amount from 0 on in USD"),
        ({"kind": "brief", "text": "tea " * 5000}, "text", "4,000 are enough"),
        ({"kind": "brief", "text": "Offer 90% to everybody"}, "offer", "90% is above the 30%"),
        (
            {"kind": "brief", "text": "Hello", "days": "30", "segment": "Loyal"},
            "days",
            "cannot go with a seg",
        ),
        ({"kind": "brief", "text": " "}, "text", "Say what the campaign is for"),
    ],
)
def test_what_cannot_be_read_is_said_of_its_field_at_once(
    shop: Shop, open_room: Rooms, asked: dict[str, object], field: str, said: str
) -> None:
    refused = open_room("anna").post("campaigns/runs", **{"kind": "winback", **asked})
    answer = refused.json()
    assert (refused.status_code, answer["field"], said in answer["error"]) == (400, field, True), answer
    assert not shop.session.campaigns.campaigns()


def test_an_audience_of_nobody_is_said_by_who_looks_for_it(shop: Shop, open_room: Rooms) -> None:
    last = drafted(open_room("anna"), days="3000")
    assert (last["made"], last["running"]) == (None, False)
    assert "Nobody fits: customers with no order for 3000 days" in last["error"]
    assert not shop.session.campaigns.campaigns()


def test_without_data_one_is_told_how_to_get_some(open_room: Rooms) -> None:
    refused = open_room("anna").post("campaigns/runs", kind="winback")
    assert (refused.status_code, "no business data yet" in refused.json()["error"]) == (400, True)


def test_a_campaign_is_shown_whole_and_what_is_unknown_has_a_reason(shop: Shop, open_room: Rooms) -> None:
    made = shop.draft("winback offer=30 budget=0")
    shown = open_room("vera").get(f"campaigns/{made.id}").json()
    assert (shown["status"], shown["version"], shown["sample"], shown["brief"]["budget"]) == (
        "pending",
        1,
        False,
        "0",
    )
    audience = shown["audience"]
    assert (audience["found"], audience["eligible"], audience["holdout"]) == (LAPSED, LAPSED, 4)
    profit, orders = shown["prospects"]["intervals"]
    assert (profit["label"], orders["label"]) == ("Profit", "Extra orders")
    assert profit["low"] < profit["value"] < profit["high"]
    assert "$" in profit["text"]
    assert any("budget" in each for each in shown["prospects"]["objections"])
    assert ("nothing is sent" in shown["where"], shown["live"]) == (True, False)
    none = open_room("vera").get(f"campaigns/{made.id}/standing").json()
    assert (none["effect"], none["came"], none["listed"]) == (None, [], [])
    missing = open_room("vera").get("campaigns/c-none")
    assert (missing.status_code, "There is no campaign 'c-none'" in missing.json()["error"]) == (400, True)


def test_it_is_said_that_real_people_get_it_and_why_nothing_can_be_sent(shop: Shop, open_room: Rooms) -> None:
    made, room = shop.draft(), open_room("vera")
    shop.services.open_campaign_mailer = lambda: ScriptedMailer(reaches_people=True)
    assert room.get(f"campaigns/{made.id}").json()["live"] is True

    def broken() -> ScriptedMailer:
        raise BadInput("GTM_MAILER is none that there is.")

    shop.services.open_campaign_mailer = broken
    shown = room.get(f"campaigns/{made.id}").json()
    assert (shown["where"], shown["live"]) == (
        "Nothing can be sent: GTM_MAILER is none that there is.",
        False,
    )


def test_sending_is_counted_and_who_was_refused_or_is_uncertain_is_listed(
    shop: Shop, open_room: Rooms
) -> None:
    made, room, mailer = shop.approved(), open_room("vera"), ScriptedMailer()
    first, second = shop.services.send_list.recipients(made.id, ["queued"])[:2]
    mailer.script[first.person.address] = [Ambiguous("the line broke after the last dot")]
    mailer.script[second.person.address] = [Refused(reason="no such mailbox", about="address")]
    before = room.get(f"campaigns/{made.id}/progress").json()["sending"]
    assert (before["sent"], before["total"], before["open"]) == (0, LAPSED - 4, LAPSED - 4)
    assert {each["value"] for each in room.get(f"campaigns/{made.id}/standing").json()["came"][1:]} == {None}
    send(shop, made, mailer)
    after = room.get(f"campaigns/{made.id}/progress").json()["sending"]
    assert (after["sent"], after["refused"], after["uncertain"], after["open"]) == (LAPSED - 6, 1, 1, 0)
    standing = room.get(f"campaigns/{made.id}/standing").json()
    assert [(each["customer"], each["status"]) for each in standing["listed"]] == [
        (first.person.customer, "uncertain"),
        (second.person.customer, "refused"),
    ]
    assert standing["unlisted"] == 0
    came = {each["label"]: (each["value"], bool(each["reason"])) for each in standing["came"]}
    assert came == {
        "Sent": (LAPSED - 6, False),
        "Delivered": (None, True),  # nobody has told of any: that is not none
        "Bounced": (1, False),
        "Clicked": (0, False),
        "Unsubscribed": (0, False),
    }
    for each in standing["effect"]["intervals"]:
        assert (each["value"] is None) == ("reason" in each)
    assert any("nobody can tell" in each for each in standing["words"])
    [line] = room.get("campaigns").json()["campaigns"]
    assert line["sending"]["sent"] == LAPSED - 6
