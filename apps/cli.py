"""The command `gtm`: every verb of the desk on the command line.

Standard output carries the result (with --json exactly one JSON object), standard error everything else.
Exit codes: 0 done, 1 failed, 2 the input cannot be used. A command imports the heavy parts that it needs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from apps import cli_edge as edge

app = typer.Typer(
    name="gtm",
    help="Answers from your documents, with sources and an honest confidence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
evaluations = typer.Typer(name="eval", help="Measure the desk on labelled questions.", no_args_is_help=True)
app.add_typer(evaluations)

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home", help="The folder with all state. Default: GTM_HOME, else var.", show_default=False
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]


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


@evaluations.command("support")
def evaluate_support(
    sets: Annotated[
        list[Path],
        typer.Argument(help="Folders with docs/ and questions.jsonl.", metavar="SET…", exists=False),
    ],
    out: Annotated[Path, typer.Option(help="Where to write one JSON line a question.")],
    fit: Annotated[bool, typer.Option("--fit", help="Refit the confidence on these questions.")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Ask every question of a SET against an index of its documents, and print how good the answers are."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_evaluate import run_evaluation  # noqa: PLC0415

        run_evaluation(settings, sets, out, fit=fit, as_json=as_json)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on. Default: GTM_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="The port. Default: GTM_PORT.", min=0, max=65535)] = None,
    home: HomeOption = None,
) -> None:
    """Serve the customers' chat until told to stop."""
    with edge.guarded(home, as_json=False) as settings:
        from agents.session import Session  # noqa: PLC0415
        from apps.server import serve as serve_chat  # noqa: PLC0415
        from integrations import connect  # noqa: PLC0415

        session = Session(connect(settings))
        try:
            serve_chat(session, settings, host or settings.host, settings.port if port is None else port)
        finally:
            session.close()


@app.command()
def doctor(as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Say of each part whether it is ok, off or broken, and what to do."""
    with edge.guarded(home, as_json=as_json) as settings:
        from apps.cli_doctor import run_doctor  # noqa: PLC0415

        run_doctor(settings, as_json=as_json)


def main() -> None:
    """The entry point of the program."""
    edge.prepare_streams()
    app(prog_name="gtm")
