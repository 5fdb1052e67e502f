"""The forms in which a member writes an answer, or changes what the desk shall learn."""

from __future__ import annotations

import json
from typing import Any, Final

from slackblocks import ContextBlock, InputBlock, ModalView, PlainTextInput, SectionBlock

from agents.domain import Review
from agents.learning import Proposal
from integrations.slack.mrkdwn import clip, escape, quoted, text_of

LONGEST: Final = 3000
"""Characters that one field of a form takes."""

ANSWER: Final = "answer"
QUESTION: Final = "question"
TITLES: Final = {"edit": "Edit the draft", "reply": "Reply to the customer"}


def answer_form(review: Review, verb: str, question: str, draft: str, meta: dict[str, Any]) -> dict[str, Any]:
    """Where the words are written that the customer shall read; `meta` comes back with them."""
    field = PlainTextInput(
        action_id=ANSWER,
        initial_value=draft if verb == "edit" and draft else None,
        multiline=True,
        max_length=LONGEST,
    )
    blocks: list[Any] = [
        SectionBlock(text_of(piece), block_id=f"question{number}")
        for number, piece in enumerate(quoted(escape(question), most=1))
    ]
    blocks.append(InputBlock("What the customer shall read", field, block_id=ANSWER))
    if verb == "reply" and draft:
        hint = clip(f"The desk would have said: {escape(draft)}", 1500)
        blocks.append(ContextBlock([text_of(hint)], block_id="draft"))
    view = ModalView(
        title=TITLES[verb],
        blocks=blocks,
        submit="Send",
        close="Cancel",
        callback_id="case_answer",
        private_metadata=json.dumps({**meta, "review": review.id, "verb": verb}),
    )
    return view.to_dict()


def entry_form(proposal: Proposal, personal: str, meta: dict[str, Any]) -> dict[str, Any]:
    """Where the words of a proposal are changed before it is learned."""
    fields = ((QUESTION, "Question", proposal.question), (ANSWER, "Answer", proposal.answer))
    blocks: list[Any] = [
        InputBlock(
            label,
            PlainTextInput(
                action_id=name, initial_value=clip(words, LONGEST), multiline=True, max_length=LONGEST
            ),
            block_id=name,
        )
        for name, label, words in fields
    ]
    if personal:
        blocks.append(ContextBlock([text_of(escape(personal))], block_id="personal"))
    view = ModalView(
        title="Add to knowledge base",
        blocks=blocks,
        submit="Add",
        close="Cancel",
        callback_id="entry_words",
        private_metadata=json.dumps({**meta, "entry": proposal.entry.id}),
    )
    return view.to_dict()
