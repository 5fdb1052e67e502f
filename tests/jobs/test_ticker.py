"""Something done again and again."""

from __future__ import annotations

import logging

import pytest

from agents.errors import Transient
from jobs.ticker import Ticker
from tests.jobs.steps import wait_until


def test_it_goes_on_whatever_happens_and_says_each_trouble_once(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[int] = []

    def work() -> None:
        calls.append(1)
        if len(calls) < 5:
            raise Transient("the database is away")
        if len(calls) == 6:
            raise ZeroDivisionError("a fault")

    ticker = Ticker("looking", 0.01, work)
    with caplog.at_level(logging.WARNING, logger="jobs.ticker"):
        ticker.start()
        wait_until(lambda: len(calls) > 10)
        ticker.tell_to_stop()
        ticker.join(5)
    done = len(calls)
    assert [record.getMessage() for record in caplog.records] == [
        "looking: the database is away",
        "looking failed and goes on",
    ]
    assert len(calls) == done
