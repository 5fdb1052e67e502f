"""`gtm prompts`: the words that models are told."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from apps import cli_edge as edge
from apps.cli_edge import HomeOption, JsonOption

prompts = typer.Typer(
    name="prompts", help="See and try the words that models are told.", no_args_is_help=True
)

NameArgument = Annotated[str, typer.Argument(help="A name that `gtm prompts list` shows.", metavar="NAME")]


@prompts.command(name="list")
def list_prompts(as_json: JsonOption = False, home: HomeOption = None) -> None:
    """List the prompts with their versions and variables."""
    with edge.guarded(home, as_json=as_json):
        from agents.prompting import load_prompts  # noqa: PLC0415

        found = [
            {"name": prompt.name, "version": prompt.version, "variables": list(prompt.variables)}
            for prompt in load_prompts().values()
        ]
        if as_json:
            edge.print_json({"prompts": found})
            return
        for prompt in load_prompts().values():
            typer.echo(f"{prompt.label}  {', '.join(prompt.variables)}")


@prompts.command()
def show(name: NameArgument, as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Show a prompt as it is written."""
    with edge.guarded(home, as_json=as_json):
        from agents.prompting import find_prompt  # noqa: PLC0415

        prompt = find_prompt(name)
        if as_json:
            edge.print_json(prompt.model_dump())
            return
        typer.echo(f"{prompt.label}\n\n{prompt.system}\n{prompt.user}")


@prompts.command(name="try")
def try_prompt(name: NameArgument, as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Fill a prompt in with its sample, and show what the model makes of it; without a model, what it would be told."""
    with edge.guarded(home, as_json=as_json) as settings:
        from agents.models.policy import load_model_policy  # noqa: PLC0415
        from agents.prompting import find_prompt  # noqa: PLC0415
        from integrations.model_hosts import open_model_hosts  # noqa: PLC0415

        prompt = find_prompt(name)
        rendered, hosts = prompt.sample(), open_model_hosts(settings)
        told = {"prompt": rendered.label, "system": rendered.system, "user": rendered.user}
        model, said, began = None, None, time.perf_counter()
        if hosts is not None:
            specialist = load_model_policy(settings.policies).specialists[prompt.specialist]
            model, said = specialist.model, hosts.of(specialist.model).say(specialist, rendered)
        seconds = round(time.perf_counter() - began, 3)
        if as_json:
            edge.print_json({**told, "model": model, "answer": said, "seconds": seconds if said else None})
            return
        typer.echo(f"{rendered.system}\n{rendered.user}")
        typer.echo(
            f"\n{model}, {seconds} s:\n{said}"
            if said
            else "\n(no model: set OPENAI_API_KEY to see an answer)"
        )
