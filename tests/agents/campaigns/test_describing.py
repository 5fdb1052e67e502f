"""Numbers of a campaign in words."""

from __future__ import annotations

import pytest

from agents.campaigns.describing import orders_said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0.04, "0"),
        (-0.04, "0"),
        (0.31, "+0.3"),
        (-2.0, "-2"),
        (9.96, "+10"),
        (1234.5, "+1,234"),
        (-36.2, "-36"),
    ],
)
def test_few_orders_are_told_to_a_tenth_and_none_has_no_sign(number: float, said: str) -> None:
    assert orders_said(number) == said
