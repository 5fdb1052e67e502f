"""Examines how campaigns are sent: by what, to whom, and whether customers can unsubscribe."""

from __future__ import annotations

from typing import Final

from agents.campaigns.policy import load_campaign_policy
from agents.campaigns.wording import template_faults
from apps.examined import Part
from integrations import open_campaign_mailer
from integrations.settings import Settings

NAME: Final = "campaigns"
_NOBODYS: Final = (".example", ".test", ".invalid", ".localhost")


def check_campaigns(settings: Settings) -> Part:
    """Campaigns could be sent now, or are kept from real people on purpose."""
    policy = load_campaign_policy(settings.policies)
    if faults := template_faults(policy):
        remedy = "Mend the mail under winback in campaigns.yaml: no campaign of it could be approved."
        return Part(NAME, "broken", " ".join(faults), remedy)
    return _check_sending(settings, policy.mail.sender.address)


def _check_sending(settings: Settings, sender: str) -> Part:
    mailer = open_campaign_mailer(settings)
    said = mailer.describe()
    if settings.mailer == "outbox":
        mailer.check()
        return Part(NAME, "ok", said, "Set GTM_MAILER to smtp or sendgrid when you want to send.")
    if settings.mailer == "sendgrid" and settings.sendgrid_event_key:
        from integrations.sendgrid.events import SendGridEvents  # noqa: PLC0415

        SendGridEvents(settings.sendgrid_event_key).check()
    if not mailer.reaches_people:
        remedy = "Set GTM_LIVE_SENDING=on when customers may be written to."
        return Part(NAME, "off", said, remedy)
    if not (settings.public_url or "").startswith("https://"):
        remedy = "Set GTM_PUBLIC_URL to an address with https: inboxes unsubscribe over nothing else."
        return Part(NAME, "broken", f"{said} Links lead to {settings.links_url}", remedy)
    if sender.endswith(_NOBODYS):
        remedy = "Put your own sender, postal address and shop into campaigns.yaml."
        return Part(NAME, "broken", f"{said} They would be from {sender}, the sample's address", remedy)
    mailer.check()
    mailer.close()
    said = f"{said} From {sender}; customers unsubscribe at {settings.links_url}/u/…"
    if settings.mailer == "sendgrid" and not settings.sendgrid_event_key:
        remedy = "Set SENDGRID_EVENT_KEY, and SendGrid's event webhook to /mail/events/sendgrid."
        return Part(NAME, "ok", f"{said} Bounces and complaints are not heard of", remedy)
    return Part(NAME, "ok", said)
