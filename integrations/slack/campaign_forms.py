"""The forms of campaigns: what one is for, why it is approved or rejected, what is changed, where a test goes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from slackblocks import (
    InputBlock,
    ModalView,
    Option,
    PlainTextInput,
    SectionBlock,
    StaticSelectMenu,
    Text,
    TextType,
)

from agents.campaigns.campaign import Brief, Campaign
from analytics.customers import SEGMENTS
from integrations.slack.forms import LONGEST
from integrations.slack.mrkdwn import clip, escape, text_of

ARMS: Final = 3
"""Subjects that a form has room for."""

SHORT_FIELD: Final = 300
"""Characters of a field of one line."""

NEW: Final = "campaign_new"
"""What the form for a new campaign, and a button that opens it, are called."""

EVERYBODY: Final = "Everybody"
"""Stands in a form for no segment."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    label: str
    value: str = ""
    hint: str | None = None
    optional: bool = False
    long: bool = False
    choices: tuple[str, ...] = ()

    def block(self) -> InputBlock:
        entry = self._select() if self.choices else self._text()
        return InputBlock(self.label, entry, hint=self.hint, block_id=self.name, optional=self.optional)

    def _text(self) -> PlainTextInput:
        most = LONGEST if self.long else SHORT_FIELD
        return PlainTextInput(
            action_id=self.name,
            initial_value=clip(self.value, most) or None,
            multiline=self.long,
            max_length=most,
        )

    def _select(self) -> StaticSelectMenu:
        options = {each: Option(Text(each, TextType.PLAINTEXT), each) for each in self.choices}
        return StaticSelectMenu(
            action_id=self.name, options=list(options.values()), initial_option=options.get(self.value)
        )


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
    "edit": _Form("Edit the campaign", "Save a new version", "body"),
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


def new_campaign_form(meta: dict[str, Any]) -> dict[str, Any]:
    """The form in which a campaign is asked for, a win-back or one in free words; `meta` comes back with it."""
    words = "Insights, marketing and finance draft it, and the channel decides. Nothing is sent before."
    view = ModalView(
        title="Draft a campaign",
        blocks=[
            SectionBlock(text_of(words), block_id="what"),
            *(field.block() for field in _new_fields()),
        ],
        submit="Draft it",
        close="Cancel",
        callback_id=NEW,
        private_metadata=json.dumps(meta),
    )
    return view.to_dict()


def _new_fields() -> Iterator[_Field]:
    days = f"Empty: {Brief(kind='winback').days}, or what your own words say."
    budget = "For offers and sending, in whole units such as 500. Empty: no limit."
    offer = "Empty: the usual one of a win-back, or what your own words say. 0: none."
    yield _Field("days", "Without an order for so many days", hint=days, optional=True)
    yield _segment("Who", hint="Everybody: unless your own words name a segment.")
    yield _Field("budget", "Budget", hint=budget, optional=True)
    yield _Field("offer", "Offer in percent", hint=offer, optional=True)
    text = "Empty: a win-back. What is filled in above holds for it too."
    yield _Field("text", "Or a brief in your own words", hint=text, optional=True, long=True)


def _segment(label: str, chosen: str | None = None, hint: str | None = None) -> _Field:
    return _Field("segment", label, chosen or EVERYBODY, hint, choices=(EVERYBODY, *SEGMENTS))


def written_in(view: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the fields of a form that was sent, by their names; nothing where everybody is chosen."""
    found = {}
    for name, each in view["state"]["values"].items():
        field = each[name]
        said = (field.get("selected_option") or {}).get("value") or field.get("value") or ""
        found[name] = "" if said == EVERYBODY else said.strip()
    return found


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
            yield _segment("Only this segment", draft.brief.segment)
        case "edit":
            subjects = [*draft.texts.subjects, "", "", ""][:ARMS]
            for at, subject in enumerate(subjects):
                yield _Field(f"subject{at}", f"Subject {'ABC'[at]}", subject, optional=at > 0)
            yield _Field("preheader", "The line after the subject", draft.texts.preheader, optional=True)
            hint = "Markdown; what stands in {braces} is filled in for each customer."
            yield _Field("body", "The mail", draft.texts.body, hint, long=True)
            named = "0 is none. The mail names it by {offer} and {offer_code}."
            yield _Field("offer", "Offer in percent", str(draft.offer.percent), named)
