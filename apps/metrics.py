"""`/metrics`: the desk's sums and standings for Prometheus, for who has the token."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import datetime

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import SecretStr

from agents.errors import DeskError
from agents.health import HealthDesk
from agents.health_report import BudgetHealth, ModelHealth, WorkHealth
from agents.session import Session
from integrations.prometheus import Gauge

BREAKER = {"closed": 0, "half-open": 1, "open": 2}


def add_metrics(app: FastAPI, session: Session, token: SecretStr | None) -> None:
    """Serve them where a token is set; without one there is no such page."""
    expected = token.get_secret_value().strip() if token else ""

    @app.get("/metrics")
    def metrics(request: Request) -> Response:
        if not expected:
            return PlainTextResponse("There is no such page.", status_code=404)
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), expected.encode()):
            headers = {"www-authenticate": "Bearer"}
            return PlainTextResponse("Give the token of GTM_METRICS_TOKEN.", 401, headers=headers)
        from integrations.prometheus import CONTENT_TYPE, exposition  # noqa: PLC0415 - paid for where it is asked

        try:
            text = exposition(session.health.tallies(), _gauges(session.health))
        except DeskError as error:
            return PlainTextResponse(str(error), status_code=503)
        return Response(text, media_type=CONTENT_TYPE, headers={"cache-control": "no-store"})


def _gauges(health: HealthDesk) -> Iterator[Gauge]:
    """How the desk stands now, whichever process is asked."""
    now, work, budget = health.now(), health.work(), health.budget()
    yield from _of_work(now, work)
    yield from _of_models(budget, health.models())


def _of_work(now: datetime, work: WorkHealth) -> Iterator[Gauge]:
    waiting, beat = work.waiting, work.heartbeat
    oldest = (now - waiting.oldest).total_seconds() if waiting.oldest else None
    yield "gtm_reviews_waiting", "Questions that wait for a person.", [({}, waiting.reviews)]
    yield "gtm_reviews_late", "Questions that wait longer than promised.", [({}, waiting.late)]
    yield "gtm_review_oldest_seconds", "How long the oldest question has waited.", [({}, oldest)]
    outbox = [({"status": status}, float(count)) for status, count in work.outbox.items()]
    yield "gtm_outbox", "Effects by how they stand.", outbox
    silent = (now - beat).total_seconds() if beat else None
    yield "gtm_jobs_beat_age_seconds", "Since some process last said that it does the jobs.", [({}, silent)]
    yield "gtm_index_ok", "Whether questions can be answered from the index.", [({}, work.index == "ok")]
    yield "gtm_index_passages", "Passages in the index.", [({}, work.passages)]


def _of_models(budget: BudgetHealth, models: tuple[ModelHealth, ...]) -> Iterator[Gauge]:
    yield "gtm_budget_dollars", "What models may cost in a day (UTC).", [({}, budget.usd_a_day)]
    yield "gtm_budget_spent_dollars", "What models have cost today (UTC).", [({}, budget.spent)]
    called = [model for model in models if model.known is not None]
    breakers = [({"model": model.model}, float(BREAKER[model.breaker])) for model in called]
    yield "gtm_model_breaker", "0: calls pass; 1: one may try; 2: the model is left alone.", breakers
    requests = [({"model": model.model}, model.requests_left) for model in called]
    yield "gtm_model_requests_left", "Requests that the model's host still allows.", requests
    tokens = [({"model": model.model}, model.tokens_left) for model in called]
    yield "gtm_model_tokens_left", "Tokens that the model's host still allows.", tokens
