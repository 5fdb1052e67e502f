"""The command `gtm`: every verb of the desk on the command line.

Standard output carries the result (with --json exactly one JSON object), standard error everything else.
Exit codes: 0 done, 1 failed, 2 the input cannot be used. A command imports the heavy parts that it needs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from apps import cli_edge as edge
from apps.cli_campaign import campaigns
from apps.cli_contacts import contacts
from apps.cli_customer import customer
from apps.cli_data import data
from apps.cli_edge import HomeOption, JsonOption
from apps.cli_entries import entries
from apps.cli_prompts import prompts
from apps.cli_users import users

app = typer.Typer(
    name="gtm",
    help="Answers from your documents, with sources and an honest confidence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
evaluations = typer.Typer(name="eval", help="Measure the desk on labelled questions.", no_args_is_help=True)
app.add_typer(evaluations)
app.add_typer(users)
app.add_typer(customer)
app.add_typer(data)
app.add_typer(campaigns)
app.add_typer(contacts)
app.add_typer(entries)
app.add_typer(prompts)
conversations = typer.Typer(name="conversations", help="Find conversations, or show one.")
app.add_typer(conversations)


@app.callback()
def start(
    home: HomeOption = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show logs and tracebacks.")] = False,
) -> None:
    """Answers from your documents, with sources and an honest confidence."""
    edge.begin(home, verbose=verbose)


@app.command()
def ingest(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files and folders; the index will hold exactly these.", metavar="PATH…"),
    ],
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Make the index equal to the documents at PATH: add, change, remove."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_ingest import run_ingest  # noqa: PLC0415

        run_ingest(settings, paths, as_json=as_json)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What a customer would write.")],
    conversation: Annotated[str | None, typer.Option(help="Go on with this conversation.")] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Ask the desk a question and see its answer, its sources and its confidence."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_ask import run_ask  # noqa: PLC0415

        run_ask(settings, question, conversation, as_json=as_json)


@app.command()
def reviews(
    status: Annotated[str, typer.Option(help="open, pending, taken, decided or all.")] = "open",
    limit: Annotated[int, typer.Option(help="Show no more than these.", min=1)] = 1000,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """List what waits for a person, oldest first."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_reviews import run_reviews  # noqa: PLC0415

        run_reviews(settings, status, limit, as_json=as_json)


@app.command()
def decide(
    review: Annotated[str, typer.Argument(help="Which, as `gtm reviews` names it.")],
    verb: Annotated[str, typer.Argument(help="approve, edit, reply, reject, take-over or hand-back.")],
    *,
    text: Annotated[
        str | None, typer.Option(help="What the customer reads; for reject, why (the team reads it).")
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="Who decides. Default: your login name.", metavar="NAME")
    ] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Answer a customer in person, or give the question back. Exit code 1 if somebody was first."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_reviews import run_decide  # noqa: PLC0415

        run_decide(settings, review, verb, text, by, as_json=as_json)


@conversations.callback(invoke_without_command=True)
def list_conversations(
    context: typer.Context,
    *,
    find: Annotated[str | None, typer.Option(help="Words that were said.", metavar="TEXT")] = None,
    state: Annotated[str | None, typer.Option(help="bot, waiting, person or resolved.")] = None,
    decision: Annotated[str | None, typer.Option(help="The last one: answer, clarify or escalate.")] = None,
    vote: Annotated[str | None, typer.Option(help="The last one: up or down.")] = None,
    confidence_below: Annotated[float | None, typer.Option(help="Of the last reply, 0 to 1.")] = None,
    limit: Annotated[int, typer.Option(help="Show no more than these.", min=1)] = 100,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """List conversations, last active first; `gtm conversations show ID` shows one."""
    if context.invoked_subcommand is not None:
        return
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_reviews import run_conversations  # noqa: PLC0415

        wanted = {"text": find, "state": state, "decision": decision, "vote": vote}
        run_conversations(
            settings, {**wanted, "confidence_below": confidence_below, "limit": limit}, as_json=as_json
        )


@conversations.command(context_settings={"ignore_unknown_options": True})  # an id may begin with a hyphen
def show(
    conversation: Annotated[str, typer.Argument(help="Its id.", metavar="ID")],
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Show what was said in a conversation."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_reviews import run_show  # noqa: PLC0415

        run_show(settings, conversation, as_json=as_json)


@app.command()
def outbox(
    status: Annotated[str, typer.Option(help="pending, failed or delivered.")] = "failed",
    retry: Annotated[
        int | None,
        typer.Option(help="Try this failed one again, now that its cause is mended.", metavar="ID"),
    ] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """List what has to be done outside: e-mails and the like that wait, failed, or are delivered."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_outbox import run_outbox  # noqa: PLC0415

        run_outbox(settings, status, retry, as_json=as_json)


@app.command()
def weekly(
    as_of: Annotated[
        str | None,
        typer.Option(help="Of the last complete week before this day, YYYY-MM-DD.", metavar="DATE"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write it here too: .html, .pdf, .md, .xlsx, .csv or .zip.", metavar="FILE"),
    ] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Report on the week: money, channels, customers, support, and what is out of the ordinary."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_data import parse_day  # noqa: PLC0415
        from apps.cli_weekly import run_weekly  # noqa: PLC0415

        run_weekly(settings, parse_day(as_of), out, as_json=as_json)


@app.command()
def inquire(
    question: Annotated[str, typer.Argument(help="Such as: which channel had the best ROAS last month?")],
    *,
    after: Annotated[
        list[str] | None, typer.Option(help="A question asked before, which this one goes on from.")
    ] = None,
    chart: Annotated[
        Path | None, typer.Option(help="Write the chart there, as a PNG.", metavar="FILE")
    ] = None,
    query: Annotated[bool, typer.Option("--query", help="Show the SQL that found it.")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Ask about the numbers: revenue, channels, customers, support; it says what it cannot know."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_inquire import run_inquire  # noqa: PLC0415

        run_inquire(settings, question, after or [], chart, as_json=as_json, query=query)


@evaluations.command("support")
def evaluate_support(
    sets: Annotated[
        list[Path],
        typer.Argument(help="Folders with docs/ and questions.jsonl.", metavar="SET…", exists=False),
    ],
    out: Annotated[Path, typer.Option(help="Where to write one JSON line a question.")],
    *,
    fit: Annotated[bool, typer.Option("--fit", help="Refit the confidence on these questions.")] = False,
    mode: Annotated[
        str, typer.Option(help="offline, or model: a model words the answers, and costs what it costs.")
    ] = "offline",
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Ask every question of a SET against an index of its documents, and print how good the answers are."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_evaluate import run_evaluation  # noqa: PLC0415

        run_evaluation(settings, sets, out, mode, fit=fit, as_json=as_json)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on. Default: GTM_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="The port. Default: GTM_PORT.", min=0, max=65535)] = None,
    answerers: Annotated[
        int | None,
        typer.Option(
            help="How many processes answer, 0 for none besides this one. Default: by the cores.", min=0
        ),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Serve the customers' chat, and run the jobs, until told to stop."""
    with edge.guarded(home, as_json=False) as settings:
        from apps.cli_serve import run_serve  # noqa: PLC0415

        chosen = {} if answerers is None else {"answerers": answerers}
        address = (host or settings.host, settings.port if port is None else port)
        run_serve(settings.model_copy(update=chosen), address)


@app.command()
def slack(
    disconnect: Annotated[
        bool, typer.Option("--disconnect", help="Let go of Slack: cases go there no more.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Run the bot of the team's Slack, and the jobs, until told to stop."""
    with edge.guarded(home, as_json=False) as settings:
        from apps.cli_slack import run_disconnect, run_slack  # noqa: PLC0415

        if disconnect:
            run_disconnect(settings)
        else:
            run_slack(settings)


@app.command()
def worker(home: HomeOption = None) -> None:
    """Run the jobs alone, beside or instead of those of `gtm serve`, until told to stop."""
    with edge.guarded(home, as_json=False) as settings:
        from apps.worker import run_worker  # noqa: PLC0415

        run_worker(settings)


@app.command()
def doctor(as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Say of each part whether it is ok, off or broken, and what to do."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_doctor import run_doctor  # noqa: PLC0415

        run_doctor(settings, as_json=as_json)


@app.command()
def status(as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Say how the desk is: what waits, what its models did and cost, and whether that is good enough."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_status import run_status  # noqa: PLC0415

        run_status(settings, as_json=as_json)


@app.command()
def trace(
    trace: Annotated[str, typer.Argument(help="Its id, as an answer names it.", metavar="ID")],
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Show how an answer came about: rules, retrieval, calls, checks, decision."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_status import run_trace  # noqa: PLC0415

        run_trace(settings, trace, as_json=as_json)


def main() -> None:
    """The entry point of the program."""
    edge.prepare_streams()
    app(prog_name="gtm")
