"""How the bot and the desk behind it are."""

from __future__ import annotations

from agents.errors import DeskError
from apps.slack.desk import SlackDesk
from integrations.slack.lists import Health
from jobs.pace import Pace


def health(desk: SlackDesk) -> list[Health]:
    """Each part in a few words; looking changes nothing."""
    return [_index(desk), _jobs(desk), _channel(desk)]


def _index(desk: SlackDesk) -> Health:
    try:
        status = desk.session.status()
    except DeskError as error:
        return Health("Documents", False, str(error))
    if status.state != "ok":
        return Health("Documents", False, status.message or "nothing was ingested yet")
    return Health("Documents", True, f"{status.documents} documents, {status.chunks} passages")


def _jobs(desk: SlackDesk) -> Health:
    now = desk.services.now()
    alive = sum(Pace().alive(worker, now) for worker in desk.services.workers.all())
    if not alive:
        return Health("Jobs", False, "no process runs them; start `gtm serve` or `gtm worker`")
    return Health("Jobs", True, f"run by {alive}")


def _channel(desk: SlackDesk) -> Health:
    standing = desk.book.standing()
    if standing is None:
        return Health("Slack", False, "no channel is known yet")
    if standing.trouble is not None:
        return Health("Slack", False, f"{standing.waiting} waiting: {standing.trouble}")
    return Health("Slack", True, "everything was delivered")
