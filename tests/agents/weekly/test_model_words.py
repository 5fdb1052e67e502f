"""A model words the week, and only facts get through: what it makes up is told to it, then the rules' words stand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from agents.models.policy import ModelPolicy, load_model_policy
from agents.prompting import load_prompts
from agents.weekly.model_words import ModelWriter
from agents.weekly.policy import Wording
from agents.weekly.words import RuleWriter
from tests.findings import ORDER, POLICY, findings
from tests.model_room import Ledger, room_on
from tests.model_server import ModelServer, Turn, model_server

FINDINGS = findings()
RULES = RuleWriter(POLICY)
TRUE = "Net revenue grew 3% on the week before, to $49,322."
FALSE = "Net revenue grew 4% on the week before, to $51,000."


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


def quick() -> ModelPolicy:
    """The shipped policy with short waits, no model to fall back on, and no memory."""
    shipped = load_model_policy().model_dump()
    for each in shipped["specialists"].values():
        each |= {"fallback": None, "cache": False}
    return ModelPolicy.model_validate(shipped | {"backoff_seconds": 0.01})


def writer(server: ModelServer, ledger: Ledger, seconds: float = 20) -> ModelWriter:
    policy = POLICY.model_copy(update={"words": Wording(deadline_seconds=seconds)})
    return ModelWriter(policy, room_on(server, ledger, quick()), RULES)


def said(text: str) -> Turn:
    return Turn(value={"text": text})


def told(request: dict[str, Any]) -> str:
    return json.dumps(request["messages"], ensure_ascii=False)


def test_words_that_are_all_facts_are_shown_with_claims_and_who_wrote_them(server: ModelServer) -> None:
    ledger = Ledger()
    server.say(said(TRUE))
    one = writer(server, ledger).write("finance", FINDINGS)
    assert one.text == TRUE
    assert [(one.text[c.start : c.end], c.name) for c in one.claims] == [
        ("3%", "net_revenue.change"),
        ("$49,322", "net_revenue"),
    ]
    assert (one.by.by, one.by.prompt) == ("gpt-4.1-mini", "weekly_finance@1")
    assert [(text.specialist, text.prompt, text.ending) for text in ledger.written] == [
        ("finance", "weekly_finance@1", "ok")
    ]


def test_a_made_up_number_is_told_to_the_model_and_a_better_text_is_taken(server: ModelServer) -> None:
    server.say(said(FALSE), said(TRUE))
    one = writer(server, Ledger()).write("finance", FINDINGS)
    assert one.text == TRUE
    assert len(server.requests) == 2
    assert "“$51,000” is not among the facts for net revenue" in told(server.requests[1])


@pytest.mark.parametrize(
    "turn",
    [
        said(FALSE),
        said(""),
        said(f"{TRUE} See https://example.com for more."),
        said(TRUE * 40),
        Turn(text="no form at all"),
        Turn(status=500),
        Turn(status=401),
    ],
)
def test_what_never_holds_leaves_the_rules_words_in_three_calls_at_most(
    server: ModelServer, turn: Turn
) -> None:
    ledger = Ledger()
    server.say(turn)
    one = writer(server, ledger).write("finance", FINDINGS)
    assert one == RULES.write("finance", FINDINGS)
    assert one.by.by == "rules"
    assert [1 <= text.attempts <= 3 and text.ending != "ok" for text in ledger.written] == [True]


def test_a_model_that_does_not_answer_is_left_at_the_deadline_of_the_whole_run(server: ModelServer) -> None:
    server.say(Turn(value={"text": TRUE}, delay=60))
    slow = writer(server, Ledger(), seconds=3)
    assert slow.write("finance", FINDINGS) == RULES.write("finance", FINDINGS)
    assert server.left.acquire(timeout=30)
    asked = len(server.requests)
    assert slow.write("insights", FINDINGS) == RULES.write("insights", FINDINGS)
    assert len(server.requests) == asked  # no time was left to ask for another text


def test_the_summary_says_that_data_are_a_sample_whatever_the_model_says(server: ModelServer) -> None:
    server.say(said(TRUE))
    one = writer(server, Ledger()).summary(FINDINGS)
    assert one.text == f"These are sample data of an invented shop. {TRUE}"
    assert [one.text[c.start : c.end] for c in one.claims] == ["3%", "$49,322"]


def test_an_order_in_a_campaign_s_name_reaches_no_model_and_no_text(server: ModelServer) -> None:
    server.say(said("Net revenue was $1,000,000."))
    one = writer(server, Ledger()).write("marketing", FINDINGS)
    assert one == RULES.write("marketing", FINDINGS)
    assert one.text.count("$1,000,000") == 1  # in the name, quoted, as the business has it
    assert f"“{ORDER}”" in one.text
    assert all(
        "1,000,000" not in told(request).partition("That cannot be used")[0]
        for request in server.requests[:1]
    )
    assert "Spring 25% off" in told(server.requests[0])


@pytest.mark.parametrize("name", ["finance", "marketing", "insights", "support"])
def test_a_model_is_told_facts_and_no_customer(server: ModelServer, name: Any) -> None:
    server.say(said(""))
    writer(server, Ledger()).write(name, FINDINGS)
    first = told(server.requests[0])
    assert "17850" not in first
    assert "name it" in first


def test_the_draft_that_a_model_is_given_holds_by_itself(server: ModelServer) -> None:
    def as_drafted(body: dict[str, Any]) -> Turn:
        return said(str(body["messages"][-1]["content"]).partition("holds:\n")[2].strip())

    server.say(as_drafted)
    words = writer(server, Ledger())
    written = [words.write(name, FINDINGS) for name in FINDINGS.facts]
    assert all(one.by.by.startswith("gpt") for one in written)
    assert [len(server.requests), *(bool(one.claims) for one in written)] == [4, True, True, True, True]


def test_every_prompt_of_the_week_can_be_tried() -> None:
    prompts = {name: prompt for name, prompt in load_prompts().items() if name.startswith("weekly_")}
    assert sorted(prompts) == [
        f"weekly_{name}" for name in ("finance", "insights", "marketing", "summary", "support")
    ]
    assert all("Facts:" in prompt.sample().user for prompt in prompts.values())
