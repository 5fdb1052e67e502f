"""The app's home: what waits for a decision, the day's numbers, how the bot is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from slack_bolt import App

from apps.slack.desk import SlackDesk
from apps.slack.health import health
from integrations.slack.lists import figures_line, home_view, stranger_home

SHOWN: Final = 20  # cases; a home has a hundred blocks at most
STRANGER: Final = (
    "Here the support team sees who waits for an answer. Ask to be invited to the support channel."
)


class Home:
    """Publishes the home of whoever opens it, as it is then."""

    def __init__(self, desk: SlackDesk) -> None:
        """Listen to nothing yet."""
        self._desk = desk

    def register(self, app: App) -> None:
        """Listen to homes that are opened."""
        app.event("app_home_opened")(self._opened)

    def _opened(self, event: dict[str, Any]) -> None:
        if event.get("tab", "home") == "home":
            self._desk.later(lambda: self.publish(event["user"]))

    def publish(self, member: str, note: str = "") -> None:
        """Show a member what waits now."""
        desk = self._desk
        if not desk.is_team(member):
            desk.client.call("views.publish", user_id=member, view=stranger_home(STRANGER))
            return
        reviews = desk.session.reviews("open", 1000)
        mask = desk.session.privacy.mask_for("slack")
        view = home_view(
            reviews,
            mask,
            desk.zone,
            today(desk),
            health(desk),
            most=SHOWN,
            campaigns=desk.gtm_channel is not None,
            note=note,
        )
        desk.client.call("views.publish", user_id=member, view=view)


def today(desk: SlackDesk) -> str:
    """The numbers since midnight where the team is."""
    now = desk.services.now()
    morning = now.astimezone(desk.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return figures_line(desk.session.figures(morning, now + timedelta(seconds=1)))
