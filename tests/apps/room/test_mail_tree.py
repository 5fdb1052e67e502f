"""The mails of customers in the room: the very mails, in which nothing can run, load or be followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from apps.room.mail_tree import mail_tree
from tests.apps.room.conftest import Room
from tests.business import import_into, write_csv
from tests.campaign_shop import LAPSED, Shop

Rooms = Callable[..., Room]

HOSTILE = "<img/src=x onerror=alert(1)><b>Bob</b>"


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
