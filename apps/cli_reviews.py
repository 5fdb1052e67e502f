"""`gtm reviews`, `gtm decide` and `gtm conversations`."""

from __future__ import annotations

import difflib
import os
import pwd
from datetime import UTC, datetime
from typing import Literal, get_args

import typer
from rich.table import Table
from rich.text import Text

from agents.domain import (
    ConversationFilter,
    ConversationSummary,
    Decided,
    Decision,
    Message,
    ReplyDecision,
    Review,
    State,
    Verb,
    Vote,
)
from agents.errors import BadInput
from agents.session import Session
from apps import cli_edge as edge
from apps.cli_lists import duration, one_of, open_session, plain_table
from integrations.settings import Settings

Listed = Literal["open", "pending", "taken", "decided", "all"]
NEEDS_TEXT = ("edit", "reply")
SPEAKERS = {"customer": "bold", "bot": "cyan", "person": "green", "system": "dim"}


def run_reviews(settings: Settings, status: str, limit: int, *, as_json: bool) -> None:
    """Print the reviews of a status, oldest first."""
    chosen = one_of(status, get_args(Listed), "status")
    with open_session(settings) as session:
        found = session.reviews(chosen, limit)
    now = datetime.now(UTC)
    if as_json:
        edge.print_json([_review_line(review, review.waiting_seconds(now)) for review in found])
    elif found:
        edge.console().print(_review_table(found, [review.waiting_seconds(now) for review in found]))
    else:
        edge.console().print("Nothing waits for a person.")


def _review_line(review: Review, waiting: float) -> dict[str, object]:
    return {
        "review": review.id,
        "kind": review.kind,
        "conversation": review.conversation,
        "question": review.question,
        "draft": review.draft,
        "confidence": review.confidence,
        "reason": review.reason,
        "status": review.status,
        "waiting_seconds": round(waiting, 1),
    }


def _review_table(reviews: list[Review], waiting: list[float]) -> Table:
    table = plain_table("review", "waits", "status", "because", "question", whole=("review", "waits"))
    for review, seconds in zip(reviews, waiting, strict=True):
        status = f"{review.status} by {review.by}" if review.by else review.status
        table.add_row(review.id, duration(seconds), Text(status), Text(review.reason), Text(review.question))
    return table


def run_decide(
    settings: Settings, review: str, verb: str, text: str | None, by: str | None, *, as_json: bool
) -> None:
    """Decide a review; exit code 1 where somebody was first."""
    chosen: Verb = one_of(verb, get_args(Verb), "verb")
    if chosen in NEEDS_TEXT and not (text or "").strip():
        raise BadInput(f"{chosen} sends words of yours to the customer: give them with --text.")
    who = (by or pwd.getpwuid(os.getuid()).pw_name).strip()
    with open_session(settings) as session:
        _check_known(session, review)
        decided = session.decide(review, Decision(verb=chosen, text=text, by=who))
    if as_json:
        edge.print_json(decided.model_dump(include={"review", "status", "by", "text"}))
    else:
        edge.console().print(Text(_in_words(decided, chosen)))
    if decided.status == "already_decided":
        raise typer.Exit(edge.FAILED)


def _check_known(session: Session, review: str) -> None:
    """An id that there is not raises `BadInput` with those that look like it."""
    try:
        session.review(review)
    except BadInput as error:
        ids = [each.id for each in session.reviews("all", 10_000)]
        near = difflib.get_close_matches(review, ids, n=3)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise BadInput(f"{error}{hint}") from error


def _in_words(decided: Decided, verb: Verb) -> str:
    if decided.status == "done":
        return f"{verb} by {decided.by}: done."
    words = f"{decided.by} was first"
    return f"{words}: {decided.text}" if decided.text else f"{words}."


def run_conversations(settings: Settings, find: dict[str, str | float | None], *, as_json: bool) -> None:
    """Print the conversations that hold all that is asked for, last active first."""
    for name, allowed in (("state", State), ("decision", ReplyDecision), ("vote", Vote)):
        if find.get(name) is not None:
            one_of(str(find[name]), get_args(allowed), name)
    with open_session(settings) as session:
        found = session.conversations(ConversationFilter.model_validate(find))
    if as_json:
        edge.print_json([summary.model_dump(mode="json") for summary in found])
    elif found:
        edge.console().print(_conversation_table(found))
    else:
        edge.console().print("There is no such conversation.")


def _conversation_table(summaries: list[ConversationSummary]) -> Table:
    table = plain_table(
        "conversation", "last active", "state", "said", "first question", whole=("conversation",)
    )
    for each in summaries:
        state = f"{each.state} ({each.person})" if each.person else each.state
        last = f"{each.last_at.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(each.id, last, Text(state), str(each.messages), Text(each.first_question))
    return table


def run_show(settings: Settings, conversation: str, *, as_json: bool) -> None:
    """Print what was said in a conversation."""
    with open_session(settings) as session:
        said = session.messages(conversation)
    if as_json:
        edge.print_json([each.model_dump(mode="json", include={"role", "text", "at", "by"}) for each in said])
        return
    console = edge.console()
    for each in said:
        console.print(_said(each))


def _said(message: Message) -> Text:
    who = f"{message.by} (person)" if message.by else message.role
    head = f"{message.at.astimezone():%Y-%m-%d %H:%M}  {who}\n"
    return Text.assemble((head, SPEAKERS[message.role]), message.text, "\n")
