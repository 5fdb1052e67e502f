"""The campaign policy: whom mail is from, what stands in each, and when it is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, field_validator

from agents.campaigns.addresses import parse_address
from agents.campaigns.fields import FIELDS, Name
from agents.errors import BadInput
from agents.policy import SHIPPED, Hours, Section, Text, read_policy
from analytics.assignment import LEAST_HELD_OUT


def _address(text: str) -> str:
    try:
        return parse_address(text)
    except BadInput as error:
        raise ValueError(str(error)) from error


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write a whole address, such as https://shop.example")
    return text


EmailAddress = Annotated[str, AfterValidator(_address)]
WebAddress = Annotated[str, AfterValidator(_web_address)]


class From(Section):
    """The name and address that mail is from."""

    name: Text
    address: EmailAddress


class CampaignMail(Section):
    """What stands in every mail of a campaign, whatever it is about."""

    sender: From
    reply_to: EmailAddress | None = None
    postal_address: Text
    shop_url: WebAddress
    why: Text
    unsubscribe: Text
    language: Annotated[str, Field(pattern="^[a-z]{2,3}(-[A-Za-z0-9]+)*$")] = "en"
    count_clicks: bool


class UnsubscribePage(Section):
    """What the page behind the unsubscribe link says: a heading and a sentence for each of its states."""

    ask: Text
    ask_detail: Text
    ask_button: Text
    done: Text
    done_detail: Text
    again_button: Text
    back: Text
    back_detail: Text
    wrong: Text
    wrong_detail: Text
    busy: Text
    busy_detail: Text
    failed: Text
    failed_detail: Text


class Sending(Hours):
    """The hours of the customer's day in which mail goes out, and how much in a minute."""

    a_minute: Annotated[float, Field(gt=0)]


class Choosing(Section):
    """Who is written to, and how the subjects are tested."""

    consent_needed: bool
    contacted_days: Annotated[int, Field(ge=0, le=365)]
    holdout: Annotated[float, Field(ge=LEAST_HELD_OUT, le=0.5)]
    arms: Literal["thompson", "fixed"]
    arm_minimum: Annotated[float, Field(ge=0, le=1 / 3)]


class Economics(Section):
    """What finance counts with; amounts in whole units of the currency, an offer in percent."""

    window_days: Annotated[int, Field(ge=1, le=365)]
    send_cost_each: Annotated[float, Field(ge=0)]
    offer_at_most: Annotated[int, Field(ge=0, lt=100)]
    subject_tests: Annotated[int, Field(ge=1, le=3)]


class Approving(Section):
    """Above so many recipients, or so much expected cost in whole units, two people have to approve."""

    recipients_above: Annotated[int, Field(ge=0)]
    cost_above: Annotated[float, Field(ge=0)]


class Winback(Section):
    """What the rules write to customers who have been away."""

    offer_percent: Annotated[int, Field(ge=0, lt=100)]
    offer_days: Annotated[int, Field(ge=1, le=365)]
    concept: Text
    subjects: Annotated[list[Text], Field(min_length=1, max_length=3)]
    preheader: str
    body: Text
    body_without_offer: Text
    social: Text
    landing: Text


class CampaignPolicy(Section):
    """Everything that decides how campaigns are written and sent."""

    mail: CampaignMail
    unsubscribe_page: UnsubscribePage
    fallbacks: dict[Name, Text]
    sending: Sending
    audience: Choosing
    economics: Economics
    approval: Approving
    winback: Winback

    @field_validator("fallbacks")
    @classmethod
    def known_fields(cls, fallbacks: dict[str, str]) -> dict[str, str]:
        """Only words have fallbacks: a wrong link or offer is worse than no mail."""
        allowed = {name for name, field in FIELDS.items() if field.may_fall_back}
        if unknown := set(fallbacks) - allowed:
            raise ValueError(f"{', '.join(sorted(unknown))}: allowed here are {', '.join(sorted(allowed))}")
        return fallbacks


def load_campaign_policy(folder: Path | None = None) -> CampaignPolicy:
    """The campaign policy of a folder, or the shipped one; `BadInput` names file and key where it is wrong."""
    file = (folder or SHIPPED) / "campaigns.yaml"
    return read_policy(file if file.is_file() else SHIPPED / "campaigns.yaml", CampaignPolicy)
