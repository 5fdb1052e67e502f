"""What the doctor says of sending campaigns."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from pydantic import SecretStr

from agents.errors import BadInput, DeskError
from agents.policy import SHIPPED
from apps.doctor_campaigns import check_campaigns
from integrations import open_campaign_mailer
from integrations.settings import Settings
from tests.mail_server import free_port, mail_server
from tests.sendgrid_server import KEY, Signer, sendgrid_server

LIVE = {"mailer": "smtp", "live_sending": True, "public_url": "https://chat.shop.com"}


def settings(home: Path, **values: object) -> Settings:
    return Settings.model_validate({"home": home, **values})


def own_policies(folder: Path) -> Path:
    """The shipped policies with a sender that is somebody's."""
    shutil.copytree(SHIPPED, folder)
    file = folder / "campaigns.yaml"
    policy = yaml.safe_load(file.read_text("utf-8"))
    policy["mail"]["sender"]["address"] = "hello@shop.com"
    file.write_text(yaml.safe_dump(policy), "utf-8")
    return folder


def test_without_any_setting_messages_are_files(tmp_path: Path) -> None:
    part = check_campaigns(settings(tmp_path))
    assert part.state == "ok"
    assert "nothing is sent" in part.detail


def test_a_mail_of_the_policy_that_keeps_silent_of_its_offer_is_broken(tmp_path: Path) -> None:
    policies = own_policies(tmp_path / "policies")
    file = policies / "campaigns.yaml"
    policy = yaml.safe_load(file.read_text("utf-8"))
    policy["winback"] |= {
        "subjects": ["We miss you"],
        "preheader": "",
        "body": "Hello {first_name},\n\ncome back.",
    }
    file.write_text(yaml.safe_dump(policy), "utf-8")
    part = check_campaigns(settings(tmp_path, policies=policies))
    assert part.state == "broken"
    assert "its mail does not say so" in part.detail
    assert "winback in campaigns.yaml" in part.remedy


def test_a_mailer_without_live_sending_is_off_and_says_how_to_switch_it_on(tmp_path: Path) -> None:
    url = f"smtp://127.0.0.1:{free_port()}"
    part = check_campaigns(settings(tmp_path, **{**LIVE, "live_sending": False}, smtp_url=url))
    assert part.state == "off"
    assert "nothing goes to real people" in part.detail
    assert "GTM_LIVE_SENDING=on" in part.remedy


def test_live_sending_by_smtp_is_ok_once_all_is_there(tmp_path: Path) -> None:
    policies = own_policies(tmp_path / "policies")
    with mail_server() as server:
        url = f"smtp://127.0.0.1:{server.port}"
        live = settings(tmp_path, **LIVE, smtp_url=url, policies=policies)
        assert check_campaigns(live).state == "ok"
        assert "https://chat.shop.com/u/" in check_campaigns(live).detail
        plain = live.model_copy(update={"public_url": "http://chat.shop.com"})
        assert check_campaigns(plain).state == "broken"
        assert "https" in check_campaigns(plain).remedy
        sample = live.model_copy(update={"policies": None})
        assert check_campaigns(sample).state == "broken"
        assert "campaigns.yaml" in check_campaigns(sample).remedy
        assert server.messages == []


def test_live_sending_by_sendgrid_wants_its_key_and_its_events(tmp_path: Path) -> None:
    policies = own_policies(tmp_path / "policies")
    with sendgrid_server() as server:
        live = settings(
            tmp_path,
            **{**LIVE, "mailer": "sendgrid"},
            policies=policies,
            sendgrid_api_url=server.url,
            sendgrid_api_key=SecretStr(KEY),
        )
        assert "SENDGRID_EVENT_KEY" in check_campaigns(live).remedy
        heard = live.model_copy(update={"sendgrid_event_key": Signer().public_key})
        assert (check_campaigns(heard).state, check_campaigns(heard).remedy) == ("ok", "")
        for wrong in ({"sendgrid_event_key": "none"}, {"sendgrid_api_key": SecretStr("SG.revoked")}):
            with pytest.raises(DeskError):
                check_campaigns(heard.model_copy(update=wrong))
        sandbox = live.model_copy(update={"sendgrid_sandbox": True})
        assert check_campaigns(sandbox).state == "off"
        assert "nobody" in check_campaigns(sandbox).detail


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"mailer": "smtp"}, "GTM_PUBLIC_URL"),
        ({"mailer": "smtp", "public_url": "https://x.example"}, "GTM_SMTP_URL"),
        ({"mailer": "sendgrid", "public_url": "https://x.example"}, "SENDGRID_API_KEY"),
        ({**LIVE, "smtp_url": "smtp://localhost", "test_addresses": "a@x.example, me"}, "me"),
    ],
)
def test_a_mailer_that_lacks_a_setting_names_it(
    tmp_path: Path, values: dict[str, object], names: str
) -> None:
    with pytest.raises(BadInput, match=names):
        open_campaign_mailer(settings(tmp_path, **values))
