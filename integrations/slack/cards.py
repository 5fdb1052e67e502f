"""How a case looks in Slack: its card, the lines of its thread, what may be learned from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from slackblocks import ActionsBlock, Block, Button, ContextBlock, DividerBlock, SectionBlock

from agents.domain import first_name
from agents.team_channel import Card, Note, Offer, Reminder, ThreadLine
from integrations.slack.mrkdwn import clip, escape, link, markdown, mention, moment, quoted, text_of

MOST_BLOCKS: Final = 50  # of a message
SHORT: Final = 280  # characters of the line that a notification shows

Shown = tuple[str, list[dict[str, Any]]]
"""What a notification says, and the blocks."""

BUTTONS: Final = {
    "approve": "Approve",
    "edit": "Edit…",
    "reply": "Reply…",
    "reject": "Reject",
    "take-over": "Take over",
    "hand-back": "Hand back",
}
"""The verbs of a card, as its buttons name them; each has the action id `case_` and its name."""


def shown(key: str, note: Note) -> Shown:
    """A note as a message; the id of its first block is `key`, by which it is found again."""
    match note:
        case Card():
            return clip(_headline(note), SHORT), resolved(_card(key, note))
        case ThreadLine():
            return clip(f"{_speaker(note)}: {escape(note.text)}", SHORT), resolved(_line(key, note))
        case Offer():
            return "What may be learned from this answer", resolved(_offer(key, note))
        case Reminder():
            return _reminder(note), resolved([SectionBlock(text_of(_reminder(note)), block_id=key)])


def resolved(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Blocks as Slack takes them, no more than a message may have."""
    return [block._resolve() for block in blocks][:MOST_BLOCKS]


def _headline(card: Card) -> str:
    return f"{_state(card).replace('*', '')}: {escape(' '.join(card.question.split()))}"


def _card(key: str, card: Card) -> list[Block]:
    blocks: list[Block] = [SectionBlock(text_of(f"{_sign(card)} {_state(card)}{_times(card)}"), block_id=key)]
    blocks += _quotation(f"{key}:question", escape(card.question))
    blocks.append(ContextBlock([text_of(" · ".join(_facts(card)))], block_id=f"{key}:facts"))
    if card.draft:
        title = "*What the desk would have said*" if card.status != "decided" else "*The desk's draft*"
        blocks.append(SectionBlock(text_of(title), block_id=f"{key}:title"))
        blocks += _quotation(f"{key}:draft", markdown(card.draft))
    if card.sources:
        blocks.append(ContextBlock([text_of(_sources(card))], block_id=f"{key}:sources"))
    buttons = _buttons(card)
    if buttons:
        blocks.append(ActionsBlock(buttons, block_id=f"{key}:actions"))
    hint = _hint(card)
    if hint:
        blocks.append(ContextBlock([text_of(hint)], block_id=f"{key}:hint"))
    return blocks


def _quotation(block_id: str, mrkdwn: str) -> list[Block]:
    return [
        SectionBlock(text_of(piece), block_id=f"{block_id}{number or ''}")
        for number, piece in enumerate(quoted(mrkdwn))
        if piece.strip("> ")
    ]


def _sign(card: Card) -> str:
    if card.status == "pending":
        return ":hourglass_flowing_sand:"
    if card.status == "taken":
        return ":raised_hand:"
    return (
        ":white_check_mark:" if card.verb in ("approve", "edit", "reply") else ":leftwards_arrow_with_hook:"
    )


def _state(card: Card) -> str:
    by = escape(card.by or "somebody")
    if card.status == "pending":
        return "*A customer waits for a person*"
    if card.status == "taken":
        return f"*Taken by {by}*"
    words = {"reject": f"Rejected by {by}", "hand-back": f"Handed back by {by}"}
    return f"*{words.get(card.verb or '', f'Answered by {by}')}*"


def _times(card: Card) -> str:
    if card.decided is not None:
        return f" after {waited((card.decided - card.opened).total_seconds())}"
    return f" · since {moment(card.opened)}, promised by {moment(card.due)} ({escape(card.zone)})"


def waited(seconds: float) -> str:
    """How long something took, in words."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours < 48 else f"{hours // 24} days"


def _facts(card: Card) -> list[str]:
    who = f"the customer left {escape(card.contact)}" if card.contact else "a visitor of the chat"
    # The figure stands right beside it.
    why = "not sure enough" if card.reason.startswith("confidence ") else card.reason
    facts = [
        f"From {who}" if not card.contact else who[0].upper() + who[1:],
        f"Because: {escape(clip(why, 300))}",
    ]
    facts.append(f"Confidence: {round(100 * card.confidence)} % ({escape(card.confidence_word)})")
    return facts


def _sources(card: Card) -> str:
    places = []
    for source in card.sources[:6]:
        words = f"{source.title}, {source.section}" if source.section else source.title
        places.append(link(source.link, clip(words, 150)) if source.link else escape(clip(words, 150)))
    return f"Sources: {' · '.join(places)}"


def _buttons(card: Card) -> list[Any]:
    if card.status == "decided":
        verbs = ["hand-back"] if card.joined else []
    else:
        verbs = ["approve", "edit"] if card.draft else []
        verbs += ["reply", "reject", "take-over" if card.status == "pending" else "hand-back"]
    first = verbs[0] if card.status != "decided" else None
    return [
        Button(
            BUTTONS[verb],
            action_id=f"case_{verb}",
            value=f"{card.review} {card.seen}",
            style="primary" if verb == first else None,
        )
        for verb in verbs
    ]


def _hint(card: Card) -> str:
    room = f" · {link(card.room, 'Control room')}" if card.room else ""
    if card.joined:
        name = escape(first_name(card.joined))
        return (
            f"{name} is in the conversation: replies in this thread go to the customer. "
            f"Begin with `//` to keep one among us; write `hand back` to leave it to the bot.{room}"
        )
    if card.status != "decided":
        return f"A reply in this thread goes to the customer; one that begins with `//` stays among us.{room}"
    return room.removeprefix(" · ")


def _speaker(line: ThreadLine) -> str:
    if line.role == "customer":
        return "The customer"
    return escape(line.by or "The team")


def _line(key: str, line: ThreadLine) -> list[Block]:
    words = list(quoted(escape(line.text)))
    first = text_of(f"*{_speaker(line)}*")
    blocks: list[Block] = [ContextBlock([first], block_id=key)]
    return blocks + [
        SectionBlock(text_of(piece), block_id=f"{key}:text{number}") for number, piece in enumerate(words)
    ]


def _offer(key: str, offer: Offer) -> list[Block]:
    by = escape(offer.by or "somebody")
    heads = {
        "proposed": ":seedling: *Add this to the knowledge base?*",
        "accepted": f":seedling: *Added to the knowledge base by {by}*",
        "dismissed": f"*Not added: turned down by {by}*",
        "withdrawn": f"*Taken out of the knowledge base by {by}*",
    }
    blocks: list[Block] = [SectionBlock(text_of(heads[offer.status]), block_id=key)]
    if offer.status in ("proposed", "accepted"):
        blocks.append(SectionBlock(text_of("Question"), block_id=f"{key}:asks"))
        blocks += _quotation(f"{key}:question", escape(offer.question))
        blocks.append(SectionBlock(text_of("Answer"), block_id=f"{key}:says"))
        blocks += _quotation(f"{key}:answer", markdown(offer.answer))
    if offer.contradictions:
        blocks.append(DividerBlock(block_id=f"{key}:line"))
        blocks.append(SectionBlock(text_of(":warning: *The documents say otherwise*"), block_id=f"{key}:but"))
        for number, theirs in enumerate(offer.contradictions[:3]):
            blocks += _quotation(f"{key}:but{number}-", markdown(theirs))
    notes = []
    if offer.personal and offer.status == "proposed":
        notes.append(f"Left out as personal: {escape(', '.join(dict.fromkeys(offer.personal)))}.")
    if offer.note:
        notes.append(escape(clip(offer.note, 500)))
    if notes:
        blocks.append(ContextBlock([text_of(" ".join(notes))], block_id=f"{key}:notes"))
    buttons = _offer_buttons(offer)
    return [*blocks, ActionsBlock(buttons, block_id=f"{key}:actions")] if buttons else blocks


def _offer_buttons(offer: Offer) -> list[Any]:
    value = str(offer.entry)
    if offer.status == "proposed":
        return [
            Button("Add to knowledge base", action_id="entry_accept", value=value, style="primary"),
            Button("Change the words…", action_id="entry_edit", value=value),
            Button("No, thanks", action_id="entry_dismiss", value=value),
        ]
    return [Button("Undo", action_id="entry_undo", value=value)] if offer.undo else []


def _reminder(note: Reminder) -> str:
    people = ", ".join(mention(member) for member in note.people)
    return f":bell: {escape(note.text).replace('{people}', people)}"
