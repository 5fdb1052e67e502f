"""How many labelled questions go to the right place and are read rightly; the held-out half was not tuned on."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from agents.inquiry.desk import InquiryDesk
from agents.inquiry.lexicon import Lexicon
from agents.inquiry.reading import read
from agents.inquiry.routing import route
from agents.inquiry.spans import Calendar
from agents.ports import Services
from analytics.inquiries.business import read_business

QUESTIONS = Path(__file__).parents[2] / "data" / "inquiries" / "questions.jsonl"


def test_labelled_questions_go_where_they_belong_and_are_read_rightly(shop: Services) -> None:
    with shop.open_warehouse().reading() as tables:
        business = read_business(tables)
    lexicon = Lexicon(business, shop.open_weekly_policy().attribution.paid_channels)
    calendar = Calendar(shop.now().date(), *(business.ordered or (None, None)))
    counted: Counter[tuple[str, str]] = Counter()
    wrong: list[str] = []
    for line in QUESTIONS.read_text("utf-8").splitlines():
        asked = json.loads(line)
        half = "held out" if asked["held"] else "own"
        reading = read(asked["q"], calendar, lexicon)
        counted[half, "all"] += 1
        if route(asked["q"], reading) == asked["route"]:
            counted[half, "routed"] += 1
        elif not asked["held"]:
            wrong.append(asked["q"])
        if asked["route"] == "numbers":
            counted[half, "numbers"] += 1
            right = reading.metric == asked["metric"] and reading.by == asked.get("by", reading.by)
            counted[half, "read"] += right and reading.why == asked.get("why", reading.why)
    assert wrong == []
    assert counted["held out", "routed"] / counted["held out", "all"] >= 0.9, counted
    assert counted["held out", "read"] / counted["held out", "numbers"] >= 0.8, counted


def test_where_a_question_goes_is_known_without_looking_into_the_store(shop: Services) -> None:
    class Untouched:
        def __call__(self) -> None:
            raise AssertionError("the store was opened")

    opened = shop.open_warehouse
    shop.open_warehouse = Untouched()  # type: ignore[assignment]
    try:
        fresh = InquiryDesk(shop, lambda text: text)
        assert fresh.route("what's the return policy?") == "documents"
        assert fresh.route("what is our CAC?") == "numbers"
        assert (
            fresh.route("and in May?", [("customer", "revenue in April"), ("bot", "Net revenue was …")])
            == "numbers"
        )
        assert (
            fresh.route("and opened ones?", [("customer", "Can I return tins?"), ("bot", "Yes.")])
            == "documents"
        )
        assert fresh.route("revenue " * 1250) == "documents"
    finally:
        shop.open_warehouse = opened
