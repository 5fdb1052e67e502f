"""Each number of a report can be looked up: its query, run on the store, gives it; and each number has a claim."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from agents.supervisor import Made, Supervisor
from agents.weekly.claims import Fact, check
from analytics.currency import minor_units
from apps.importing import load_sample
from integrations import connect
from integrations.settings import Settings
from integrations.warehouse.duckdb_engine import DuckDbEngine
from integrations.warehouse.postgres_engine import PostgresEngine
from tests.business import settings_of
from tests.postgres import own_database

MAIN = {
    "gross_revenue", "net_revenue", "discounts", "refunds", "orders", "new_customers", "marketing_spend", "mer", "roas",
    "cac_blended", "cac_paid", "average_order_value", "cash_balance", "gross_burn", "net_burn", "runway",
    "budget_variance", "customers", "ltv_historic", "support_volume", "support_answered", "first_response_time",
    "net_revenue_yoy", "nps_proxy", "channel.paid_social.roas", "channel.affiliate.cac", "segment.At Risk.customers",
    "segment.Champions.share", "segment.Loyal.value", "topic.oat milk.count", "cohort.2026-09.again",
}  # fmt: skip


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Made]:
    settings = settings_of(Path(tmp_path_factory.mktemp("sample")))
    load_sample(settings, date(2026, 11, 15), if_empty=False)
    return settings, Supervisor(connect(settings)).weekly(date(2026, 11, 18))


@contextmanager
def querying(engine: DuckDbEngine | PostgresEngine) -> Iterator[Any]:
    with engine.connected() as connection:

        def value(query: str) -> float:
            [(found,)] = connection.execute(query)
            return float(found)

        yield value


def looked_up(fact: Fact, value: Any) -> float | None:
    """What a fact's query gives; of a formula of two numbers, what they give. None of any other."""
    query = fact.query()
    if query.startswith("SELECT"):
        return float(value(query))
    formula, *parts = query.split("\n\n-- ")
    found = [value(part.partition("\n")[2]) for part in parts if "SELECT" in part]
    if len(found) != 2:
        return None
    one, two = found
    if formula.startswith("("):
        return float((one - two) / abs(two))
    return float(one / two)


def looked_up_rightly(made: Made, engine: DuckDbEngine | PostgresEngine) -> set[str]:
    """The facts whose query was run and gave them."""
    seen = set()
    with querying(engine) as value:
        for fact in made.findings.sheet.facts:
            if fact.name in MAIN or fact.name.startswith(("channel.", "topic.")):
                found = looked_up(fact, value)
                if found is None or fact.name.endswith(".change"):
                    continue
                rounded = 0.5 if fact.unit == "minor" else 1e-6
                assert abs(found - fact.value) <= rounded, (fact.name, found, fact.value, fact.query())
                seen.add(fact.name)
    return seen


def test_the_query_of_a_number_gives_it(sample: tuple[Settings, Made]) -> None:
    settings, made = sample
    assert looked_up_rightly(made, DuckDbEngine(settings.analytics_file)) >= MAIN


def test_on_postgresql_the_query_of_a_number_gives_it_too(tmp_path: Path) -> None:
    with own_database() as url:
        settings = settings_of(tmp_path, url)
        load_sample(settings, date(2026, 11, 15), if_empty=False)
        services = connect(settings)
        made = Supervisor(services).weekly(date(2026, 11, 18))
        assert looked_up_rightly(made, PostgresEngine(url)) >= MAIN
        services.close()


def test_every_fact_has_a_definition_and_says_how_it_was_found(sample: tuple[Settings, Made]) -> None:
    for fact in sample[1].findings.sheet.facts:
        assert fact.definition, fact.name
        assert fact.label, fact.name
        assert fact.query(), fact.name


def digits_outside(text: str, made: Made, name: str) -> str:
    """What is left of the digits of a text without its claims, the days and months, and the names of things."""
    for one in sorted(made.claims[name], key=lambda one: -one.start):
        text = f"{text[: one.start]}#{text[one.end :]}"
    for known in (
        *made.findings.sheet.things,
        *(f"customer {who}" for _, who in made.findings.sheet.numbered),
    ):
        text = text.replace(known, "")
    return "".join(re.findall(r"\d+", re.sub(r"\b[A-Z][a-z]+ \d{4}\b", "", text)))


def assert_all_claimed(made: Made) -> None:
    texts = {name: one.text for name, one in made.report.sections.items()}
    texts |= {f"alerts.{n}": one.text for n, one in enumerate(made.report.alerts)}
    assert set(made.claims) == set(texts) == set(made.words)
    assert {one.by for one in made.words.values()} == {"rules"}
    for name, text in texts.items():
        assert digits_outside(text, made, name) == "", (name, text)
        assert check(text, made.findings.sheet).complaints == (), name
        for one in made.claims[name]:
            shown = text[one.start : one.end]
            if one.unit == "minor":
                whole = float(re.sub(r"[^\d.]", "", shown)) * minor_units(made.report.currency)
                assert abs(whole - abs(one.value)) <= minor_units(made.report.currency) / 2, one


def test_every_number_of_the_rules_texts_on_the_sample_is_claimed(sample: tuple[Settings, Made]) -> None:
    assert_all_claimed(sample[1])
    assert sum(len(one) for one in sample[1].claims.values()) > 50


def test_every_number_of_the_rules_texts_on_online_retail_is_claimed(online_retail: Settings) -> None:
    assert_all_claimed(Supervisor(connect(online_retail)).weekly(date(2011, 12, 10)))
