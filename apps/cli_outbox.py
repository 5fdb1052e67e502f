"""`gtm outbox`."""

from __future__ import annotations

from typing import get_args

from rich.text import Text

from agents.effects import EffectStanding, EffectStatus
from apps import cli_edge as edge
from apps.cli_lists import one_of, open_session, plain_table
from integrations.settings import Settings


def run_outbox(settings: Settings, status: str, retry: int | None, *, as_json: bool) -> None:
    """Print the effects of a status; or try a failed one again."""
    chosen: EffectStatus = one_of(status, get_args(EffectStatus), "status")
    with open_session(settings) as session:
        if retry is not None:
            session.retry(retry)
            chosen = "pending"
        found = session.effects(chosen)
    if as_json:
        edge.print_json([effect.model_dump(mode="json") for effect in found])
    elif found:
        _show(found)
    else:
        edge.console().print(f"Nothing is {chosen}.")


def _show(effects: list[EffectStanding]) -> None:
    table = plain_table("id", "kind", "status", "tried", "created", "why it failed", whole=("id", "created"))
    for each in effects:
        created = f"{each.created.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(
            str(each.id), each.kind, each.status, str(each.attempts), created, Text(each.reason or "")
        )
    edge.console().print(table)
