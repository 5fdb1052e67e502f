"""Claude as another host: asked for its own models alone, with the same promises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from agents.alerts import Alarm
from agents.errors import ModelMisused
from agents.models.calls import NoWords
from agents.models.policy import ModelPolicy, ModelTerms, Prices
from agents.models.room import ModelRoom
from agents.presence import Presence
from integrations.model_hosts import open_model_hosts
from integrations.settings import Settings
from tests.anthropic_server import AnthropicServer, anthropic_server
from tests.model_room import GOOD, Ledger, job, leave_once, now, policy
from tests.model_server import Turn, model_server

CLAUDE = "claude-sonnet-5"


@pytest.fixture
def server() -> Iterator[AnthropicServer]:
    with anthropic_server() as server:
        yield server


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def settings(server: AnthropicServer, openai_url: str | None = None) -> Settings:
    return Settings(
        home=Path("unused"),
        anthropic_api_key=SecretStr("key"),
        anthropic_base_url=server.url,
        openai_api_key=SecretStr("key") if openai_url else None,
        openai_base_url=openai_url,
    )


def on_claude(fallback: str | None = None) -> ModelPolicy:
    rules = policy()
    support = rules.specialists["support"].model_copy(
        update={"model": CLAUDE, "fallback": fallback, "timeout_seconds": 5.0}
    )
    return rules.model_copy(
        update={
            "specialists": rules.specialists | {"support": support},
            "models": rules.models | {CLAUDE: ModelTerms(price=Prices(input=3, output=15))},
        }
    )


def room_of(settings: Settings, ledger: Ledger, rules: ModelPolicy) -> ModelRoom:
    room = ModelRoom(rules, open_model_hosts(settings), ledger, now, alarm=Alarm(ledger, now))
    room.warm("support")
    return room


def test_claude_writes_in_the_form_and_is_billed(server: AnthropicServer, ledger: Ledger) -> None:
    server.say(Turn(value={"number": 8}), GOOD)
    words = room_of(settings(server), ledger, on_claude()).write(job())
    assert (words.value.number, words.model, words.attempts) == (7, CLAUDE, 2)
    assert [call.ending for call in ledger.calls] == ["ungrounded", "ok"]
    assert ledger.calls[1].micro_dollars == 100 * 3 + 20 * 15
    told = str(server.requests[1]["messages"][-1]["content"])
    assert "8 is not the number" in told


def test_claude_is_heard_while_it_writes(server: AnthropicServer, ledger: Ledger) -> None:
    server.say(GOOD)
    heard: list[Mapping[str, Any]] = []

    def hear(part: Mapping[str, Any]) -> list[str]:
        heard.append(part)
        return []

    words = room_of(settings(server), ledger, on_claude()).write(job(hear=hear))
    assert words.value.number == 7
    assert heard[-1] == {"number": 7}
    [call] = ledger.calls
    assert (call.input_tokens, call.output_tokens, call.detail) == (100, 20, "")


@pytest.mark.parametrize(
    ("status", "why"), [(401, "refused"), (400, "misused"), (404, "misused"), (529, "down"), (500, "down")]
)
def test_its_errors_mean_what_they_mean_elsewhere(
    server: AnthropicServer, ledger: Ledger, status: int, why: str
) -> None:
    server.say(Turn(status=status))
    with pytest.raises(NoWords) as failure:
        room_of(settings(server), ledger, on_claude()).write(job())
    assert failure.value.why == why


def test_whoever_leaves_cuts_claude_off(server: AnthropicServer, ledger: Ledger) -> None:
    server.say(Turn(value=GOOD.value, delay=30))
    presence = Presence()
    leave_once(lambda: server.requests, presence)
    with pytest.raises(NoWords, match="gone"):
        room_of(settings(server), ledger, on_claude()).write(job(30, presence=presence))
    assert server.left.acquire(timeout=5)


def test_each_model_is_asked_on_its_own_host(server: AnthropicServer, ledger: Ledger) -> None:
    with model_server() as other:
        server.say(Turn(status=503))
        other.say(GOOD)
        words = room_of(settings(server, other.url), ledger, on_claude("gpt-4.1-nano")).write(job())
    assert words.model == "gpt-4.1-nano"
    assert {request["model"] for request in server.requests} == {CLAUDE}


def test_a_model_without_a_host_is_named(server: AnthropicServer, ledger: Ledger) -> None:
    hosts = open_model_hosts(settings(server))
    assert hosts is not None
    with pytest.raises(ModelMisused, match=r"gpt-4\.1-mini.*OPENAI_API_KEY"):
        hosts.of("gpt-4.1-mini")
    room = ModelRoom(policy(), hosts, ledger, now, alarm=Alarm(ledger, now))
    room.warm("support")
    with pytest.raises(NoWords, match="OPENAI_API_KEY"):
        room.write(job())


def test_the_doctor_can_ask_for_its_models(server: AnthropicServer) -> None:
    hosts = open_model_hosts(settings(server))
    assert hosts is not None
    assert hosts.of(CLAUDE).check() == [CLAUDE]


def test_a_second_room_in_the_process_reaches_the_same_host(server: AnthropicServer, ledger: Ledger) -> None:
    server.say(GOOD)
    for _ in range(2):
        room = room_of(settings(server), ledger, on_claude())
        assert room.write(job()).attempts == 1
        room.close()
