"""A frozen template and a customer, made into the very message that they get."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from html import escape
from typing import Final

from pydantic import Field

from agents.campaigns import fields, layout
from agents.campaigns.campaign import Draft
from agents.campaigns.fields import Name, Piece, Values
from agents.campaigns.mailing import CampaignMessage, Sender
from agents.campaigns.policy import CampaignPolicy
from agents.campaigns.unsubscribing import MessageLinks
from agents.domain import Value
from agents.errors import BadInput

LONGEST_SUBJECT: Final = 150  # characters; inboxes show 40 to 70
LONGEST_BODY: Final = 20_000  # characters; large mails are cut off


class Template(Value):
    """What marketing wrote: plain subject and preheader, the body in Markdown, all with {fields}.

    A line break stays one. A paragraph that is one link becomes a button. The footer is the policy's and is added.
    """

    subject: str
    preheader: str = ""
    body: str


class Recipient(Value):
    """One customer of a campaign, by their contact's mark, with what is known of them for the fields."""

    contact: str
    to: str
    to_name: str = ""
    arm: str
    values: dict[Name, str | None] = Field(default_factory=dict)


@dataclass(frozen=True)
class Letter:
    """A template that was read once, to be filled for each recipient."""

    policy: CampaignPolicy
    subject: tuple[Piece, ...]
    text: tuple[Piece, ...]
    html: tuple[Piece, ...]

    @cached_property
    def fields(self) -> frozenset[Name]:
        """The fields that it has, the footer's too."""
        return fields.names_in((*self.subject, *self.text, *self.html))

    @cached_property
    def needed(self) -> frozenset[Name]:
        """Those without which it cannot go: the customer's own that have no fallback."""
        return self.fields - set(self.policy.fallbacks) - {"brand", "shop_url", "unsubscribe_url"}

    def message(
        self, campaign: str, recipient: Recipient, links: MessageLinks, at: datetime
    ) -> CampaignMessage:
        """The message for one recipient; `BadInput` names a field of theirs that is not known."""
        mail, contact = self.policy.mail, recipient.contact
        unsubscribe = links.unsubscribe_url(campaign, contact)
        values = self._values(recipient.values, unsubscribe)

        def link(target: str) -> str:
            own = target == unsubscribe or not mail.count_clicks
            return target if own else links.click_url(campaign, contact, target)

        subject = " ".join(fields.fill_text(self.subject, values, link).split())
        return CampaignMessage(
            campaign=campaign,
            contact=contact,
            arm=recipient.arm,
            to=recipient.to,
            to_name=fields.tidy("first_name", recipient.to_name) or "",
            sender=Sender(name=mail.sender.name, address=mail.sender.address),
            reply_to=mail.reply_to,
            subject=subject,
            text=fields.fill_text(self.text, values, link),
            html=fields.fill_html(self.html, values, link),
            unsubscribe_url=unsubscribe,
            at=at,
        )

    def _values(self, own: Values, unsubscribe: str) -> dict[Name, str]:
        mail = self.policy.mail
        known: dict[Name, str | None] = {name: fields.tidy(name, own.get(name)) for name in self.fields}
        known |= {"brand": mail.sender.name, "shop_url": mail.shop_url, "unsubscribe_url": unsubscribe}
        values = {name: value or self.policy.fallbacks.get(name) for name, value in known.items()}
        missing = sorted(name for name in self.fields if not values[name])
        for name in self.fields - set(missing):
            if fields.FIELDS[name].is_link and not fields.is_web_address(values[name] or ""):
                missing.append(name)
        if missing:
            raise BadInput(
                f"Nothing usable is known for {', '.join(f'{{{name}}}' for name in missing)}. "
                "Take the field out of the template, or leave this customer out."
            )
        return {name: value for name, value in values.items() if value}


def read_letters(draft: Draft, policy: CampaignPolicy) -> dict[str, Letter]:
    """The letter of each arm of a draft, by the arm's name; raises as `read_template` does."""
    texts = draft.texts
    return {
        arm.name: read_template(
            Template(subject=arm.subject, preheader=texts.preheader, body=texts.body), policy
        )
        for arm in draft.audience.arms
    }


def read_template(template: Template, policy: CampaignPolicy) -> Letter:
    """Read a template for good; `BadInput` says which part is wrong, and what may stand there."""
    subject = _one_line(template.subject, "subject", LONGEST_SUBJECT)
    preheader = _one_line(template.preheader, "preheader", LONGEST_SUBJECT)
    if not subject:
        raise BadInput("The subject is empty. Write one: inboxes show it before all else.")
    if not template.body.strip():
        raise BadInput("The body is empty. Write what the customer shall read.")
    if len(template.body) > LONGEST_BODY:
        raise BadInput(
            f"The body has {len(template.body):,} characters, and inboxes cut long mails off. "
            f"Stay within {LONGEST_BODY:,}."
        )
    html, text, targets = layout.read_body(fields.mark_fields(template.body, "body"), "body")
    marked = fields.mark_fields(preheader, "preheader")
    whole = layout.frame(
        language=policy.mail.language,
        brand=policy.mail.sender.name,
        preheader=escape(marked, quote=False),
        body=html,
        footer=_footer_html(policy),
    )
    return Letter(
        policy=policy,
        subject=fields.split_fields(fields.mark_fields(subject, "subject")),
        text=fields.split_fields(text + _footer_text(policy), targets),
        html=fields.split_fields(whole, targets),
    )


def _one_line(text: str, where: str, longest: int) -> str:
    line = re.sub(r"\s+", " ", text).strip()
    if len(line) > longest:
        raise BadInput(f"The {where} has {len(line)} characters. Stay within {longest}: inboxes show less.")
    return line


def _footer_text(policy: CampaignPolicy) -> str:
    mail = policy.mail
    return f"\n\n---\n{mail.why}\n{mail.unsubscribe}: \ue000unsubscribe_url\ue001\n\n{mail.postal_address}\n"


def _footer_html(policy: CampaignPolicy) -> str:
    mail = policy.mail
    address = escape(mail.postal_address).replace("\n", "<br>")
    link = '<a class="link" style="color:#8a4322" href="\ue000unsubscribe_url\ue001">'
    return f"{escape(mail.why)} {link}{escape(mail.unsubscribe)}</a><br>{address}"
