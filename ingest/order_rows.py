"""From typed lines to the rows of the store's tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from analytics.currency import minor_units
from analytics.schema import TABLES, UNDATED
from ingest.order_checks import Reading, quoted
from ingest.order_fields import TABLE, Kind

_HASH: Final = "CAST(md5_number_lower({}) // 2 AS BIGINT)"


def row_problems(reading: Reading) -> str | None:
    """The SQL of what is wrong with a typed line as a whole, or None where nothing can be."""
    if reading.kind == "orders":
        priced = [name for name in ("unit_price", "line_total") if name in reading.columns]
        lacks = " AND ".join(f'"{name}" IS NULL' for name in priced) or "TRUE"
        return f"CASE WHEN {lacks} THEN 'neither unit_price nor line_total is given' END"
    if reading.kind == "cash":
        return "CASE WHEN coalesce(cash_in, cash_out, balance) IS NULL THEN 'no amount is given' END"
    return None


def rows_query(reading: Reading, currency: str) -> str:
    """The rows that the good lines make, each with its `file_line`, `key` and `digest`."""
    table = TABLE[reading.kind]
    columns = ", ".join(name for name in TABLES[table] if name not in ("key", "digest"))
    said = _joined(*(name for name in TABLES[table] if name not in ("key", "digest")))
    made = _MAKERS[reading.kind](reading, minor_units(currency))
    # Of a customer or a ticket the last line counts; of anything else, lines that are alike are several.
    order, keep = ("DESC", "WHERE nth = 1") if reading.kind in ("customers", "tickets") else ("ASC", "")
    # 63 bits of a hash: signed on every engine, and two of ten million rows meet once in 200,000 stores.
    digest = _HASH.format(said)
    hashed = f"SELECT * EXCLUDE (world), {_HASH.format('world')} AS world, {digest} AS digest FROM ({made})"  # noqa: S608
    key = f"CASE WHEN nth = 1 THEN world ELSE {_HASH.format('concat_ws(chr(31), world, nth)')} END"
    return f"""
        SELECT file_line, {key} AS key, digest, {columns} FROM (
            SELECT *, row_number() OVER (PARTITION BY world ORDER BY file_line {order}) AS nth FROM ({hashed})
        ) {keep}"""  # noqa: S608 - names of our own


def _joined(*parts: str) -> str:
    """Several values as one text, in which null and empty differ."""
    return f"concat_ws(chr(31), {', '.join(f'coalesce(CAST({part} AS VARCHAR), chr(30))' for part in parts)})"


def _minor(amount: str, scale: int) -> str:
    return f"CAST(round(({amount}) * {scale}) AS BIGINT)"


def _orders(reading: Reading, scale: int) -> str:
    price = "CAST(quantity AS DECIMAL(10, 0)) * unit_price"
    lines = _sales(
        amount=_minor(f"coalesce(line_total, {price})", scale),
        part=_part(reading),
        world=_joined("order_id", "coalesce(line_id, sku, product)"),
        item="sku, product, CAST(quantity AS BIGINT) AS quantity",
    )
    # Where prices hold the tax, subtotal and shipping are the total already: the tax is no part of the sale then.
    taxed = "order_subtotal + coalesce(order_shipping, 0) = order_total"
    whole = (
        ("order_discount", "discount", "-abs(order_discount)"),
        ("order_shipping", "shipping", "order_shipping"),
        ("order_tax", "tax", "order_tax"),
        ("order_tax", "sale", f"CASE WHEN {taxed} THEN -order_tax END"),
        ("order_refund", "refund", "-abs(order_refund)"),
    )
    given = [_of_order(part, amount, scale) for field, part, amount in whole if field in reading.columns]
    return " UNION ALL ".join([lines, *given])


def _part(reading: Reading) -> str:
    """What a line is; a sale in an order whose id marks it as a refund is one."""
    coded = "part"
    for part, codes in reading.chosen.parts.items():
        listed = ", ".join(quoted(code) for code in codes)
        coded = f"CASE WHEN upper(sku) IN ({listed}) THEN '{part}' ELSE {coded} END"
    if reading.chosen.refund_prefix:
        marked = f"starts_with(order_id, {quoted(reading.chosen.refund_prefix)})"
        coded = f"CASE WHEN {coded} = 'sale' AND {marked} THEN 'refund' ELSE {coded} END"
    return coded


def _of_order(part: str, amount: str, scale: int) -> str:
    """A row for an amount of the order as a whole, where there is one."""
    refund = part == "refund"
    return _sales(
        amount=_minor(amount, scale),
        part=f"'{part}'",
        world=_joined("order_id", f"'#{part}'"),
        day="coalesce(refunded_at, ordered_at)" if refund else "ordered_at",
        document=f"'{UNDATED}' || order_id" if refund else "order_id",
        where=f"({amount}) <> 0",
    )


def _refunds(_reading: Reading, scale: int) -> str:
    name = "coalesce(refund_id, order_id || ' ' || refunded_at)"
    return _sales(
        amount=_minor("-abs(amount)", scale),
        part="'refund'",
        world=_joined("'refund'", "order_id", name),
        day="refunded_at",
        document=f"'refund ' || {name}",
    )


def _sales(
    *,
    amount: str,
    part: str,
    world: str,
    item: str = "NULL::VARCHAR AS sku, NULL::VARCHAR AS product, NULL::BIGINT AS quantity",
    day: str = "ordered_at",
    document: str = "order_id",
    where: str = "TRUE",
) -> str:
    return f"""
        SELECT file_line, {document} AS document, order_id, customer_id, {day} AS day, channel, country, {item},
            {part} AS part, {amount} AS amount, {world} AS world
        FROM good WHERE {where}"""  # noqa: S608 - names of our own


def _spend(_reading: Reading, scale: int) -> str:
    world = _joined("day", "channel", "campaign")
    return _row(f"day, channel, campaign, {_minor('amount', scale)} AS amount", world)


def _budget(_reading: Reading, scale: int) -> str:
    item = "replace(lower(item), ' ', '_')"
    return _row(f"month, {item} AS item, {_minor('amount', scale)} AS amount", _joined("month", item))


def _cash(_reading: Reading, scale: int) -> str:
    amounts = ", ".join(f"{_minor(name, scale)} AS {name}" for name in ("cash_in", "cash_out", "balance"))
    return _row(f"day, account, {amounts}", _joined("day", "account"))


def _customers(_reading: Reading, _scale: int) -> str:
    return _row(
        "customer_id, country, channel, joined, name, email, consent, timezone", _joined("customer_id")
    )


def _tickets(_reading: Reading, _scale: int) -> str:
    return _row(
        "ticket_id, customer_id, day, lower(topic) AS topic, status, answered_by, "
        "CAST(first_response_seconds AS BIGINT) AS first_response_seconds, satisfaction",
        _joined("ticket_id"),
    )


def _row(columns: str, world: str) -> str:
    return f"SELECT file_line, {columns}, {world} AS world FROM good"  # noqa: S608 - names of our own


_MAKERS: Mapping[Kind, Callable[[Reading, int], str]] = {
    "orders": _orders,
    "refunds": _refunds,
    "spend": _spend,
    "budget": _budget,
    "cash": _cash,
    "customers": _customers,
    "tickets": _tickets,
}
