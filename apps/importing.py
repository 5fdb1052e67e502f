"""Business data into the store: from the command line and, later, from the room, by the same steps."""

from __future__ import annotations

import difflib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from agents.errors import BadInput, Transient
from agents.weekly.policy import load_weekly_policy
from ingest.order_errors import UnusableFile
from ingest.order_fields import KINDS, Kind
from ingest.orders import ImportReport, Tell, Wanted, import_file
from integrations import open_warehouse, prepare_home
from integrations.settings import Settings
from knowledge_base.locks import Held, exclusive

_WAIT_SECONDS = 600


def import_business_file(
    settings: Settings, file: Path, kind: str, mapping: str, *, currency: str | None, tell: Tell
) -> ImportReport:
    """Import one file. What cannot be used as a whole raises `BadInput`."""
    if kind not in KINDS:
        near = difflib.get_close_matches(kind, KINDS, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise BadInput(f"There is no kind {kind!r}.{hint} There are {', '.join(KINDS)}.")
    prepare_home(settings.home)
    policy = load_weekly_policy(settings.policies)
    wanted = Wanted(
        file=file,
        kind=cast("Kind", kind),
        mapping=mapping,
        zone=policy.timezone,
        today=datetime.now(ZoneInfo(policy.timezone)).date(),
        fallback_currency=policy.currency,
        currency=currency.upper() if currency else None,
    )
    try:
        with exclusive(settings.import_lock, wait_seconds=_WAIT_SECONDS):
            store = open_warehouse(settings)
            return import_file(wanted, store, settings.rejected, settings.import_scratch, tell)
    except UnusableFile as error:
        raise BadInput(str(error)) from error
    except Held as error:
        raise Transient(
            f"Another import is running ({error.holder}). Try again when it has ended."
        ) from error


def load_sample(settings: Settings, until: date | None, *, if_empty: bool) -> dict[str, object]:
    """Load the sample that ends on a day; the same day gives the same sample. Real data raise `BadInput`."""
    from ingest.order_sample import make_sample  # noqa: PLC0415 - only here

    prepare_home(settings.home)
    policy = load_weekly_policy(settings.policies)
    warehouse = open_warehouse(settings)
    if if_empty and warehouse.standing().real:
        return {"loaded": False, "until": None, "orders": 0, "customers": 0}
    last = until or datetime.now(ZoneInfo(policy.timezone)).date() - timedelta(days=1)
    made = make_sample(last)
    warehouse.fill_with_sample(made.tables, made.currency, last)
    return {"loaded": True, "until": last.isoformat(), "orders": made.orders, "customers": made.customers}
