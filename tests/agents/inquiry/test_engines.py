"""DuckDB and PostgreSQL answer every kind of question with the same numbers to the last digit."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from agents.inquiry.desk import InquiryDesk
from agents.ports import Services
from apps.importing import load_sample
from integrations import connect
from tests.agents.inquiry.conftest import TODAY
from tests.business import settings_of
from tests.postgres import own_database

QUESTIONS = (
    "revenue by channel last quarter",
    "net revenue by segment in October 2026",
    "new customers by week since September 2026",
    "gross revenue by quarter since 2025",
    "top 5 products this year",
    "units of masala chai in October 2026 vs September 2026",
    "which channel had the best ROAS last month?",
    "who are our best customers?",
    "customers by country",
    "LTV by segment",
    "how many at-risk customers in Germany?",
    "why did revenue drop in February 2026?",
    "why did CAC go up last week?",
    "tickets by topic last month",
    "first response time by week in October 2026",
    "how happy are our customers?",
    "how happy are customers in Peru?",
    "returning customers by month in 2026",
)


def test_both_engines_give_the_same_answers(tmp_path: Path, shop: Services) -> None:
    with own_database() as url:
        settings = settings_of(tmp_path / "postgres", url)
        load_sample(settings, date(2026, 11, 15), if_empty=False)
        services = connect(settings)
        services.now = lambda: TODAY
        ours, theirs = (InquiryDesk(each, lambda text: text) for each in (shop, services))
        for question in QUESTIONS:
            one, other = (desk.ask(question).model_dump(exclude={"sql"}) for desk in (ours, theirs))
            assert one == other, question
        services.close()
