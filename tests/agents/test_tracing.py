"""Parts of a trace: what they hold, to whom they belong, and what becomes of them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from agents.errors import Transient
from agents.telemetry import Seen, Telemetry
from agents.tracing import Trace, ended, part, trace_id


class Kept:
    """A sink that keeps what it is given, and may be told to fail or to wait."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.closed = False
        self.error: Exception | None = None
        self.go_on = threading.Event()
        self.go_on.set()

    def take(self, seen: Sequence[Seen]) -> None:
        self.go_on.wait(10)
        if self.error is not None:
            raise self.error
        self.seen += seen

    def close(self) -> None:
        self.closed = True

    @property
    def traces(self) -> list[Trace]:
        return [one for one in self.seen if isinstance(one, Trace)]


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def telemetry(kept: Kept) -> Telemetry:
    return Telemetry(lambda: [kept])


def test_a_trace_holds_its_parts_in_order_with_their_facts_and_their_places(
    telemetry: Telemetry, kept: Kept
) -> None:
    with telemetry.trace("answer", "c1") as whole:
        with part("retrieval", passages=3) as finding:
            finding.note(sections=("a.md, 1",))
            ended("search", 0.0, index="chroma")
        with part("words"):
            assert trace_id() == whole.trace_id
    telemetry.close()
    (trace,) = kept.traces
    assert (trace.id, trace.conversation, trace.name) == (whole.trace_id, "c1", "answer")
    assert [(span.name, span.parent) for span in trace.spans] == [
        ("answer", None),
        ("retrieval", 0),
        ("search", 1),
        ("words", 0),
    ]
    assert trace.spans[1].facts == {"passages": 3, "sections": ("a.md, 1",)}
    assert all(span.began >= 0 and span.seconds <= trace.seconds for span in trace.spans)


def test_what_failed_is_named_and_the_trace_is_kept_all_the_same(telemetry: Telemetry, kept: Kept) -> None:
    with pytest.raises(ValueError, match="no"), telemetry.trace("answer"), part("retrieval"):
        raise ValueError("no")
    telemetry.close()
    assert [span.failed for span in kept.traces[0].spans] == ["ValueError", "ValueError"]


def test_outside_of_a_trace_parts_are_forgotten(telemetry: Telemetry, kept: Kept) -> None:
    with part("retrieval") as finding:
        finding.note(passages=1)
        assert trace_id() is None
    ended("search", 0.1)
    telemetry.close()
    assert kept.seen == []


def test_parts_on_other_threads_belong_to_the_trace_of_their_own(telemetry: Telemetry, kept: Kept) -> None:
    together = threading.Barrier(4)

    def answer(number: int) -> None:
        with telemetry.trace("answer", str(number)):
            together.wait(10)
            with part(f"part of {number}"):
                together.wait(10)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(answer, range(4)))
    telemetry.close()
    assert {(trace.conversation, trace.spans[1].name) for trace in kept.traces} == {
        (str(number), f"part of {number}") for number in range(4)
    }


def test_a_thread_that_is_given_the_context_adds_to_the_trace(telemetry: Telemetry, kept: Kept) -> None:
    with telemetry.trace("answer"):
        thread = threading.Thread(target=copy_context().run, args=(ended, "call", 0.0))
        thread.start()
        thread.join()
    telemetry.close()
    assert [span.name for span in kept.traces[0].spans] == ["answer", "call"]


def test_what_was_seen_is_handed_on_by_itself_and_at_once_where_somebody_waits(
    telemetry: Telemetry, kept: Kept
) -> None:
    with telemetry.trace("answer"):
        pass
    telemetry.flush()
    assert len(kept.traces) == 1
    telemetry.close()
    assert kept.closed


def test_after_it_was_closed_it_begins_anew(telemetry: Telemetry, kept: Kept) -> None:
    for _ in range(2):
        with telemetry.trace("answer"):
            pass
        telemetry.close()
    assert len(kept.traces) == 2


def test_a_sink_that_fails_does_not_end_the_keeping(
    telemetry: Telemetry, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    kept.error = Transient("away")
    for _ in range(3):
        with telemetry.trace("answer"):
            pass
        telemetry.flush()
    kept.error = None
    with telemetry.trace("answer"):
        pass
    telemetry.close()
    assert len(kept.traces) == 1
    assert [record.getMessage() for record in caplog.records if "away" in record.getMessage()] == [
        "What the desk sees of itself cannot be kept: away"
    ]


def test_what_a_slow_sink_cannot_take_is_dropped_in_the_end(kept: Kept) -> None:
    telemetry = Telemetry(lambda: [kept], most_waiting=100)
    kept.go_on.clear()
    for _ in range(2000):
        with telemetry.trace("answer"):
            pass
    kept.go_on.set()
    telemetry.close()
    assert 100 <= len(kept.traces) < 2000
