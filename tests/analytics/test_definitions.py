"""No number without a meaning."""

from __future__ import annotations

from analytics import finance, support
from analytics.customers import SEGMENTS
from analytics.definitions import DEFINITIONS, SEGMENT_DEFINITIONS


def test_every_metric_of_a_report_has_a_definition() -> None:
    of_customers = {"customers", "ltv_historic", "ltv_predicted", "ltv_cac"}
    assert set(DEFINITIONS) == set(finance.UNITS) | set(support.UNITS) | of_customers


def test_every_segment_is_defined() -> None:
    assert set(SEGMENT_DEFINITIONS) == set(SEGMENTS)
