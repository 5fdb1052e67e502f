"""Where the command line meets the world: settings, errors, exit codes, and what is printed."""

from __future__ import annotations

import contextlib
import getpass
import json
import logging
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents.errors import BadInput, DeskError
from agents.lazy import Lazy
from agents.masked_logs import Mask, mask_logs

if TYPE_CHECKING:
    from rich.console import Console

    from integrations.settings import Settings

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home", help="The folder with all state. Default: GTM_HOME, else var.", show_default=False
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]

FAILED = 1
BAD_INPUT = 2

log = logging.getLogger("gtm")


@dataclass
class _Call:
    """What was given before the command's name."""

    home: Path | None = None
    verbose: bool = False
    policies: Path | None = None


_call = _Call()


def prepare_streams() -> None:
    """Print UTF-8 whatever the locale says; a broken surrogate is escaped, which is also valid in JSON."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]


def begin(home: Path | None, *, verbose: bool) -> None:
    """Note the options before the command, and send logs to standard error."""
    _call.home, _call.verbose = home, verbose
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(
        level=level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr, force=True
    )
    for noisy in ("httpx", "chromadb", "onnxruntime"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    mask_logs(_masked)


def _masked(text: str) -> str:
    return _mask()(text)


@Lazy
def _mask() -> Mask:
    """What the policy in force masks in logs; where that policy is broken, the shipped one does."""
    from agents.masking import Masker, kinds_for  # noqa: PLC0415 - most commands log nothing
    from agents.privacy_policy import load_privacy_policy  # noqa: PLC0415

    try:
        policy = load_privacy_policy(_call.policies)
    except BadInput:
        policy = load_privacy_policy()
    masker, kinds = Masker(policy), kinds_for(policy, "log")
    return lambda text: masker.mask(text, kinds).text


@contextlib.contextmanager
def guarded(home: Path | None, *, as_json: bool) -> Iterator[Settings]:
    """The settings for a command; whatever it raises becomes a sentence and an exit code."""
    from integrations.settings import load_settings  # noqa: PLC0415 - `gtm --help` does without

    settings = None
    try:
        settings = load_settings(home or _call.home)
        _call.policies = settings.policies
        yield settings
    except BadInput as error:
        _fail(str(error), BAD_INPUT, as_json=as_json)
    except DeskError as error:
        _fail(str(error), FAILED, as_json=as_json)
    except BrokenPipeError:
        # The reader of our output has gone; there is nobody left to tell.
        sys.stderr.close()
        raise typer.Exit(FAILED) from None
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:  # noqa: BLE001 - the app's edge
        reference = _record(error, settings)
        _fail(f"Something went wrong that should not. {reference}", FAILED, as_json=as_json)


def _record(error: Exception, settings: Settings | None) -> str:
    """Log a traceback where it can be found again; gives the sentence that says where."""
    reference = secrets.token_hex(4)
    if _call.verbose or settings is None:
        log.error("Reference %s", reference, exc_info=error)
        return f"Reference {reference}."
    file = settings.log_folder / "gtm.log"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(file, encoding="utf-8")
    except OSError:
        log.error("Reference %s", reference, exc_info=error)
        return f"Reference {reference}."
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    quiet = logging.getLogger("gtm.file")
    quiet.propagate = False
    quiet.addHandler(handler)
    quiet.error("Reference %s", reference, exc_info=error)
    handler.close()
    quiet.removeHandler(handler)
    return f"Reference {reference}; what happened is written in {file}."


def _fail(sentence: str, code: int, *, as_json: bool) -> None:
    typer.echo(f"gtm: {sentence}", err=True)
    if as_json:
        print_json({"error": sentence})
    raise typer.Exit(code)


def operator() -> str:
    """Who is at the command line, for the audit."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a machine that knows no name for this user
        return "somebody"


def read_file(file: Path) -> str:
    """What a file that was named says. One that cannot be read as UTF-8 raises `BadInput`."""
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read as text in UTF-8: {error}.") from error


def write_file(out: Path, text: str) -> None:
    """What a command was told to write into a file. One that cannot be written raises `BadInput`."""
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise BadInput(f"{out} cannot be written ({error.strerror}).") from error


def print_json(value: Mapping[str, object] | Sequence[Mapping[str, object]]) -> None:
    """The one JSON object, or list of objects, of a command, on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def console(*, stderr: bool = False) -> Console:
    """Where a person reads."""
    from rich.console import Console  # noqa: PLC0415

    return Console(stderr=stderr, highlight=False)
