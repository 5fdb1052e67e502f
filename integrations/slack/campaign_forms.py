"""The forms of a campaign's card: why it is approved or rejected, what is changed, where a test goes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from slackblocks import InputBlock, ModalView, PlainTextInput, SectionBlock

from agents.campaigns.campaign import Campaign
from analytics.customers import SEGMENTS
from integrations.slack.forms import LONGEST
from integrations.slack.mrkdwn import clip, escape, text_of

ARMS: Final = 3
"""Subjects that a form has room for."""

SHORT_FIELD: Final = 300
"""Characters of a field of one line."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    label: str
    value: str = ""
    hint: str | None = None
    optional: bool = False
    long: bool = False

    def block(self) -> InputBlock:
        most = LONGEST if self.long else SHORT_FIELD
        entry = PlainTextInput(
            action_id=self.name,
            initial_value=clip(self.value, most) or None,
            multiline=self.long,
            max_length=most,
        )
        return InputBlock(self.label, entry, hint=self.hint, block_id=self.name, optional=self.optional)


@dataclass(frozen=True, slots=True)
class _Form:
    title: str
    submit: str
    first: str
    """The field that says what is wrong."""


FORMS: Final = {
    "approve": _Form("Approve all the same", "Approve", "reason"),
    "reject": _Form("Reject the campaign", "Reject", "reason"),
    "stop": _Form("Stop the campaign", "Stop for good", "reason"),
    "test": _Form("Send a test", "Send", "address"),
    "edit": _Form("Edit the campaign", "Save a new version", "subject0"),
    "audience": _Form("Change the audience", "Save a new version", "days"),
}
"""What a form is called, by the verb that it carries out."""


def campaign_form(campaign: Campaign, verb: str, meta: dict[str, Any]) -> dict[str, Any]:
    """The form for a verb, filled in with how the campaign is; `meta` comes back with what is written."""
    form = FORMS[verb]
    blocks: list[Any] = []
    if verb == "approve":
        words = "\n".join(
            f":red_circle: {escape(clip(each, 800))}" for each in campaign.draft.prospects.objections
        )
        blocks.append(SectionBlock(text_of(f"*Finance says no:*\n{words}"), block_id="objections"))
    if verb == "stop":
        words = "What has not gone will not go, and this cannot be undone."
        blocks.append(SectionBlock(text_of(words), block_id="warning"))
    blocks += [field.block() for field in _fields(campaign, verb)]
    view = ModalView(
        title=form.title,
        blocks=blocks,
        submit=form.submit,
        close="Cancel",
        callback_id="campaign_form",
        private_metadata=json.dumps({**meta, "campaign": campaign.id, "verb": verb}),
    )
    return view.to_dict()


def too_long(campaign: Campaign) -> bool:
    """Whether the mail is longer than a form of Slack can hold."""
    return len(campaign.draft.texts.body) > LONGEST


def _fields(campaign: Campaign, verb: str) -> Iterator[_Field]:
    draft = campaign.draft
    match verb:
        case "approve":
            yield _Field(
                "reason", "Why it shall go out", hint="Stands on the card and in the log.", long=True
            )
        case "reject" | "stop":
            yield _Field("reason", "Why", optional=True, long=True)
        case "test":
            yield _Field("address", "Your e-mail address")
        case "audience":
            yield _Field("days", "Without an order for so many days", str(draft.brief.days))
            hint = f"Empty for all. There are {', '.join(SEGMENTS)}."
            yield _Field("segment", "Only this segment", draft.brief.segment or "", hint, optional=True)
        case "edit":
            subjects = [*draft.texts.subjects, "", "", ""][:ARMS]
            for at, subject in enumerate(subjects):
                yield _Field(f"subject{at}", f"Subject {'ABC'[at]}", subject, optional=at > 0)
            yield _Field("preheader", "The line after the subject", draft.texts.preheader, optional=True)
            hint = "Markdown; what stands in {braces} is filled in for each customer."
            yield _Field("body", "The mail", draft.texts.body, hint, long=True)
            yield _Field("offer", "Offer in percent", str(draft.offer.percent), "0 is none.")
