"""Traces and measures sent to a collector by OpenTelemetry's protocol, where an endpoint is set."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from agents.measures import MEASURES, readings
from agents.telemetry import Seen
from agents.tracing import Fact, Span, Trace

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import Tracer
    from opentelemetry.trace import Span as OpenSpan

SERVICE: Final = "gtm-desk"
TIMEOUT: Final = 3.0  # seconds for a request: a command that ends must not wait for a collector that is away

log = logging.getLogger(__name__)


class OpenTelemetrySink:
    """Sends on what was seen; a collector that is away costs what it was to be sent, and nothing else."""

    def __init__(self, endpoint: str) -> None:
        """Begin the exporters. Raises `ImportError` where the extra `otlp` is not installed."""
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import (  # noqa: PLC0415
            OTLPMetricExporter,
        )
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader  # noqa: PLC0415
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        from opentelemetry.sdk.trace.id_generator import RandomIdGenerator  # noqa: PLC0415
        from opentelemetry.sdk.trace.sampling import ALWAYS_ON  # noqa: PLC0415

        class OurIds(RandomIdGenerator):
            """Gives a trace the id under which the team knows it."""

            trace = 0

            def generate_trace_id(self) -> int:
                return self.trace

        base = endpoint.rstrip("/")
        own = Resource({"service.name": SERVICE, "service.instance.id": secrets.token_hex(8)})
        resource = own.merge(OTELResourceDetector().detect())
        self._ids = OurIds()
        self._traces = TracerProvider(
            sampler=ALWAYS_ON, resource=resource, shutdown_on_exit=False, id_generator=self._ids
        )
        spans = OTLPSpanExporter(endpoint=f"{base}/v1/traces", timeout=TIMEOUT)
        self._traces.add_span_processor(BatchSpanProcessor(spans))
        measured = OTLPMetricExporter(endpoint=f"{base}/v1/metrics", timeout=TIMEOUT)
        self._metrics = MeterProvider(
            [PeriodicExportingMetricReader(measured)], resource=resource, shutdown_on_exit=False
        )
        self._tracer: Tracer = self._traces.get_tracer(SERVICE)  # type: ignore[assignment]
        meter = self._metrics.get_meter(SERVICE)
        self._add: dict[str, Any] = {
            measure.name: meter.create_histogram(
                measure.name, "s", measure.help, explicit_bucket_boundaries_advisory=measure.edges
            ).record
            if measure.edges
            else meter.create_counter(measure.name, description=measure.help).add
            for measure in MEASURES
        }

    def take(self, seen: Sequence[Seen]) -> None:
        """Send it on soon."""
        for one in seen:
            if isinstance(one, Trace):
                self._send(one)
            for reading in readings(one):
                self._add[reading.measure.name](reading.value, dict(reading.labels))

    def close(self) -> None:
        """Send what is held back."""
        self._traces.shutdown()
        self._metrics.shutdown(timeout_millis=1000 * TIMEOUT)

    def _send(self, trace: Trace) -> None:
        from opentelemetry.context import Context  # noqa: PLC0415
        from opentelemetry.trace import set_span_in_context  # noqa: PLC0415

        self._ids.trace = int(trace.id, 16)
        begun: list[OpenSpan] = []
        for span in trace.spans:
            above = Context() if span.parent is None else set_span_in_context(begun[span.parent], Context())
            start = _nanoseconds(trace.at, span.began)
            begun.append(
                self._tracer.start_span(span.name, above, attributes=attributes(span.facts), start_time=start)
            )
        for span, open_span in zip(trace.spans, begun, strict=True):
            _end(open_span, span, _nanoseconds(trace.at, span.began + span.seconds))


def attributes(facts: Mapping[str, Fact]) -> dict[str, Any]:
    """Facts under names of our own; what is not known is left out."""
    return {f"gtm.{name.replace(' ', '_')}": fact for name, fact in facts.items() if fact is not None}


def _end(open_span: OpenSpan, span: Span, at: int) -> None:
    from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415

    if span.failed:
        open_span.set_attribute("error.type", span.failed)
        open_span.set_status(Status(StatusCode.ERROR))
    open_span.end(at)


def _nanoseconds(at: datetime, later: float) -> int:
    return int(at.timestamp() * 1_000_000) * 1000 + int(later * 1_000_000_000)


def open_collector(endpoint: str | None) -> list[OpenTelemetrySink]:
    """The sink for an endpoint; none without one, or, with a word in the log, without the packages for it."""
    if not endpoint:
        return []
    try:
        return [OpenTelemetrySink(endpoint)]
    except ImportError as error:
        log.warning(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but nothing is sent there (%s). "
            "Install what that needs: pip install 'gtm-desk[otlp]'.",
            error,
        )
        return []
