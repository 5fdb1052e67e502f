"""Campaigns in the room, over HTTP: drafted in sight, decided once whoever else decides, previewed and watched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from agents.campaigns.campaign import Campaign, Offer
from agents.campaigns.mailing import Refused
from agents.campaigns.unsubscribing import Suppression
from agents.domain import Decision
from agents.errors import Ambiguous, BadInput, MailerClosed
from apps.room.mail_tree import mail_tree
from tests.apps.room.conftest import Answer, Room
from tests.business import import_into, write_csv
from tests.campaign_shop import LAPSED, NOON, ScriptedMailer, Shop, fill, send
from tests.desk import Desk

Rooms = Callable[..., Room]

HOSTILE = "<img/src=x onerror=alert(1)><b>Bob</b>"


@pytest.fixture
def shop(desk: Desk, tmp_path: Path) -> Shop:
    """The shop of the campaigns' tests behind the room."""
    fill(desk.settings, tmp_path)
    shop = Shop(desk.session, desk.services, desk.settings)
    desk.services.now = lambda: shop.clock[0]
    return shop


def told(room: Room, run: str) -> list[dict[str, Any]]:
    """Everything that a run tells until it ends."""
    text = room.get(f"campaigns/runs/{run}/events").text
    return [
        json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")
    ]


def drafted(room: Room, **asked: object) -> dict[str, Any]:
    """What is known of a run at its end."""
    answer = room.post("campaigns/runs", **{"kind": "winback", **asked})
    assert answer.status_code == 200, answer.text
    return told(room, answer.json()["run"])[-1]


def changed(room: Room, campaign: Campaign, what: str, **values: object) -> dict[str, Any]:
    """What is known at its end of a run that makes a new version; `what` are texts or audience."""
    answer = room.post(f"campaigns/{campaign.id}/{what}", **values)
    assert answer.status_code == 200, answer.text
    return told(room, answer.json()["run"])[-1]


def decide(room: Room, campaign: str, verb: str, text: str | None = "a test", seen: int | None = 1) -> Answer:
    return room.post(f"campaigns/{campaign}/decision", verb=verb, text=text, seen=seen)


def words_of(campaign: Campaign, **changes: object) -> dict[str, object]:
    """The texts of a campaign as its form gives them back."""
    texts, offer = campaign.draft.texts, campaign.draft.offer
    kept = {"subjects": texts.subjects, "preheader": texts.preheader, "body": texts.body}
    return {"seen": campaign.draft.version, **kept, "offer": str(offer.percent), **changes}


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
    ("asked", "said"),
    [
        ({"segment": "nobodies"}, "There is no segment 'nobodies'. There are Champions"),
        ({"offer": "110"}, "offer is a whole number from 0 to 99 percent, not '110'"),
        ({"offer": "90"}, "90% is above the 30%"),
        ({"days": "soon"}, "days is a whole number from 1 to 3650, not 'soon'"),
        ({"days": "3000"}, "Nobody fits: customers with no order for 3000 days"),
        ({"budget": "much"}, "budget is an amount from 0 on in USD"),
        ({"kind": "brief", "text": "tea " * 5000}, "4,000 are enough"),
    ],
)
def test_what_cannot_be_drafted_is_said_in_a_sentence(
    shop: Shop, open_room: Rooms, asked: dict[str, object], said: str
) -> None:
    last = drafted(open_room("anna"), **asked)
    assert (last["made"], last["running"]) == (None, False)
    assert said in last["error"]
    assert not shop.session.campaigns.campaigns()


def test_an_empty_brief_is_refused_at_once_and_without_data_one_is_told_how_to_get_some(
    open_room: Rooms,
) -> None:
    room = open_room("anna")
    assert room.post("campaigns/runs", kind="brief", text=" ").status_code == 400
    assert "no business data yet" in drafted(room)["error"]


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
    assert (first["changed"], second["changed"], second["by"]) == ([], ["offer"], "Kim")
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


def test_another_audience_is_a_new_version(shop: Shop, open_room: Rooms) -> None:
    made, room = shop.draft("winback budget=500"), open_room("anna")
    last = changed(room, made, "audience", seen=1, days="120", segment="", budget="")
    assert last["made"] == made.id
    brief = shop.session.campaigns.campaign(made.id).draft.brief
    assert (brief.days, brief.segment, brief.budget) == (120, None, None)
    refused = room.post(f"campaigns/{made.id}/audience", seen=2, days="")
    assert (refused.status_code, "days is a whole number" in refused.json()["error"]) == (400, True)
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


def texts_in(node: dict[str, Any] | str) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    else:
        for child in node["children"]:
            yield from texts_in(child)


def elements_in(node: dict[str, Any] | str) -> Iterator[dict[str, Any]]:
    if not isinstance(node, str):
        yield node
        for child in node["children"]:
            yield from elements_in(child)


def test_a_preview_is_the_very_mail_and_a_hostile_name_is_words_in_it(
    shop: Shop, open_room: Rooms, tmp_path: Path
) -> None:
    people = [(f"k{at}", HOSTILE, f"ann{at}@shop.example", "yes", "") for at in range(LAPSED)]
    header = ("customer_id", "name", "email", "consent", "timezone")
    import_into(shop.settings, write_csv(tmp_path / "hostile.csv", header, *people), "customers")
    orders = [(f"h{at}", "2026-06-11", f"k{at}", HOSTILE, "HOS", "1", "60.00") for at in range(LAPSED)]
    columns = ("order_id", "date", "customer_id", "product", "sku", "quantity", "amount")
    import_into(
        shop.settings, write_csv(tmp_path / "orders2.csv", columns, *orders), "orders", currency="USD"
    )
    made, room = shop.draft("winback"), open_room("vera")
    shown = room.get(f"campaigns/{made.id}/previews").json()["previews"]
    assert [each["arm"] for each in shown[:3]] == ["A", "B", "C"]
    [very] = shop.session.campaigns.previews(made.id, [shown[0]["customer"]])
    assert (shown[0]["subject"], shown[0]["text"]) == (very.message.subject, very.text)
    mail = shown[0]["mail"]
    assert mail == mail_tree(very.message.html)
    assert any(HOSTILE in each for each in texts_in(mail["body"]))
    for element in elements_in(mail["body"]):
        assert element["tag"] not in ("img", "script", "style", "iframe", "form", "svg")
        assert not any(name.startswith(("on", "href", "src")) for name in element["attributes"])
    assert "/u/" not in shown[0]["text"]
    assert ".card{" in mail["css"]


def test_a_customer_is_previewed_by_id_and_who_gets_nothing_is_said_to(shop: Shop, open_room: Rooms) -> None:
    made, room = shop.draft(), open_room("vera")
    one = room.get(f"campaigns/{made.id}/previews").json()["previews"][1]
    [found] = room.get(f"campaigns/{made.id}/previews", customer=one["customer"]).json()["previews"]
    assert (found["customer"], found["name"]) == (one["customer"], one["name"])
    nobody = room.get(f"campaigns/{made.id}/previews", customer="somebody else")
    assert (nobody.status_code, "nobody who gets this campaign" in nobody.json()["error"]) == (400, True)


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


def test_what_a_mail_cannot_hold_does_not_get_into_its_tree() -> None:
    tree = mail_tree(
        '<!doctype html><html lang="en" dir="auto"><head><title>T</title><style>.a{}</style></head>'
        '<body class="paper" onload="x()"><p style="margin:0" onclick="x()">Hi <b>you</b><br>'
        '<script>x()</script><img src=x><a href="https://shop.example" class="link">go</a></p></body></html>'
    )
    paragraph = {
        "tag": "p",
        "attributes": {},
        "style": "margin:0",
        "children": [
            "Hi ",
            {"tag": "b", "attributes": {}, "style": "", "children": ["you"]},
            {"tag": "br", "attributes": {}, "style": "", "children": []},
            {
                "tag": "a",
                "attributes": {"class": "link", "title": "https://shop.example"},
                "style": "",
                "children": ["go"],
            },
        ],
    }
    body = {"tag": "body", "attributes": {"class": "paper"}, "style": "", "children": [paragraph]}
    assert tree == {"lang": "en", "dir": "auto", "css": ".a{}", "body": body}
