"""The messages of a campaign as their recipients get them, before any has gone."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agents.campaigns.addresses import parse_address
from agents.campaigns.campaign import ArmLine, Campaign, Person
from agents.campaigns.mailing import CampaignMessage, Sent
from agents.campaigns.message import Recipient, read_letters
from agents.campaigns.wording import offer_values
from agents.errors import BadInput
from analytics.assignment import uniform

if TYPE_CHECKING:
    from agents.ports import Services


OWN_LINK: Final = "(the customer's own link to unsubscribe)"


@dataclass(frozen=True, slots=True)
class Preview:
    """One message as its recipient would get it."""

    person: Person
    message: CampaignMessage

    @property
    def text(self) -> str:
        """The text part, with words where the customer's own link to unsubscribe stands."""
        return self.message.text.replace(self.message.unsubscribe_url, OWN_LINK)


def pick(
    people: Sequence[Person], campaign: Campaign, customers: Sequence[str], count: int
) -> Sequence[Person]:
    """Those of these ids, else whose address or name has these words; without any the first of a fixed shuffle.

    Whom nobody is found for raises `BadInput`.
    """
    if not customers:
        shuffled = sorted(people, key=lambda one: uniform(campaign.id, "preview", one.customer))
        return shuffled[: max(count, 0)]
    named = [one for one in people if one.customer in customers]
    if not named:
        words = [each.strip().casefold() for each in customers if each.strip()]
        named = [one for one in people if any(_is_called(one, each) for each in words)][: max(count, 0)]
    if not named:
        raise BadInput(
            f"{', '.join(customers)[:200]}: nobody who gets this campaign has such an id, name or address."
        )
    return named


def _is_called(person: Person, words: str) -> bool:
    return words in person.name.casefold() or words == person.address.casefold()


def render(services: Services, campaign: Campaign, people: Sequence[Person]) -> Iterator[Preview]:
    """The message of each, with the subjects one after the other; its links do nothing in the customer's name."""
    links, letters = services.open_links(), read_letters(campaign.draft, services.open_campaign_policy())
    for at, person in enumerate(people):
        arm = campaign.draft.audience.arms[at % len(campaign.draft.audience.arms)]
        recipient = _recipient(campaign, person, arm, links.contact(person.address))
        message = letters[arm.name].message(campaign.id, recipient, links.shown(), services.now())
        yield Preview(person, message)


def send_test(services: Services, campaign: Campaign, person: Person, address: str) -> str:
    """Send what a customer would get to an address of the team's, marked as a test; gives a sentence that says where.

    Its links are that address's own: who unsubscribes by it does so for themselves. Raises `BadInput` for a wrong
    address or a message that is refused, and what the mailer raises.
    """
    to = parse_address(address)
    mailer, links = services.open_campaign_mailer(), services.open_links()
    arm = campaign.draft.audience.arms[0]
    recipient = _recipient(campaign, person, arm, links.contact(to))
    name = f"{campaign.id}-test-{secrets.token_hex(4)}"
    letters = read_letters(campaign.draft, services.open_campaign_policy())
    message = letters[arm.name].message(name, recipient, links, services.now())
    test = message.model_copy(update={"to": to, "to_name": "", "subject": f"[Test] {message.subject}"})
    result = mailer.send(test, test.key)
    if isinstance(result, Sent):
        return f"A test went to {to}. {mailer.describe()}"
    raise BadInput(f"The test was refused: {result.reason}")


def _recipient(campaign: Campaign, person: Person, arm: ArmLine, contact: str) -> Recipient:
    """A customer with an arm; `contact` is whose links the message has."""
    return Recipient(
        contact=contact,
        to=person.address,
        to_name=person.name,
        arm=arm.name,
        values={**person.values, **offer_values(campaign.draft.offer)},
    )
