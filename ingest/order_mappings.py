"""Which column of a file is which field: the ready mappings, and those that a user writes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from ingest.order_errors import UnusableFile
from ingest.order_fields import FIELDS, KINDS, Kind

FOLDER = Path(__file__).parent / "mappings"

Part = Literal["sale", "discount", "refund", "shipping", "tax", "fee", "adjustment"]
Names = Annotated[tuple[str, ...], Field(min_length=1)]


class Skip(BaseModel):
    """Rows that are none: those whose `status` is one of these, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Names
    reason: str


class KindMapping(BaseModel):
    """How one kind of file is read.

    A column is looked for under each of its names in turn, whatever its case, spaces and underscores; one that
    is not `optional` must be there. `fill` fields stand on the first line of an order only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: dict[str, Names]
    optional: tuple[str, ...] = ()
    fill: tuple[str, ...] = ()
    refund_prefix: str | None = None
    """Orders whose id begins so are refunds."""
    parts: dict[Part, Names] = {}
    """What lines with these stock codes are; all others are sales."""
    skip: Skip | None = None


class Mapping(BaseModel):
    """How the files of one source are read; `dates` are further forms of a date, `decimal` the decimal mark."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    decimal: Literal[".", ","] = "."
    dates: tuple[str, ...] = ()
    kinds: dict[Kind, KindMapping]


def ready_mappings() -> list[str]:
    """The names of the mappings that come with the program."""
    return sorted(file.stem for file in FOLDER.glob("*.yaml"))


def load_mapping(name: str, kind: Kind) -> tuple[Mapping, KindMapping]:
    """A ready mapping by its name, or one from a YAML file. One that cannot be used raises `UnusableFile`."""
    file = FOLDER / f"{name}.yaml" if name in ready_mappings() else Path(name)
    if not file.is_file():
        near = difflib.get_close_matches(name, ready_mappings(), n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UnusableFile(
            f"There is no mapping {name!r}.{hint} Ready are {', '.join(ready_mappings())}; "
            "or give the path of a YAML file."
        )
    try:
        loaded = yaml.safe_load(file.read_text("utf-8"))
        mapping = Mapping.model_validate(loaded)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UnusableFile(f"The mapping {file} cannot be read: {error}") from error
    except ValidationError as error:
        raise UnusableFile("\n".join(f"{file}: {_explain(one)}" for one in error.errors())) from error
    if kind not in mapping.kinds:
        known = ", ".join(each for each in KINDS if each in mapping.kinds)
        raise UnusableFile(f"The mapping {name} reads {known}, but not {kind}. Use another, such as generic.")
    chosen = mapping.kinds[kind]
    _check_fields(file, kind, chosen)
    return mapping, chosen


def _check_fields(file: Path, kind: Kind, mapping: KindMapping) -> None:
    """Every field must be one of the kind's, and those that a row cannot do without must be mapped."""
    known = [field.name for field in FIELDS[kind]]
    for name in (*mapping.columns, *mapping.optional, *mapping.fill):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise UnusableFile(f"{file}: {kind} have no field {name!r}.{hint} There are {', '.join(known)}.")
    lacking = [field.name for field in FIELDS[kind] if field.required and field.name not in mapping.columns]
    if lacking:
        raise UnusableFile(
            f"{file}: kinds.{kind}.columns lacks {', '.join(lacking)}, which every row must have."
        )


def find_columns(mapping: KindMapping, found: Sequence[str], file: Path) -> dict[str, int]:
    """The position of each mapped field among the columns found. A column that must be there raises `UnusableFile`."""
    plain = [_plain(name) for name in found]
    placed: dict[str, int] = {}
    lacking: list[str] = []
    for field, names in mapping.columns.items():
        position = next((plain.index(_plain(name)) for name in names if _plain(name) in plain), None)
        if position is not None:
            placed[field] = position
        elif field not in mapping.optional:
            lacking.append(f"{field} (as {' or '.join(repr(name) for name in names)})")
    if lacking:
        raise UnusableFile(
            f"{file} lacks columns. Looked for: {'; '.join(lacking)}. "
            f"Found: {', '.join(found[:60]) or 'none'}. "
            "Choose another --mapping, or write one: see the files in ingest/mappings."
        )
    return placed


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def _explain(error: ErrorDetails) -> str:
    """One mistake as: key: what is wrong."""
    key = ".".join(str(part) for part in error["loc"]) or "the whole file"
    if error["type"] == "extra_forbidden":
        fields = KindMapping.model_fields if key.startswith("kinds.") else Mapping.model_fields
        near = difflib.get_close_matches(str(error["loc"][-1]), list(fields), n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        return f"{key}: unknown key.{hint} Allowed here: {', '.join(fields)}."
    return f"{key}: {str(error['msg']).removeprefix('Value error, ')}"
