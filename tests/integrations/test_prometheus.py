"""The text that Prometheus reads."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from agents.measures import Tally
from integrations.prometheus import Gauge, exposition

TALLIES = [
    Tally(name="gtm_answers", labels={"decision": "answer", "mode": "offline"}, value=3),
    Tally(name="gtm_answer_seconds", labels={"mode": "offline"}, edge="0.1", value=2),
    Tally(name="gtm_answer_seconds", labels={"mode": "offline"}, edge="+Inf", value=1),
    Tally(name="gtm_answer_seconds", labels={"mode": "offline"}, edge="sum", value=70.5),
]


def test_sums_become_counters_and_cumulative_histograms() -> None:
    families = {each.name: each for each in text_string_to_metric_families(exposition(TALLIES, []).decode())}
    answers = families["gtm_answers"]
    assert [(answers.type, one.name, one.labels, one.value) for one in answers.samples] == [
        ("counter", "gtm_answers_total", {"decision": "answer", "mode": "offline"}, 3.0)
    ]
    buckets = {
        one.labels["le"]: one.value
        for one in families["gtm_answer_seconds"].samples
        if one.name.endswith("_bucket")
    }
    assert (buckets["0.05"], buckets["0.1"], buckets["60"], buckets["+Inf"]) == (0, 2, 2, 3)
    rest = {one.name: one.value for one in families["gtm_answer_seconds"].samples if "le" not in one.labels}
    assert rest == {"gtm_answer_seconds_count": 3.0, "gtm_answer_seconds_sum": 70.5}


def test_what_is_not_known_has_no_line() -> None:
    gauges: list[Gauge] = [
        ("gtm_a", "Known.", [({"model": "x"}, 1.0), ({"model": "y"}, None)]),
        ("gtm_b", "Not known.", [({}, None)]),
    ]
    text = exposition([], gauges).decode()
    assert 'gtm_a{model="x"} 1.0' in text
    assert "y" not in text.split("gtm_a", 1)[1].split("#")[0].replace("gtm_", "")
    assert "gtm_b" not in text
