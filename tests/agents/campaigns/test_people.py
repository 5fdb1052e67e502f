"""Customers of an audience are the same however one looks at them."""

from __future__ import annotations

import pandas as pd

from agents.campaigns.people import People

FOUND = pd.DataFrame(
    {
        "customer_id": ["k1", "k2", "k3"],
        "name": ["Ann Lee", " ", None],
        "email": [" ann@shop.example ", "bob@shop.example", "cy@shop.example"],
        "timezone": ["America/Denver", None, float("nan")],
        "held_out": [False, True, False],
    },
    index=[7, 3, 9],
)
BOUGHT = pd.DataFrame(
    {"customer_id": ["k1", "k3"], "last_product": ["Masala Chai", None], "product": ["Rooibos", "Oolong"]}
).set_index("customer_id")


def test_a_customer_has_what_is_known_and_nothing_else() -> None:
    ann, bob, cy = People(FOUND, BOUGHT)
    assert (ann.customer, ann.address, ann.name, ann.timezone) == (
        "k1",
        "ann@shop.example",
        "Ann Lee",
        "America/Denver",
    )
    assert ann.values == {
        "first_name": "Ann",
        "last_purchase": "Masala Chai",
        "recommended_product": "Rooibos",
    }
    assert (bob.name, bob.timezone, set(bob.values.values())) == ("", None, {None})
    assert (cy.timezone, cy.values["last_purchase"], cy.values["recommended_product"]) == (
        None,
        None,
        "Oolong",
    )


def test_one_by_one_and_by_place_they_are_the_same() -> None:
    people = People(FOUND, BOUGHT)
    assert len(people) == 3
    assert list(people) == [people[0], people[1], people[-1]] == people[:]
    assert people[1:] == [people[1], people[2]]
