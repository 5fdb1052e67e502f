"""A campaign's message, and what it is made of, for tests of whoever writes, sends or answers for one."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from agents.campaigns.mailing import CampaignMessage
from agents.campaigns.message import Letter, Recipient, Template, read_template
from agents.campaigns.policy import CampaignPolicy, load_campaign_policy
from agents.campaigns.unsubscribing import KeyRing, Links

PUBLIC = "https://chat.shop.example"
APPROVED = datetime(2026, 11, 20, 12, tzinfo=UTC)
POLICY = load_campaign_policy()
LINKS = Links(KeyRing(keys=(b"k" * 32,)), PUBLIC)
TEMPLATE = Template(
    subject="{first_name}, your {last_purchase} misses you",
    preheader="A little something: {offer}",
    body=(
        "Hello {first_name},\n\nit has been a while since your **{last_purchase}**. Many go on with "
        "[{recommended_product}]({product_url}).\n\n- fresh\n- {offer}\n\n"
        "[Take {offer}](https://shop.example/cart?code={offer_code})\n"
    ),
)
VALUES: dict[str, str | None] = {
    "first_name": "Jane",
    "last_purchase": "Masala Chai",
    "recommended_product": "Oat Chai & Tea",
    "product_url": "https://shop.example/p?a=1&b=2",
    "offer": "20% off",
    "offer_code": "BACK 20",
}


def recipient(to: str = "jane@mail.example", to_name: str = "Jane Doe", **values: str | None) -> Recipient:
    """A customer of whom everything is known, but for what is given otherwise."""
    return Recipient(contact=LINKS.contact(to), to=to, to_name=to_name, arm="a", values={**VALUES, **values})


def letter(template: Template = TEMPLATE, policy: CampaignPolicy = POLICY) -> Letter:
    """A template that was read."""
    return read_template(template, policy)


def message(
    to: str = "jane@mail.example", campaign: str = "c-1", to_name: str = "Jane Doe", **values: str | None
) -> CampaignMessage:
    """The message of a campaign to one customer."""
    return letter().message(campaign, recipient(to, to_name, **values), LINKS, APPROVED)


def parsed(content: bytes) -> EmailMessage:
    """What a mail program makes of the bytes of a message."""
    read = message_from_bytes(content, policy=default)
    assert isinstance(read, EmailMessage)
    assert not read.defects
    return read


def part(mail: EmailMessage, kind: str) -> str:
    """The text of one of the two parts: plain or html."""
    assert [each.get_content_type() for each in mail.iter_parts()] == ["text/plain", "text/html"]
    [found] = [each for each in mail.iter_parts() if each.get_content_subtype() == kind]
    assert isinstance(found, EmailMessage)
    return str(found.get_content())
