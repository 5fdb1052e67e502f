"""Who a campaign is for, and why others are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics.audience import (
    REASONS,
    Audience,
    Contacts,
    candidates,
    find_audience,
    is_address,
    order_value,
    usual_rate,
)
from analytics.tables import Tables
from apps.importing import load_sample
from integrations import open_warehouse
from integrations.settings import Settings
from tests.analytics.small_shop import TablesOf, sale
from tests.business import settings_of
from tests.postgres import own_database

DAY = date(2026, 6, 1)
LONG_AGO = DAY - timedelta(days=100)
A_MONTH_AGO = DAY - timedelta(days=30)

Shop = Callable[..., Tables]


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    home = Path(tmp_path_factory.mktemp(request.param))
    if request.param == "duckdb":
        load_sample(settings_of(home), DAY - timedelta(days=1), if_empty=False)
        yield settings_of(home)
        return
    with own_database() as url:
        load_sample(settings_of(home, url), DAY - timedelta(days=1), if_empty=False)
        yield settings_of(home, url)


def customer(customer_id: str, **known: Any) -> dict[str, Any]:
    """A customer who may be written to, but for what is given."""
    return {"customer_id": customer_id, "email": f"{customer_id}@example.com", "consent": "yes", **known}


@pytest.fixture
def shop(tables_of: TablesOf) -> Shop:
    """A shop whose customers have all ordered once, 100 days ago."""

    def make(*customers: dict[str, Any], tickets: tuple[dict[str, Any], ...] = ()) -> Tables:
        sales = [line for one in customers for line in sale(one["customer_id"], LONG_AGO, "chai")]
        return tables_of(sales=sales, customers=customers, tickets=tickets)

    return make


def audience_of(tables: Tables, contacts: Contacts | None = None, **wanted: Any) -> Audience:
    return find_audience(candidates(tables, DAY, silent_days=90), DAY, "winback-1", contacts, **wanted)


def excluded(found: Audience) -> dict[str, int]:
    return {one.reason: one.count for one in found.excluded}


def test_the_lapsed_are_those_who_have_not_ordered_for_so_many_days(tables_of: TablesOf) -> None:
    people = ("at the line", 90), ("before it", 89), ("long ago", 400)
    tables = tables_of(
        sales=[line for name, ago in people for line in sale(name, DAY - timedelta(days=ago), "chai")],
        customers=[customer(name, email="a@example.com") for name, _ in people],
    )
    frame = candidates(tables, DAY, silent_days=90).to_pandas()
    assert sorted(frame["customer_id"]) == ["at the line", "long ago"]
    with pytest.raises(ValueError, match="1 or more"):
        candidates(tables, DAY, silent_days=0)
    with pytest.raises(ValueError, match="no segment 'Sleepy'; there are Champions"):
        candidates(tables, DAY, segment="Sleepy")


def test_everybody_left_out_has_one_reason_the_first_that_applies(shop: Shop) -> None:
    tables = shop(
        customer("a-fine"),
        customer("b-fine", email="B@Example.com "),
        customer("unsubscribed", consent=None),
        customer("complained"),
        customer("bounced"),
        customer("no-address", email=None),
        customer("blank", email="  ", consent="no"),
        customer("invalid", email="bo at example.com"),
        customer("no-consent", consent=None),
        customer("said-no", consent="no"),
        customer("twin", email="A-fine@example.com"),
        customer("contacted"),
        customer("long-ago-contacted"),
        customer("ticket"),
        customer("waiting"),
        tickets=(
            {"ticket_id": "1", "customer_id": "ticket", "day": A_MONTH_AGO, "status": "escalated"},
            {"ticket_id": "2", "customer_id": "a-fine", "day": A_MONTH_AGO, "status": "resolved"},
            {"ticket_id": "3", "customer_id": "contacted", "day": A_MONTH_AGO, "status": "open"},
            {"ticket_id": "4", "customer_id": "b-fine", "day": LONG_AGO, "status": "open"},
        ),
    )
    contacts = Contacts(
        suppressed={
            "unsubscribed@example.com": "unsubscribed",
            "complained@example.com": "complained",
            "bounced@example.com": "bounced",
        },
        contacted={
            "contacted@example.com": DAY - timedelta(days=13),
            "long-ago-contacted@example.com": DAY - timedelta(days=14),
        },
        waiting=frozenset({"waiting@example.com"}),
    )
    found = audience_of(tables, contacts, contacted_days=14)
    assert list(found.people["customer_id"]) == ["a-fine", "b-fine", "long-ago-contacted"]
    assert excluded(found) == {
        "unsubscribed": 1,
        "complained": 1,
        "bounced": 1,
        "no_address": 2,
        "invalid_address": 1,
        "no_consent": 2,
        "same_address": 1,
        "contacted": 1,
        "open_ticket": 2,
    }
    assert [one.reason for one in found.excluded] == list(REASONS)
    assert found.considered == found.eligible + sum(excluded(found).values()) == 15
    assert (found.held_out, found.problem) == (1, None)
    lenient = audience_of(tables, contacts, consent_needed=False)
    assert excluded(lenient)["no_consent"] == 1, "who has said no is never written to"
    assert audience_of(tables, contacts, valid=lambda _: False).problem == "all_excluded"


def test_an_audience_of_nobody_says_which_kind_of_nobody(tables_of: TablesOf, shop: Shop) -> None:
    assert audience_of(tables_of()).problem == "nobody"
    none = audience_of(shop(customer("a", consent="no"), customer("b", email="?")))
    assert (none.problem, none.eligible, none.held_out) == ("all_excluded", 0, 0)
    assert excluded(none) == {"invalid_address": 1, "no_consent": 1}
    assert audience_of(shop(customer("a"))).problem == "too_few"


def test_a_customer_of_whom_only_orders_are_known_has_no_address(tables_of: TablesOf) -> None:
    tables = tables_of(sales=sale("stranger", LONG_AGO, "chai"))
    assert excluded(audience_of(tables)) == {"no_address": 1}


def test_names_are_data_whatever_they_hold(shop: Shop) -> None:
    names = ["Ann\r\nBcc: x@example.com", "{{ secret }}", "👋🏽 משה", "'; DROP TABLE customers;--", ""]
    tables = shop(*(customer(f"c{at}", name=name) for at, name in enumerate(names)))
    assert list(audience_of(tables).people["name"]) == names


@pytest.mark.parametrize(
    "address",
    ["a@b.co", "first.last+tag@sub.example.com", "o'hara@example.co.uk", "zoë@exämple.de", "x_1@a-b.org"],
)
def test_addresses(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "a",
            "a@",
            "@b.co",
            "a@b",
            "a b@c.co",
            "a@b..co",
            ".a@b.co",
            "a.@b.co",
            "a..b@c.co",
            "a@-b.co",
            "a@b.c",
        ),
        *(
            "a@b.co\nBcc: c@d.co",
            "a@b.co,c@d.co",
            "A <a@b.co>",
            "a@b@c.co",
            "x" * 65 + "@b.co",
            "a@" + "b" * 260 + ".co",
        ),
        *("a@1.2.3.4", "a\x00@b.co", "a@b.co\n", "a@b_c.co"),
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert not is_address(text)


def test_the_sample_has_an_audience_with_reasons_on_every_engine(sample: Settings) -> None:
    with open_warehouse(sample).reading() as tables:
        found = audience_of(tables)
        again = audience_of(tables)
        risk = candidates(tables, DAY, segment="At Risk", silent_days=30).to_pandas()
        rate = usual_rate(tables, DAY, 14, silent_days=90)
    assert found.people.equals(again.people)
    assert found.eligible > 300
    assert found.held_out == -(-found.eligible // 10)
    assert set(excluded(found)) == {"no_address", "invalid_address", "no_consent"}
    assert (found.people["recency"] >= 90).all()
    assert found.people["timezone"].notna().all()
    assert set(risk["segment"]) == {"At Risk"}
    assert 0 < rate.hits < rate.of / 10
    known = {"eligible": found.eligible, "net": int(found.people["net"].sum()), "rate": (rate.hits, rate.of)}
    assert known == SAMPLE


SAMPLE = {"eligible": 914, "net": 19_953_749, "rate": (23, 1_020)}


def test_the_usual_rate_is_that_of_people_who_were_silent_then(tables_of: TablesOf) -> None:
    start = DAY - timedelta(days=14)
    tables = tables_of(
        sales=[
            *sale("came back", start - timedelta(days=90), "chai"),
            *sale("came back", start, "chai"),
            *sale("stayed away", start - timedelta(days=90), "chai"),
            *sale("was not silent", start - timedelta(days=89), "chai"),
            *sale("was not silent", DAY - timedelta(days=1), "chai"),
            *sale("came too late", start - timedelta(days=200), "chai"),
            *sale("came too late", DAY, "chai"),
        ]
    )
    rate = usual_rate(tables, DAY, 14, silent_days=90)
    assert (rate.hits, rate.of) == (1, 3)


def test_the_value_of_an_order_is_a_ratio_of_sums() -> None:
    people = pd.DataFrame({"orders": [1, 3], "net": [1_000, 9_000]})
    assert order_value(people) == pytest.approx((2_500, (1_500**2 * 2) ** 0.5 / 4))
    assert order_value(people.iloc[:0]) is None
    assert order_value(pd.DataFrame({"orders": [2], "net": [-500]})) is None
