"""The desk's sums and standings in the text that Prometheus reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from agents.measures import MEASURES, Measure, Tally

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Gauge = tuple[str, str, Sequence[tuple[Mapping[str, str], float | None]]]
"""A name, what it is, and its values by label; one that is None is not known and left out."""


def exposition(tallies: Sequence[Tally], gauges: Iterable[Gauge]) -> bytes:
    """All of it as one text. A measure that nothing was added to yet has no line."""

    class Everything:
        """Prometheus' client asks a collector; this one has it all already."""

        def collect(self) -> Iterator[Metric]:
            """Each measure with its values."""
            yield from _measures(tallies)
            yield from _gauges(gauges)

    return generate_latest(Everything())


def _measures(tallies: Sequence[Tally]) -> Iterator[Metric]:
    by_name: defaultdict[str, list[Tally]] = defaultdict(list)
    for tally in tallies:
        by_name[tally.name].append(tally)
    for measure in MEASURES:
        found = by_name[measure.name]
        if not found:
            continue
        labels = list(found[0].labels)
        if measure.edges:
            yield _histogram(measure, labels, found)
            continue
        counter = CounterMetricFamily(measure.name, measure.help, labels=labels)
        for tally in found:
            counter.add_metric(list(tally.labels.values()), tally.value)
        yield counter


def _histogram(measure: Measure, labels: list[str], tallies: Sequence[Tally]) -> Metric:
    histogram = HistogramMetricFamily(measure.name, measure.help, labels=labels)
    counted: defaultdict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for tally in tallies:
        counted[tuple(tally.labels.values())][tally.edge] = tally.value
    for values, edges in counted.items():
        buckets: list[tuple[str, float]] = []
        sofar = 0.0
        for edge in (*(f"{edge:g}" for edge in measure.edges), "+Inf"):
            sofar += edges.get(edge, 0.0)
            buckets.append((edge, sofar))
        histogram.add_metric(list(values), buckets, edges.get("sum", 0.0))
    return histogram


def _gauges(gauges: Iterable[Gauge]) -> Iterator[Metric]:
    for name, explained, values in gauges:
        known = [(labels, value) for labels, value in values if value is not None]
        if known:
            gauge = GaugeMetricFamily(name, explained, labels=list(known[0][0]))
            for labels, value in known:
                gauge.add_metric(list(labels.values()), value)
            yield gauge
