"""Who a campaign is for, who is left out of it and why, and what such customers do unasked."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal, get_args

import pandas as pd

from analytics.assignment import LEAST_HELD_OUT, hold_out
from analytics.customers import SEGMENTS
from analytics.profit import Rate
from analytics.tables import Tables

if TYPE_CHECKING:
    from ibis import Table

Reason = Literal[
    "unsubscribed",
    "complained",
    "bounced",
    "no_address",
    "invalid_address",
    "no_consent",
    "same_address",
    "contacted",
    "open_ticket",
]
"""Why somebody is left out. The first that applies counts, lasting ones before passing ones."""

REASONS: Final[tuple[Reason, ...]] = get_args(Reason)
_OPEN: Final = ("open", "escalated")
_TICKET_DAYS: Final = 30  # a ticket without an end that is older has been forgotten, not left waiting
_ATOM: Final = r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f.]+"
_LABEL: Final = r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?"
_ADDRESS: Final = re.compile(
    rf"(?=.{{3,254}}\Z)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?=[^\W\d_]){_LABEL}(?<=[^\W_]{{2}})\Z"
)


@dataclass(frozen=True, slots=True)
class Contacts:
    """What is known of addresses, in lower case, beside the store: whom not to write to, whom one has written to,
    and who waits for an answer of the desk."""

    suppressed: Mapping[str, Literal["unsubscribed", "complained", "bounced"]] = field(default_factory=dict)
    contacted: Mapping[str, date] = field(default_factory=dict)
    waiting: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Excluded:
    """How many are left out for one reason."""

    reason: Reason
    count: int


@dataclass(frozen=True)
class Audience:
    """The customers of a campaign, a row each by id, with `held_out`; of `considered`, these were `excluded`.

    Columns: customer_id, name, email, country, timezone, segment, last_day, recency, orders, net. `problem` is why
    nothing can be sent to it, None where something can.
    """

    people: pd.DataFrame
    considered: int
    excluded: tuple[Excluded, ...]
    problem: Literal["nobody", "all_excluded", "too_few"] | None

    @property
    def eligible(self) -> int:
        """How many may be written to, the holdout included."""
        return len(self.people)

    @property
    def held_out(self) -> int:
        """How many of them are not written to, to compare with."""
        return int(self.people["held_out"].sum())


def candidates(
    tables: Tables, day: date, *, silent_days: int | None = None, segment: str | None = None
) -> Table:
    """The customers who fit, as of `day`, with what is needed to write to them.

    `silent_days` or more since the last positive order, and in a segment, where these are given. Fewer than one day,
    or a segment that there is not, raises `ValueError`.
    """
    people = _fitting(tables, day, silent_days, segment)
    known = tables.customers.select(
        "customer_id", "name", "email", "consent", "timezone", lives_in=tables.customers.country
    )
    tickets = tables.tickets
    tickets = tickets.filter(
        tickets.status.isin(_OPEN),
        tickets.customer_id.notnull(),
        tickets.day < day,
        tickets.day >= day - timedelta(days=_TICKET_DAYS),
    )
    waiting = tickets.group_by("customer_id").agg(tickets=tickets.count().cast("int64"))
    joined = people.left_join(known, "customer_id").left_join(waiting, "customer_id")
    return joined.select(
        "customer_id",
        "name",
        "email",
        "consent",
        "timezone",
        "segment",
        "recency",
        "orders",
        "net",
        country=joined.lives_in.coalesce(joined.country),
        last_day=joined.last_day.cast("timestamp"),
        tickets=joined.tickets.fill_null(0),
    )


def _fitting(tables: Tables, day: date, silent_days: int | None, segment: str | None) -> Table:
    if silent_days is not None and silent_days < 1:
        raise ValueError(f"{silent_days} days of silence are none; give 1 or more")
    if segment is not None and segment not in SEGMENTS:
        raise ValueError(f"there is no segment {segment!r}; there are {', '.join(SEGMENTS)}")
    people = tables.buyers(day)
    if silent_days is not None:
        people = people.filter(people.recency >= silent_days)
    return people if segment is None else people.filter(people.segment == segment)


def find_audience(
    found: Table | pd.DataFrame,
    day: date,
    campaign: str,
    contacts: Contacts | None = None,
    *,
    contacted_days: int = 14,
    held_out: float = LEAST_HELD_OUT,
    consent_needed: bool = True,
    valid: Callable[[str], bool] | None = None,
) -> Audience:
    """Of the `candidates` those who may be written to; the holdout is chosen by hash, salted with the campaign's id.

    Whoever has had a mail in the last `contacted_days` is left alone. Without `consent_needed` one who has not said
    no may be written to. `valid` judges an address; without it a plain check of its form does.
    """
    frame = found if isinstance(found, pd.DataFrame) else found.to_pandas()
    frame = frame.sort_values("customer_id", ignore_index=True)
    reasons = _reasons(
        frame, day, contacts or Contacts(), contacted_days, consent_needed, valid or is_address
    )
    counts = reasons.value_counts()
    people = frame[reasons.isna()].drop(columns=["consent", "tickets"]).reset_index(drop=True)
    chosen = hold_out(people["customer_id"], campaign, held_out)
    people["held_out"] = people["customer_id"].isin(chosen).astype(bool)
    problem: Literal["nobody", "all_excluded", "too_few"] | None = None
    if len(people) < 2:
        problem = "nobody" if frame.empty else "all_excluded" if people.empty else "too_few"
    listed = tuple(Excluded(reason, int(counts[reason])) for reason in REASONS if reason in counts)
    return Audience(people, len(frame), listed, problem)


def _reasons(  # noqa: PLR0917 - one call, from above
    frame: pd.DataFrame,
    day: date,
    contacts: Contacts,
    contacted_days: int,
    consent_needed: bool,
    valid: Callable[[str], bool],
) -> pd.Series[str]:
    """Why each customer is left out; NaN for who is not."""
    address = frame["email"].astype(object).str.strip().str.lower()
    given = address.notna() & (address != "")
    sound = given & address.map(lambda one: isinstance(one, str) and valid(one)).astype(bool)
    suppressed = address.map(contacts.suppressed)
    last = pd.to_datetime(address.map(contacts.contacted))
    applies: dict[Reason, pd.Series[bool]] = {
        **{reason: suppressed == reason for reason in ("unsubscribed", "complained", "bounced")},
        "no_address": ~given,
        "invalid_address": ~sound,
        "no_consent": frame["consent"] != "yes" if consent_needed else frame["consent"] == "no",
        "contacted": last > pd.Timestamp(day - timedelta(days=contacted_days)),
        "open_ticket": (frame["tickets"] > 0) | address.isin(contacts.waiting),
    }
    found = pd.Series(None, index=frame.index, dtype=object)
    for reason in REASONS:
        # Of several customers with one address who may be written to, the first by id gets the mail.
        holds = address.where(found.isna()).duplicated() if reason == "same_address" else applies[reason]
        found = found.mask(found.isna() & holds & (given | (reason != "same_address")), reason)
    return found


def is_address(text: str) -> bool:
    """Whether a text has the form of an e-mail address; whether it leads anywhere nobody knows."""
    return _ADDRESS.match(text) is not None


def usual_rate(
    tables: Tables, day: date, window: int, *, silent_days: int | None = None, segment: str | None = None
) -> Rate:
    """How many of such customers, as they stood `window` days before `day`, have ordered since, nobody asking."""
    start = day - timedelta(days=window)
    people = _fitting(tables, start, silent_days, segment)
    orders = tables.orders
    since = orders.filter(
        orders.positive == 1, orders.customer_id.notnull(), orders.day >= start, orders.day < day
    )
    came = since.select("customer_id").distinct().mutate(came=1)
    joined = people.select("customer_id").left_join(came, "customer_id")
    row = joined.agg(many=joined.count(), came=joined.came.sum().fill_null(0)).to_pandas().iloc[0]
    return Rate(int(row["came"]), int(row["many"]))


def order_value(people: pd.DataFrame) -> tuple[float, float] | None:
    """What an order of these customers has brought net, in minor units, and its standard error; None of no orders.

    Customers are drawn, not orders: the error is that of a ratio of sums over customers.
    """
    orders, net = people["orders"].to_numpy(dtype=float), people["net"].to_numpy(dtype=float)
    if not orders.sum() > 0 or not net.sum() > 0:
        return None
    value = float(net.sum() / orders.sum())
    error = math.sqrt(float(((net - value * orders) ** 2).sum())) / float(orders.sum())
    return value, error
