"""Which mailer the settings name: for answers, and for campaigns."""

from __future__ import annotations

from agents.campaigns.mailing import CampaignMailer
from agents.effects import Mailer
from agents.errors import BadInput
from integrations.settings import Settings


def open_mailer(settings: Settings) -> Mailer:
    """SMTP where it is set, else files in the home. Settings that cannot be used raise `BadInput`."""
    if settings.smtp_url:
        from integrations.smtp import SmtpMailer  # noqa: PLC0415

        return SmtpMailer(settings.smtp_url, settings.mail_from)
    from integrations.mail_files import MailFiles  # noqa: PLC0415

    return MailFiles(settings.mail_folder, settings.mail_from)


def open_campaign_mailer(settings: Settings) -> CampaignMailer:
    """How campaigns are sent; files in the home unless set. Settings that cannot be used raise `BadInput`."""
    if settings.mailer == "outbox":
        from integrations.mail_files import CampaignFiles  # noqa: PLC0415

        return CampaignFiles(settings.campaign_folder)
    from agents.campaigns.live_switch import LiveSwitch  # noqa: PLC0415

    if settings.public_url is None:
        raise BadInput(
            f"GTM_MAILER is {settings.mailer}: set GTM_PUBLIC_URL too, so that the links by which customers "
            "unsubscribe lead to this desk."
        )
    mailer = _open_sending_mailer(settings)
    if not mailer.reaches_people:
        return mailer
    tests = [each for each in settings.test_addresses.split(",") if each.strip()]
    return LiveSwitch(mailer, live=settings.live_sending, test_addresses=tests)


def _open_sending_mailer(settings: Settings) -> CampaignMailer:
    if settings.mailer == "smtp":
        from integrations.smtp import SmtpCampaigns  # noqa: PLC0415

        if not settings.smtp_url:
            raise BadInput("GTM_MAILER is smtp: set GTM_SMTP_URL too, like: smtp://user:password@host:587")
        return SmtpCampaigns(settings.smtp_url)
    from integrations.sendgrid.mailer import SendGridMailer  # noqa: PLC0415

    if settings.sendgrid_api_key is None:
        raise BadInput("GTM_MAILER is sendgrid: set SENDGRID_API_KEY too.")
    return SendGridMailer(
        settings.sendgrid_api_key.get_secret_value(),
        settings.sendgrid_api_url,
        sandbox=settings.sendgrid_sandbox,
    )
