"""The messages of a campaign as their recipients get them, before any has gone."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.campaigns.addresses import parse_address
from agents.campaigns.campaign import Campaign, Person
from agents.campaigns.mailing import CampaignMessage, Sent
from agents.campaigns.message import Recipient, Template, read_template
from agents.campaigns.wording import offer_values
from agents.errors import BadInput
from analytics.assignment import uniform

if TYPE_CHECKING:
    from agents.ports import Services


@dataclass(frozen=True, slots=True)
class Preview:
    """One message as its recipient would get it."""

    person: Person
    message: CampaignMessage


def pick(
    people: Sequence[Person], campaign: Campaign, customers: Sequence[str], count: int
) -> Sequence[Person]:
    """Those of these ids, or without any the first of a fixed shuffle. Ids of nobody raise `BadInput`."""
    if not customers:
        shuffled = sorted(people, key=lambda one: uniform(campaign.id, "preview", one.customer))
        return shuffled[: max(count, 0)]
    named = [one for one in people if one.customer in customers]
    if not named:
        raise BadInput(f"{', '.join(customers)[:200]}: nobody of the audience has such an id.")
    return named


def render(services: Services, campaign: Campaign, people: Sequence[Person]) -> Iterator[Preview]:
    """The message of each, with the subjects one after the other."""
    draft, policy, links = campaign.draft, services.open_campaign_policy(), services.open_links()
    offered, arms = offer_values(draft.offer), draft.audience.arms
    for at, person in enumerate(people):
        arm = arms[at % len(arms)]
        letter = read_template(
            Template(subject=arm.subject, preheader=draft.texts.preheader, body=draft.texts.body), policy
        )
        recipient = Recipient(
            contact=links.contact(person.address),
            to=person.address,
            to_name=person.name,
            arm=arm.name,
            values={**person.values, **offered},
        )
        yield Preview(person, letter.message(campaign.id, recipient, links, services.now()))


def send_test(services: Services, preview: Preview, address: str) -> str:
    """Send a message to an address of the team's, marked as a test; gives a sentence that says where it went.

    Raises `BadInput` for a wrong address or a message that is refused, and what the mailer raises.
    """
    to = parse_address(address)
    mailer = services.open_campaign_mailer()
    message = preview.message
    test = message.model_copy(
        update={
            "campaign": f"{message.campaign}-test-{secrets.token_hex(4)}",
            "contact": services.open_links().contact(to),
            "to": to,
            "to_name": "",
            "subject": f"[Test] {message.subject}",
        }
    )
    result = mailer.send(test, test.key)
    if isinstance(result, Sent):
        return f"A test went to {to}. {mailer.describe()}"
    raise BadInput(f"The test was refused: {result.reason}")
