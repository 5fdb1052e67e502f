"""From text to typed values: for each field the SQL of its value, and of what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import available_timezones

from analytics.persons import DIGITS, PREFIX
from ingest.order_fields import FIELDS, Field, Kind
from ingest.order_mappings import KindMapping, Mapping

_FIRST_DAY = date(1980, 1, 1)  # an earlier one is a slip, or an empty clock
_LARGEST = 10**13  # in major units: beyond it sums would leave 64 bits
_ZONED = r"(Z|[+-]\d{2}:?\d{2})$"
_YES = frozenset(("yes", "y", "true", "t", "1", "subscribed", "opted in", "opt in", "granted"))
_NO = frozenset(
    ("no", "n", "false", "f", "0", "unsubscribed", "not subscribed", "opted out", "opt out", "denied")
)
_PLAIN_ISO = r"^\d{4}-\d{1,2}-\d{1,2}"


@dataclass(frozen=True, slots=True)
class Reading:
    """How the text of one file is to be understood."""

    kind: Kind
    mapping: Mapping
    chosen: KindMapping
    columns: Table[str, int]
    zone: str
    today: date


def typed_query(reading: Reading) -> str:
    """Typed fields of every line, and in `problem` what is wrong with it, or null."""
    values, problems = [], []
    for field in FIELDS[reading.kind]:
        text = _text(field, reading)
        value, problem = _value(field, text, reading)
        values.append(f'{value} AS "{field.name}"')
        if field.name in reading.columns:
            problems.append(problem)
            if field.required:
                problems.append(f"CASE WHEN {text} IS NULL THEN {quoted(f'{field.name} is missing')} END")
    problems += _skipped(reading)
    problem = f"nullif(concat_ws('; ', {', '.join(problems)}), '')"
    return f"SELECT file_line, {', '.join(values)}, {problem} AS problem FROM raw"  # noqa: S608 - our own names


def quoted(sentence: str) -> str:
    """A text as SQL writes it."""
    return "'" + sentence.replace("'", "''") + "'"


def _text(field: Field, reading: Reading) -> str:
    """The trimmed text of a field, from the order's first line where it stands there only; null where empty."""
    position = reading.columns.get(field.name)
    if position is None:
        return "NULL::VARCHAR" if field.default is None else quoted(field.default)
    text = f"nullif(trim(c{position}), '')"
    if field.name in reading.chosen.fill:
        order = f"trim(c{reading.columns['order_id']})"
        text = f"coalesce({text}, max({text}) OVER (PARTITION BY {order}))"
    return text if field.default is None else f"coalesce({text}, {quoted(field.default)})"


def _skipped(reading: Reading) -> list[str]:
    skip = reading.chosen.skip
    if skip is None or "status" not in reading.columns:
        return []
    status = _text(next(each for each in FIELDS[reading.kind] if each.name == "status"), reading)
    names = ", ".join(quoted(name.lower()) for name in skip.status)
    return [f"CASE WHEN lower({status}) IN ({names}) THEN {quoted(skip.reason)} END"]


def _value(field: Field, text: str, reading: Reading) -> tuple[str, str]:
    """The SQL of the value, and of what is wrong with the text."""
    forms = {
        "id": _identifier,
        "person": _person,
        "amount": _amount,
        "integer": _integer,
        "day": _day,
        "month": _month,
        "currency": _currency,
        "choice": _choice,
        "yes_no": _yes_no,
        "zone": _zone,
    }
    if field.form == "text":
        return text, "NULL::VARCHAR"
    return forms[field.form](field, text, reading)


def _wrong(field: Field, text: str, value: str, wanted: str) -> str:
    return (
        f"CASE WHEN {text} IS NOT NULL AND {value} IS NULL THEN "
        f"{quoted(field.name + ' ')} || '''' || left({text}, 40) || ''' ' || {quoted(wanted)} END"
    )


def _identifier(_field: Field, text: str, _reading: Reading) -> tuple[str, str]:
    # A table program makes 17850.0 of 17850.
    return rf"regexp_replace({text}, '^(\d+)\.0+$', '\1')", "NULL::VARCHAR"


def _person(field: Field, text: str, reading: Reading) -> tuple[str, str]:
    """An address is no id to keep: what is stored is its pseudonym (analytics/persons.py)."""
    value, problem = _identifier(field, text, reading)
    named = f"'{PREFIX}' || left(sha256(lower({text})), {DIGITS})"
    return f"CASE WHEN {text} LIKE '%@%' THEN {named} ELSE {value} END", problem


def _amount(field: Field, text: str, reading: Reading) -> tuple[str, str]:
    thousands, mark = (",", r"\.") if reading.mapping.decimal == "." else (r"\.", ",")
    bare = rf"regexp_replace(regexp_replace({text}, '^\((.*)\)$', '-\1'), '[\s''$€£¥₹]|^[A-Z]{{3}}', '', 'g')"
    form = rf"^[+-]?(\d+|\d{{1,3}}({thousands}\d{{3}})+)({mark}\d+)?$"
    digits = f"replace(replace({bare}, {quoted(thousands[-1])}, ''), ',', '.')"
    powers = rf"CASE WHEN regexp_matches({bare}, '^[+-]?\d+(\.\d+)?[eE][+-]?\d+$') THEN try_cast({bare} AS DOUBLE) END"
    value = (
        f"CASE WHEN regexp_matches({bare}, '{form}') THEN try_cast({digits} AS DECIMAL(18, 4)) "
        f"ELSE try_cast({powers} AS DECIMAL(18, 4)) END"
    )
    value = f"CASE WHEN abs({value}) < {_LARGEST} THEN {value} END"
    other = "," if reading.mapping.decimal == "." else "."
    wanted = f"is no amount with the decimal mark {reading.mapping.decimal!r}; a mapping can say decimal: {other!r}"
    return value, _wrong(field, text, value, wanted)


def _integer(field: Field, text: str, _reading: Reading) -> tuple[str, str]:
    value = rf"try_cast(regexp_replace({text}, '\.0+$', '') AS INTEGER)"
    return value, _wrong(field, text, value, "is no whole number")


def _day(field: Field, text: str, reading: Reading) -> tuple[str, str]:
    """The day in the business's time zone; a time without one of its own is taken to be there already."""
    zoned = rf"regexp_replace({text}, '\s*([+-]\d{{2}}):?(\d{{2}})$', '\1:\2')"
    local = f"timezone({quoted(reading.zone)}, try_cast({zoned} AS TIMESTAMPTZ))"
    naive = f"CASE WHEN regexp_matches({text}, '{_PLAIN_ISO}') THEN try_cast({text} AS TIMESTAMP) END"
    if reading.mapping.dates:
        forms = ", ".join(quoted(form) for form in reading.mapping.dates)
        naive = f"coalesce({naive}, try_strptime({text}, [{forms}]))"
    moment = f"CASE WHEN regexp_matches({text}, ':.*{_ZONED}') THEN {local} ELSE {naive} END"
    value = f"CAST({moment} AS DATE)"
    last = reading.today + timedelta(days=1)  # somewhere it is tomorrow already
    form = "is no date like 2026-03-31; a mapping can say dates: ['%m/%d/%Y']"
    problem = _wrong(field, text, value, form)
    late = f"CASE WHEN {value} > DATE '{last}' THEN {quoted(field.name)} || ' ' || {value} || ' lies in the future' END"
    early = (
        f"CASE WHEN {value} < DATE '{_FIRST_DAY}' THEN {quoted(field.name)} || ' ' || {value} || "
        f"{quoted(f' lies before {_FIRST_DAY.year}')} END"
    )
    return value, f"coalesce({problem}, {late}, {early})"


def _month(field: Field, text: str, reading: Reading) -> tuple[str, str]:
    """The first day of the month; a budget may well lie in the future."""
    whole = rf"CASE WHEN regexp_matches({text}, '^\d{{4}}-\d{{1,2}}$') THEN {text} || '-01' ELSE {text} END"
    value, _ = _day(field, whole, reading)
    value = f"CAST(date_trunc('month', {value}) AS DATE)"
    return value, _wrong(field, text, value, "is no month like 2026-03")


def _currency(field: Field, text: str, _reading: Reading) -> tuple[str, str]:
    value = f"CASE WHEN regexp_matches(upper({text}), '^[A-Z]{{3}}$') THEN upper({text}) END"
    return value, _wrong(field, text, value, "is no currency like EUR")


def _yes_no(field: Field, text: str, _reading: Reading) -> tuple[str, str]:
    said = f"replace(lower({text}), '_', ' ')"
    yes, no = (", ".join(quoted(word) for word in sorted(words)) for words in (_YES, _NO))
    value = f"CASE WHEN {said} IN ({yes}) THEN 'yes' WHEN {said} IN ({no}) THEN 'no' END"
    return value, _wrong(field, text, value, "is neither yes nor no")


def _zone(field: Field, text: str, _reading: Reading) -> tuple[str, str]:
    names = ", ".join(quoted(name) for name in sorted(available_timezones()))
    value = f"CASE WHEN {text} IN ({names}) THEN {text} END"
    return value, _wrong(field, text, value, "is no time zone like Europe/Berlin")


def _choice(field: Field, text: str, _reading: Reading) -> tuple[str, str]:
    choices = ", ".join(quoted(choice) for choice in field.choices)
    value = f"CASE WHEN lower({text}) IN ({choices}) THEN lower({text}) END"
    return value, _wrong(field, text, value, f"is none of {', '.join(field.choices)}")
