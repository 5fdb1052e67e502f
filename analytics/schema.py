"""The tables that all numbers are made from: their columns and types, the same on every engine.

Money is in minor units of the store's one currency and signed as it changes what the business has: a sale is
positive, a discount or a refund negative. Days are days of the business's own time zone. `key` says which line of
the world a row stands for, `digest` what it says. Of a customer, `consent` to be written to is yes, no, or not known;
`name` and `email` stand here alone, everything else knows customers by their id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Columns = Mapping[str, str]
"""Column names and their types, as Ibis names them."""

PARTS: Final = ("sale", "discount", "refund", "shipping", "tax", "fee", "adjustment")
"""What a line of `sales` can be. Gross revenue is made of sales; net revenue of sales, discounts and refunds."""

UNDATED: Final = "refund of "
"""How the document of a refund begins that an order's own line tells of."""

NET_PARTS: Final = ("sale", "discount", "refund")

_ROW: Final = {"key": "int64", "digest": "int64"}

TABLES: Final[Mapping[str, Columns]] = {
    "sales": {
        **_ROW,
        "document": "string",
        "order_id": "string",
        "customer_id": "string",
        "day": "date",
        "channel": "string",
        "country": "string",
        "sku": "string",
        "product": "string",
        "quantity": "int64",
        "part": "string",
        "amount": "int64",
    },
    "spend": {**_ROW, "day": "date", "channel": "string", "campaign": "string", "amount": "int64"},
    "budget": {**_ROW, "month": "date", "item": "string", "amount": "int64"},
    "cash": {
        **_ROW,
        "day": "date",
        "account": "string",
        "cash_in": "int64",
        "cash_out": "int64",
        "balance": "int64",
    },
    "customers": {
        **_ROW,
        "customer_id": "string",
        "country": "string",
        "channel": "string",
        "joined": "date",
        "name": "string",
        "email": "string",
        "consent": "string",
        "timezone": "string",
    },
    "tickets": {
        **_ROW,
        "ticket_id": "string",
        "customer_id": "string",
        "day": "date",
        "topic": "string",
        "status": "string",
        "answered_by": "string",
        "first_response_seconds": "int64",
        "satisfaction": "string",
    },
    "campaigns": {
        **_ROW,
        "campaign": "string",
        "channel": "string",
        "segment": "string",
        "started": "date",
        "ended": "date",
        "recipients": "int64",
        "recipients_ordered": "int64",
        "held_out": "int64",
        "held_out_ordered": "int64",
        "revenue": "int64",
        "cost": "int64",
    },
}
