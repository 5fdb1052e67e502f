"""What the words of an answer depend on besides the numbers."""

from __future__ import annotations

from dataclasses import dataclass

from agents.inquiry.assignment import Assignment
from agents.inquiry.metrics import Metric
from agents.inquiry.phrasing import listed

_RESTS_ON = {
    "average_order_value": ("order", "orders"),
    "cac_blended": ("new customer", "new customers"),
    "cac_paid": ("new customer", "new customers"),
    "ltv_historic": ("customer", "customers"),
    "retention": ("new customer", "new customers"),
}


@dataclass(frozen=True, slots=True)
class Context:
    """The currency, whether the data are a sample, the fewest that an average may rest on, and attribution."""

    currency: str
    sample: bool
    fewest: int
    paid_channels: frozenset[str]
    attribution: str

    def too_few(self, metric: Metric, number: int) -> str:
        """Why an average of so few is not told."""
        one, many = _RESTS_ON.get(metric.name, ("ticket", "tickets"))
        return f"it would rest on {number} {one if number == 1 else many}, and {self.fewest} are needed"

    def about_parts(self, assignment: Assignment) -> tuple[str, ...]:
        """What has to be said of parts by channel."""
        if assignment.query.by != "channel" and assignment.query.restriction("channel") is None:
            return ()
        if assignment.metric.name == "roas":
            paid = listed(sorted(one.replace("_", " ") for one in self.paid_channels), "and")
            return (f"Attribution: {self.attribution}. Only paid channels are ranked: {paid}.",)
        if assignment.metric.source == "sales" and assignment.metric.name != "marketing_spend":
            return (f"Attribution: {self.attribution}.",)
        return ()
