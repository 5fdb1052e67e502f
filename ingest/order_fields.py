"""What each kind of business file says: its fields, and which of them must be there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

Kind = Literal["orders", "refunds", "spend", "budget", "cash", "customers", "tickets"]
Form = Literal[
    "text", "id", "person", "amount", "integer", "day", "month", "currency", "choice", "yes_no", "zone"
]

KINDS: Final = get_args(Kind)
TABLE: Final[Mapping[Kind, str]] = {
    **{kind: kind for kind in KINDS},
    "orders": "sales",
    "refunds": "sales",
}
"""The table that a kind fills."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. A `person` is an id of a customer, a `choice` one of `choices`, a `zone` a time zone's name."""

    name: str
    form: Form = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    default: str | None = None


_CURRENCY = Field("currency", "currency")
_PART = Field(
    "part", "choice", choices=("sale", "discount", "shipping", "tax", "fee", "adjustment"), default="sale"
)

FIELDS: Final[Mapping[Kind, tuple[Field, ...]]] = {
    "orders": (
        Field("order_id", "id", required=True),
        Field("ordered_at", "day", required=True),
        Field("customer_id", "person"),
        Field("channel"),
        Field("country"),
        Field("line_id", "id"),
        Field("sku", "id"),
        Field("product"),
        Field("quantity", "integer", default="1"),
        Field("unit_price", "amount"),
        Field("line_total", "amount"),
        _PART,
        Field("order_discount", "amount"),
        Field("order_shipping", "amount"),
        Field("order_tax", "amount"),
        Field("order_subtotal", "amount"),
        Field("order_total", "amount"),
        Field("order_refund", "amount"),
        Field("refunded_at", "day"),
        Field("status"),
        _CURRENCY,
    ),
    "refunds": (
        Field("refund_id", "id"),
        Field("order_id", "id", required=True),
        Field("refunded_at", "day", required=True),
        Field("customer_id", "person"),
        Field("channel"),
        Field("country"),
        Field("amount", "amount", required=True),
        _CURRENCY,
    ),
    "spend": (
        Field("day", "day", required=True),
        Field("channel", required=True),
        Field("campaign"),
        Field("amount", "amount", required=True),
        _CURRENCY,
    ),
    "budget": (
        Field("month", "month", required=True),
        Field("item", required=True),
        Field("amount", "amount", required=True),
        _CURRENCY,
    ),
    "cash": (
        Field("day", "day", required=True),
        Field("account"),
        Field("cash_in", "amount"),
        Field("cash_out", "amount"),
        Field("balance", "amount"),
        _CURRENCY,
    ),
    "customers": (
        Field("customer_id", "person", required=True),
        Field("country"),
        Field("channel"),
        Field("joined", "day"),
        Field("name"),
        Field("email"),
        Field("consent", "yes_no"),
        Field("timezone", "zone"),
    ),
    "tickets": (
        Field("ticket_id", "id", required=True),
        Field("day", "day", required=True),
        Field("customer_id", "person"),
        Field("topic"),
        Field("status", "choice", choices=("answered", "escalated", "resolved", "open"), default="open"),
        Field("answered_by", "choice", choices=("bot", "person")),
        Field("first_response_seconds", "integer"),
        Field("satisfaction", "choice", choices=("positive", "neutral", "negative")),
    ),
}
