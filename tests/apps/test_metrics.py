"""`/metrics` as a Prometheus server asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from starlette.testclient import TestClient

from apps.server import build_app
from tests.desk import Desk, open_desk, write_documents


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(tmp_path / "home", documents=[write_documents(tmp_path / "documents")])
    yield desk
    desk.close()


def client(desk: Desk, token: str | None) -> TestClient:
    settings = desk.settings.model_copy(update={"metrics_token": SecretStr(token) if token else None})
    return TestClient(build_app(desk.session, settings), base_url="http://desk")


def test_without_a_token_there_is_no_such_page(desk: Desk) -> None:
    asked = client(desk, None).get("/metrics", headers={"authorization": "Bearer "})
    assert asked.status_code == 404


@pytest.mark.parametrize("given", [None, "Bearer wrong", "Basic secret", "secret", "Bearer", "Bearer sécret"])
def test_nobody_without_the_token_reads_them(desk: Desk, given: str | None) -> None:
    headers = {b"authorization": given.encode()} if given else {}
    asked = client(desk, "secret").get("/metrics", headers=headers)
    assert (asked.status_code, "gtm_" in asked.text) == (401, False)


def test_they_count_what_any_process_on_the_home_has_done(desk: Desk) -> None:
    other = open_desk(desk.home)
    for session in (desk.session, other.session):
        session.ask("Can unopened tins come back?")
    other.close()
    desk.session.ask("I want to talk to a human")
    desk.services.telemetry.flush()
    answer = client(desk, "secret").get("/metrics", headers={"authorization": "Bearer secret"})
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = {
        (one.name, *sorted(one.labels.items())): one.value
        for family in text_string_to_metric_families(answer.text)
        for one in family.samples
    }
    offline = ("mode", "offline")
    assert samples["gtm_answers_total", ("decision", "answer"), offline] == 2
    assert samples["gtm_answers_total", ("decision", "escalate"), offline] == 1
    assert samples["gtm_answer_seconds_count", offline] == 3
    assert samples[("gtm_reviews_waiting",)] == 1
    assert samples[("gtm_index_ok",)] == 1
    assert ("gtm_jobs_beat_age_seconds",) not in samples, "nobody has done the jobs yet"


def test_sums_do_not_fall_when_a_customer_is_forgotten(desk: Desk) -> None:
    desk.session.ask("I am ann@mail.example; can unopened tins come back?")
    desk.services.telemetry.flush()
    before = desk.session.health.tallies()
    desk.session.privacy.forget("ann@mail.example", by="Bo", origin="test")
    assert desk.session.health.tallies() == before != []
