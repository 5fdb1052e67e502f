"""`gtm ask`."""

from __future__ import annotations

from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text

from agents.domain import Reply
from apps import cli_edge as edge
from apps.cli_lists import open_session
from integrations.settings import Settings


def run_ask(settings: Settings, question: str, conversation: str | None, *, as_json: bool) -> None:
    """Ask as a trusted caller, and print the reply."""
    with open_session(settings) as session:
        reply = session.ask(question, conversation)
        word = session.policy.confidence_word(reply.confidence)
    if as_json:
        edge.print_json(reply.model_dump(mode="json"))
    else:
        _show(reply, word, edge.console())


def _show(reply: Reply, word: str, console: Console) -> None:
    console.print(Markdown(reply.answer))
    console.print()
    for place in dict.fromkeys((c.document, c.section, c.anchor) for c in reply.citations):
        document, section, anchor = place
        console.print(Text(f"  Source: {document}, {section}  (#{anchor})", style="cyan"))
    footer = f"  {reply.decision} · {reply.reason} · {reply.seconds * 1000:.0f} ms"
    if reply.citations:
        footer = f"  {word} ({reply.confidence:.0%}) · {reply.seconds * 1000:.0f} ms"
    console.print(Text(footer, style="dim"))
    if reply.review is not None:
        console.print(Text(f"  A person has to answer: gtm decide {reply.review} reply --text …"))
    console.print(Text(f"  Go on with: gtm ask --conversation={reply.conversation} …", style="dim"))
