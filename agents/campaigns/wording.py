"""Marketing's part of a draft: the texts, by the policy's template or by a model whose every claim is checked."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field

from agents.campaigns.campaign import Brief, Offer, Texts
from agents.campaigns.fields import FIELDS
from agents.campaigns.message import Template, read_template
from agents.campaigns.policy import CampaignPolicy
from agents.errors import BadInput
from agents.injections import without_orders
from agents.models.calls import Job, NoWords
from agents.prompting import find_prompt

if TYPE_CHECKING:
    from agents.ports import Services

OFFER_FIELDS: Final = ("offer", "offer_code", "offer_until")
OFFER_SAID: Final = frozenset({"offer", "offer_code"})
"""One of these says that there is an offer; its last day alone does not."""

_PARTS: Final = ("concept", "subjects", "preheader", "body", "social", "landing")
_NUMBER: Final = re.compile(r"\d[\d.,]*")
_FIELD: Final = re.compile(r"\{[^{}]*\}")
_LINK: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_NAMED: Final = re.compile(r"(?<![.!?:\n*#\-] )(?<!^)\b(?:[A-Z][\w’'-]+(?:\s+|$)){2,}", re.MULTILINE)
_SPELT: Final = re.compile(
    r"\b(?:half|twice|double|triple|ten|twenty|thirty|forty|fifty|ninety|hundred|percent|per cent|free)\b",
    re.IGNORECASE,
)

log = logging.getLogger(__name__)


class CampaignWords(BaseModel):
    """The form in which a model writes a campaign."""

    model_config = ConfigDict(extra="forbid")

    concept: str = Field(description="One sentence: what the campaign does and why.")
    subjects: list[str] = Field(description="Subject lines to be tested against each other.")
    preheader: str = Field(description="The line that inboxes show after the subject.")
    body: str = Field(description="The mail, in Markdown with fields.")
    social: str = Field(description="A post for social media.")
    landing: str = Field(description="The text of the page that the mail leads to.")


def offer_of(brief: Brief, policy: CampaignPolicy, day: date) -> Offer:
    """The offer that a brief asks for, or the policy's for a win-back, with its code and last day."""
    percent = brief.offer.percent if brief.offer is not None else policy.winback.offer_percent
    if brief.kind == "brief" and brief.offer is None:
        percent = 0
    if not percent:
        return Offer()
    return Offer(
        percent=percent, code=f"BACK{percent}", until=day + timedelta(days=policy.winback.offer_days)
    )


def offer_values(offer: Offer) -> dict[str, str | None]:
    """The offer's fields as they stand in a mail."""
    until = offer.until
    return {
        "offer": offer.words,
        "offer_code": offer.code,
        "offer_until": None if until is None else f"{until.day} {until:%B %Y}",
    }


def by_rules(brief: Brief, offer: Offer, policy: CampaignPolicy) -> Texts:
    """The policy's own template; a brief in free words gets it too, under its own concept."""
    rules = policy.winback
    subjects = [one for one in rules.subjects if offer.percent or not _mentions_offer(one)]
    concept = rules.concept.replace("{days}", str(brief.days))
    return Texts(
        concept=concept if brief.kind == "winback" else f"As asked: {brief.text[:300]}",
        subjects=tuple(subjects[: policy.economics.subject_tests]),
        preheader=rules.preheader,
        body=rules.body if offer.percent else rules.body_without_offer,
        social=rules.social,
        landing=rules.landing if offer.percent else None,
    )


def template_faults(policy: CampaignPolicy) -> list[str]:
    """What keeps the policy's own win-back mail from being sent, with an offer or without; empty where it holds."""
    offers = (Offer(percent=policy.economics.offer_at_most), Offer())
    brief = Brief(kind="winback")
    return list(
        dict.fromkeys(
            fault for offer in offers for fault in unusable(by_rules(brief, offer, policy), offer, policy)
        )
    )


def follow_rules(texts: Texts, before: Texts, now: Texts) -> Texts:
    """The texts with each part that still stands as the rules wrote it `before` as they write it `now`."""
    kept = [name for name in _PARTS if getattr(texts, name) == getattr(before, name)]
    return texts.model_copy(update={name: getattr(now, name) for name in kept})


def write_texts(
    services: Services,
    brief: Brief,
    offer: Offer,
    audience: str,
    products: Collection[str],
) -> Texts:
    """The texts of a draft, in a model's words where there is one and they hold, else by the rules."""
    policy = services.open_campaign_policy()
    fallback = by_rules(brief, offer, policy)
    room = services.open_models()
    if not room.on:
        return fallback
    prompt = find_prompt("campaign_texts")
    values = offer_values(offer)
    said = f"{values['offer']} with a code, until {values['offer_until']}" if offer.percent else "none"
    aim = without_orders(brief.text) if brief.kind == "brief" else fallback.concept
    rendered = prompt.render(
        brand=policy.mail.sender.name,
        aim=aim,
        audience=audience,
        offer=said,
        products="; ".join(sorted(products)[:40]),
        subjects=policy.economics.subject_tests,
        days=brief.days,
    )
    job = Job(
        specialist="marketing",
        prompt=rendered,
        form=CampaignWords,
        check=lambda words: complaints(words, brief, offer, policy, products),
        seconds=60.0,
    )
    try:
        words = room.write(job)
    except NoWords as failure:
        log.info("The rules write the campaign instead of a model: %s", failure)
        return fallback
    value = words.value
    return Texts(
        concept=value.concept,
        subjects=tuple(value.subjects),
        preheader=value.preheader,
        body=value.body,
        social=value.social or None,
        landing=value.landing or None,
        by=words.model,
        prompt=words.prompt,
    )


def complaints(
    words: CampaignWords, brief: Brief, offer: Offer, policy: CampaignPolicy, products: Collection[str]
) -> list[str]:
    """What a model's texts claim that is not so; empty where they hold."""
    found = []
    if len(words.subjects) != policy.economics.subject_tests or len(set(words.subjects)) != len(
        words.subjects
    ):
        found.append(f"write exactly {policy.economics.subject_tests} different subjects")
    texts = [words.concept, *words.subjects, words.preheader, words.body, words.social, words.landing]
    for text in texts:
        found += claims_too_much(text, brief, offer, policy, products)
    return found + unusable(
        Texts(
            concept=words.concept, subjects=tuple(words.subjects), preheader=words.preheader, body=words.body
        ),
        offer,
        policy,
    )


def claims_too_much(
    text: str, brief: Brief, offer: Offer, policy: CampaignPolicy, products: Collection[str]
) -> list[str]:
    """Numbers, links, products and offers of a text that nobody has vouched for."""
    found = []
    if not offer.percent and _mentions_offer(text):
        found.append("there is no offer: leave its fields out")
    bare = _FIELD.sub(" ", text)
    for number in _NUMBER.findall(bare):
        if number.strip(".,") != str(brief.days):
            found.append(f"the number {number.strip('.,')} is not known: use the fields")
    for link in _LINK.findall(bare):
        if link.strip(".,)") != policy.mail.shop_url:
            found.append(f"the link {link[:60]} is not ours: use {{shop_url}}")
    found += [f"“{word}” is a claim of an amount: use the fields" for word in _SPELT.findall(bare)]
    known = {part.lower() for name in (*products, policy.mail.sender.name) for part in name.split()}
    for name in _NAMED.findall(bare):
        if not all(part.strip(".,!?’'").lower() in known for part in name.split()):
            found.append(f"“{name.strip()[:60]}” is no product of the list: use {{recommended_product}}")
    return found


def unusable(texts: Texts, offer: Offer, policy: CampaignPolicy) -> list[str]:
    """What keeps texts from being sent, as a person is told who has edited them."""
    found = []
    for subject in texts.subjects:
        try:
            letter = read_template(
                Template(subject=subject, preheader=texts.preheader, body=texts.body), policy
            )
        except BadInput as error:
            found.append(str(error))
            continue
        if wrong := _not_as_offered(letter.fields, offer):
            found.append(wrong)
    if not texts.subjects or len(texts.subjects) > 3:
        found.append("A campaign has one to three subjects.")
    if len(set(texts.subjects)) != len(texts.subjects):
        found.append("Two subjects are the same; nothing could be learnt from that.")
    return list(dict.fromkeys(found))


def _not_as_offered(fields: frozenset[str], offer: Offer) -> str | None:
    """What is wrong where a message promises what is not offered, or keeps silent of what is."""
    if offer.percent:
        if fields & OFFER_SAID:
            return None
        return (
            f"The campaign offers {offer.words}, and its mail does not say so: put {{offer}} and {{offer_code}} into "
            "it, or set the offer to 0."
        )
    named = ", ".join(f"{{{name}}}" for name in OFFER_FIELDS if name in fields)
    if not named:
        return None
    return f"The texts speak of an offer, and the campaign has none: take {named} out, or give the campaign an offer."


def _mentions_offer(text: str) -> bool:
    return any(f"{{{name}}}" in text for name in OFFER_FIELDS if name in FIELDS)
