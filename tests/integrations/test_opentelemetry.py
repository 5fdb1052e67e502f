"""What a collector is sent: a real HTTP server reads OpenTelemetry's own messages."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from agents.models.calls import ModelCall
from agents.telemetry import Telemetry
from agents.tracing import Span, Trace
from integrations.opentelemetry import OpenTelemetrySink, open_collector

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TRACE = Trace(
    id="00112233445566778899aabbccddeeff",
    conversation="secret-conversation",
    at=NOW,
    seconds=0.5,
    spans=(
        Span(name="answer", began=0, seconds=0.5, facts={"decision": "answer", "mode": "offline"}),
        Span(
            name="retrieval",
            began=0.1,
            seconds=0.2,
            parent=0,
            facts={"sections": ("a.md, 1",), "by rule": False},
        ),
        Span(name="words", began=0.3, seconds=0.1, parent=0, facts={"cache": None}, failed="Transient"),
    ),
)
CALL = ModelCall(
    at=NOW,
    specialist="support",
    model="gpt-4.1-mini",
    prompt="support_answer@2",
    seconds=1.5,
    input_tokens=100,
    output_tokens=20,
    micro_dollars=72,
    ending="ok",
)


class Collector:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        self.resources: list[dict[str, str]] = []
        self.metrics: dict[str, Any] = {}

    def take(self, path: str, body: bytes) -> None:
        if path == "/v1/traces":
            for group in ExportTraceServiceRequest.FromString(body).resource_spans:
                named = group.resource.attributes
                self.resources.append({each.key: each.value.string_value for each in named})
                self.spans += [span for scope in group.scope_spans for span in scope.spans]
        elif path == "/v1/metrics":
            for metrics in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                self.metrics |= {each.name: each for scope in metrics.scope_metrics for each in scope.metrics}


@contextmanager
def collecting(collector: Collector) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            zipped = self.headers.get("content-encoding") == "gzip"
            collector.take(self.path, gzip.decompress(body) if zipped else body)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def sent() -> Collector:
    """What a collector has after one answer and one call."""
    collector = Collector()
    with collecting(collector) as url:
        sink = OpenTelemetrySink(url)
        sink.take([TRACE, CALL])
        sink.close()
    return collector


def test_a_trace_arrives_under_our_id_with_its_parts_in_place(sent: Collector) -> None:
    assert {span.trace_id.hex() for span in sent.spans} == {TRACE.id}
    spans = {span.name: span for span in sent.spans}
    assert set(spans) == {"answer", "retrieval", "words"}
    assert spans["answer"].parent_span_id == b""
    assert spans["retrieval"].parent_span_id == spans["words"].parent_span_id == spans["answer"].span_id
    taken = spans["retrieval"].end_time_unix_nano - spans["retrieval"].start_time_unix_nano
    assert taken == pytest.approx(200_000_000, abs=1000)
    assert spans["retrieval"].start_time_unix_nano == int(NOW.timestamp()) * 10**9 + 100_000_000
    assert sent.resources[0]["service.name"] == "gtm-desk"


def test_facts_arrive_as_attributes_and_failures_as_errors(sent: Collector) -> None:
    spans = {span.name: {each.key: each.value for each in span.attributes} for span in sent.spans}
    assert spans["answer"]["gtm.decision"].string_value == "answer"
    assert spans["retrieval"]["gtm.by_rule"].bool_value is False
    sections = spans["retrieval"]["gtm.sections"].array_value.values
    assert [each.string_value for each in sections] == ["a.md, 1"]
    assert set(spans["words"]) == {"error.type"}
    assert {span.name: span.status.code for span in sent.spans}["words"] == 2


def test_the_conversation_is_not_sent(sent: Collector) -> None:
    assert "secret-conversation" not in str(sent.spans)


def test_measures_arrive(sent: Collector) -> None:
    (answers,) = sent.metrics["gtm_answers"].sum.data_points
    assert answers.as_double or answers.as_int == 1
    (seconds,) = sent.metrics["gtm_model_call_seconds"].histogram.data_points
    assert (seconds.count, seconds.sum) == (1, 1.5)
    tokens = sent.metrics["gtm_model_tokens"].sum.data_points
    assert sorted(point.as_int or point.as_double for point in tokens) == [20, 100]


def test_without_an_endpoint_nothing_is_sent() -> None:
    assert open_collector(None) == []


def test_a_collector_that_is_away_costs_no_answer_and_holds_up_no_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    telemetry = Telemetry(lambda: open_collector(url))
    with telemetry.trace("answer"):
        pass
    telemetry.close()
    assert any(record.name.startswith("opentelemetry") for record in caplog.records)
