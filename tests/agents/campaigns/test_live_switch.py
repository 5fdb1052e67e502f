"""Nothing goes to real people unless that is switched on."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.campaigns.live_switch import LiveSwitch
from agents.campaigns.mailing import Sent
from agents.errors import BadInput, MailerClosed
from integrations.mail_files import CampaignFiles
from tests.campaign_mail import message


class Letters(CampaignFiles):
    """Files, of which we pretend that they reach people."""

    reaches_people = True


def test_while_it_is_off_only_test_addresses_are_written_to(tmp_path: Path) -> None:
    switch = LiveSwitch(Letters(tmp_path), live=False, test_addresses=[" Me@Shop.example", "b@shop.example"])
    sent = message("me@shop.example")
    assert isinstance(switch.send(sent, sent.key), Sent)
    with pytest.raises(MailerClosed, match="GTM_LIVE_SENDING=on"):
        switch.send(message(), message().key)
    with pytest.raises(MailerClosed, match="off"):
        switch.check()
    assert len(list(tmp_path.rglob("*.eml"))) == 1
    assert not switch.reaches_people
    assert "nothing goes to real people" in switch.describe()
    assert "Me@Shop.example, b@shop.example" in switch.describe()


def test_once_it_is_on_everybody_is(tmp_path: Path) -> None:
    switch = LiveSwitch(Letters(tmp_path), live=True)
    switch.check()
    assert isinstance(switch.send(message(), message().key), Sent)
    assert (switch.reaches_people, switch.repeatable) == (True, True)
    assert "Live sending is on: real people get it" in switch.describe()


def test_a_test_address_that_is_none_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is no e-mail address"):
        LiveSwitch(Letters(tmp_path), live=False, test_addresses=["me"])
