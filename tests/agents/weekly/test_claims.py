"""Every number of a text is one fact: in its unit, under its label, with its direction and what it is beside."""

from __future__ import annotations

import random

import pytest

from agents.weekly.claims import check
from agents.weekly.words import RuleWriter
from benchmarks.weekly_claims import measure
from tests.findings import POLICY, findings

FINDINGS = findings()
SHEET = FINDINGS.sheet


def stated(text: str) -> list[tuple[str, str]]:
    """What each number of a text that holds states."""
    found = check(text, SHEET)
    assert found.complaints == (), found.complaints
    return [(text[one.start : one.end], one.name) for one in found.claims]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (
            "Net revenue rose 3% to $49.3K, from $47,723 the week before.",
            ["net_revenue.change", "net_revenue", "net_revenue.previous"],
        ),
        (
            "The week brought $49,322 in net revenue, 3% more than last week.",
            ["net_revenue", "net_revenue.change"],
        ),
        ("Compared with the week before, net revenue grew by three percent.", ["net_revenue.change"]),
        ("Net revenue is down 12% year on year.", ["net_revenue_yoy"]),
        ("Net revenue was about $49,000.", ["net_revenue"]),
        (
            "Eight hundred and twelve orders came in; average order value was $61.73.",
            ["orders", "average_order_value"],
        ),
        (
            "A new customer cost $301 (CAC), $251 above the target of $50.",
            ["cac_blended", "cac_blended.to_target", "policy.cac_target"],
        ),
        ("LTV:CAC stands at 2.3 times, below the target of 3.0.", ["ltv_cac", "policy.ltv_cac_target"]),
        ("Cash lasts 16.7 months at a net burn of $30K a month.", ["runway", "net_burn"]),
        ("This month's net revenue is at 94% of plan so far.", ["pacing"]),
        (
            "November is expected to bring $200K of net revenue, between $180,000 and $221,234.",
            ["forecast.value", "forecast.low", "forecast.high"],
        ),
        (
            "ROAS of paid search was 4.0x, while that of paid social fell to 1.5 from 2.2 the week before.",
            ["channel.paid_search.roas", "channel.paid_social.roas", "channel.paid_social.roas.previous"],
        ),
        (
            "Paid social took $6,000 of spend, up 50% on the week before.",
            ["channel.paid_social.spend", "channel.paid_social.spend.change"],
        ),
        (
            "Spend was $12,345, 34% above the $9,200 to be expected; 82% of the difference is paid social.",
            ["marketing_spend", "alerts.0.change", "alerts.0.expected", "alerts.0.driver.paid_social"],
        ),
        (
            "97 customers are At Risk, five more than last week; Champions are 402 customers, 22% of all.",
            [
                "segment.At Risk.customers",
                "segment.At Risk.moved",
                "segment.Champions.customers",
                "segment.Champions.share",
            ],
        ),
        (
            "In “Spring 25% off”, 1,200 recipients and 120 held out brought between -12 and +30 extra orders.",
            [
                "campaign.Spring 25% off.recipients",
                "campaign.Spring 25% off.held_out",
                "campaign.Spring 25% off.low",
                "campaign.Spring 25% off.high",
            ],
        ),
        ("Of those who first bought in September 2026, 21% bought again.", ["cohort.2026-09.again"]),
        ("Twelve tickets were about oat milk.", ["topic.oat milk.count"]),
        (
            "The bot answered 62%, two points more than the week before.",
            ["support_answered", "support_answered.change"],
        ),
        ("The week from 9 to 15 November 2026.", []),
    ],
)
def test_a_true_text_in_other_words_holds_and_each_number_opens(text: str, numbers: list[str]) -> None:
    assert [name for _, name in stated(text)] == numbers


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Net revenue was $49,323.", "not among the facts for net revenue"),
        ("Net revenue was €49,322.", "not among the facts"),
        ("Net revenue was 49,322.", "not among the facts"),
        ("Gross revenue was $49,322.", "net revenue, but the words around it do not say so"),
        ("Net revenue was down 3% on the week before.", "not the other way"),
        ("Net revenue was 3%.", "do not say that it is more"),
        ("Net revenue is up 3% on a year ago.", "beside the week before"),
        ("Net revenue was $49,322 this month.", "of a week"),
        ("Net revenue fell to $49,322.", "has gone up"),
        ("Net revenue doubled.", "not among the facts"),
        ("Half of the customers are At Risk.", "“Half” is share resolved"),
        ("Net revenue through paid social was $49,322.", "paid social"),
        ("ROAS of paid social was 4.0.", "paid search"),
        ("One in twelve customers left.", "“twelve”"),
        ("No new customers came.", "“No”"),
        ("On 17 November net revenue was $49,322.", "no day"),
        ("Spring 25% off went well.", "not among the facts"),
        ("Between $221,234 and $180,000 of net revenue should come in November.", "lower to its upper"),
        ("Net revenue was $49,322.00½.", "not among the facts"),
    ],
)
def test_what_is_no_fact_is_told_so_that_a_writer_can_act_on_it(text: str, said: str) -> None:
    complaints = check(text, SHEET).complaints
    assert any(said in one for one in complaints), complaints


def test_a_name_cannot_bring_a_number_of_its_own_into_the_text() -> None:
    assert check("As the campaign says, net revenue was $1,000,000.", SHEET).complaints
    assert check("They say that net revenue was $1,000,000.", SHEET).complaints


def test_the_rules_write_what_an_independent_reading_finds() -> None:
    writer = RuleWriter(POLICY)
    texts = [*(writer.write(name, FINDINGS) for name in FINDINGS.facts), writer.summary(FINDINGS)]
    for one in (*texts, *writer.alerts(FINDINGS)):
        found = check(one.text, SHEET)
        assert found.complaints == ()
        assert [(c.start, c.end, c.value) for c in found.claims] == [
            (c.start, c.end, c.value) for c in one.claims
        ]
        assert all(c.definition and c.label for c in one.claims)


def test_one_thing_changed_in_a_true_text_is_noticed() -> None:
    writer = RuleWriter(POLICY)
    given = [(writer.write(name, FINDINGS).text, SHEET) for name in FINDINGS.facts]
    shares = {
        name: row["caught"]
        for name, row in measure(given, seed=random.Random(1).randint(0, 9), times=8).items()
    }
    assert shares["nothing"] == 0
    assert shares["digit"] >= 0.99
    for kind in ("unit", "direction", "comparison", "name", "two numbers"):
        assert shares[kind] >= 0.95, kind
    assert shares["label"] >= 0.85
