"""The switch between a mailer and real people."""

from __future__ import annotations

from collections.abc import Iterable

from agents.campaigns.addresses import parse_address, same_mailbox
from agents.campaigns.mailing import CampaignMailer, CampaignMessage, Refused, Sent
from agents.errors import MailerClosed

OFF = (
    "Live sending is off, so nothing goes to real people. An admin switches it on with GTM_LIVE_SENDING=on; "
    "until then only the addresses of GTM_TEST_ADDRESSES can be written to."
)


class LiveSwitch:
    """A mailer that writes to nobody but the test addresses until live sending is switched on."""

    def __init__(self, mailer: CampaignMailer, *, live: bool, test_addresses: Iterable[str] = ()) -> None:
        """`mailer` is the one behind the switch. A test address that is none raises `BadInput`."""
        self._mailer = mailer
        self._live = live
        self._tests = {same_mailbox(parse_address(each)): each.strip() for each in test_addresses}

    @property
    def repeatable(self) -> bool:
        """As the mailer behind it."""
        return self._mailer.repeatable

    @property
    def reaches_people(self) -> bool:
        """Whether it is on, and the mailer behind it reaches people."""
        return self._live and self._mailer.reaches_people

    def send(self, message: CampaignMessage, key: str) -> Sent | Refused:
        """Send it where it may go; else `MailerClosed` says what is off."""
        if self._live or same_mailbox(message.to) in self._tests:
            return self._mailer.send(message, key)
        raise MailerClosed(OFF)

    def describe(self) -> str:
        """Where messages go, and whether real people get them."""
        behind = self._mailer.describe()
        if self._live:
            return f"{behind} Live sending is on: real people get it."
        tests = f" Tests may go to {', '.join(self._tests.values())}." if self._tests else ""
        return f"{behind} Live sending is off: nothing goes to real people.{tests}"

    def check(self) -> None:
        """What the mailer behind it would raise, and `MailerClosed` while it is off."""
        self._mailer.check()
        if not self._live:
            raise MailerClosed(OFF)

    def close(self) -> None:
        """Close the mailer behind it."""
        self._mailer.close()
