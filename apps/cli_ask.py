"""`gtm ask`."""

from __future__ import annotations

from rich.console import Console
from rich.live import Live
from rich.markdown import Markdown
from rich.text import Text

from agents.asking import Audience
from agents.domain import Reply
from agents.session import Session
from apps import cli_edge as edge
from apps.cli_lists import open_session
from integrations.settings import Settings


def run_ask(settings: Settings, question: str, conversation: str | None, *, as_json: bool) -> None:
    """Ask as a trusted caller, and print the reply; at a terminal while it is written."""
    console = edge.console()
    with open_session(settings) as session:
        if as_json:
            edge.print_json(session.ask(question, conversation).model_dump(mode="json"))
            return
        if console.is_terminal:
            reply = _ask_aloud(session, question, conversation, console)
        else:
            reply = session.ask(question, conversation)
            console.print(Markdown(reply.answer))
        _show(reply, session.policy.answer_word(reply.confidence), console)


def _ask_aloud(session: Session, question: str, conversation: str | None, console: Console) -> Reply:
    said = ""
    with Live(console=console, auto_refresh=False, vertical_overflow="visible") as live:

        def hear(piece: str) -> None:
            nonlocal said
            said += piece
            live.update(Markdown(said), refresh=True)

        reply = session.ask(question, conversation, audience=Audience(hear))
        live.update(Markdown(reply.answer), refresh=True)
    return reply


def _show(reply: Reply, word: str, console: Console) -> None:
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
