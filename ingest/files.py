"""Which files the paths given stand for, and the name of each document."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.documents import SUFFIXES


class NothingToIngest(Exception):
    """None of the paths given exists; the message names them. The index is left as it is."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file to ingest. `name` is its path below the folder given, unique among all found."""

    name: str
    path: Path
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A path that could not be ingested, and why."""

    path: str
    reason: str


@dataclass(slots=True)
class Listing:
    """What the paths given stand for; `ignored` counts files in folders of formats that are not read."""

    found: list[Found] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    ignored: int = 0


def find_files(paths: Sequence[Path]) -> Listing:
    """The files at and below `paths`, in a stable order, each once however often it is reached.

    Inside folders, hidden files, locks of office programs and unknown formats are passed over, and links are
    followed, but never in a circle. A file that is named itself is always reported. Raises NothingToIngest
    where none of the paths exists: far more often a slip of the pen than a wish for an empty index.
    """
    if not any(path.exists() for path in paths):
        names = ", ".join(str(path) for path in paths) or "no path"
        raise NothingToIngest(f"Nothing to ingest: {names} does not exist. Give files or folders that do.")
    listing = Listing()
    reached: set[Path] = set()
    taken: set[str] = set()
    for root in paths:
        if not root.exists():
            listing.failed.append(Failure(str(root), "no such file or folder"))
        elif root.is_dir():
            for file in _walk(root, listing):
                _add(listing, reached, taken, root, file)
        elif root.suffix.lower() not in SUFFIXES:
            listing.failed.append(
                Failure(str(root), f"unknown format; read are {', '.join(sorted(SUFFIXES))}")
            )
        else:
            _add(listing, reached, taken, root.parent, root)
    return listing


def _walk(root: Path, listing: Listing) -> Iterator[Path]:
    entered: set[tuple[int, int]] = set()

    def report(error: OSError) -> None:
        listing.failed.append(Failure(str(error.filename), _reason(error)))

    for folder, folders, files in os.walk(root, followlinks=True, onerror=report):
        status = Path(folder).stat()
        if (status.st_dev, status.st_ino) in entered:
            folders.clear()
            continue
        entered.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.startswith((".", "~$")):
                continue
            if Path(name).suffix.lower() in SUFFIXES:
                yield Path(folder, name)
            else:
                listing.ignored += 1


def _add(listing: Listing, reached: set[Path], taken: set[str], root: Path, file: Path) -> None:
    try:
        real = file.resolve(strict=True)
        status = real.stat()
    except (OSError, RuntimeError) as error:
        reason = _reason(error) if isinstance(error, OSError) else "a link in a circle"
        listing.failed.append(Failure(str(file), reason))
        return
    if real in reached:
        return
    if not real.is_file():
        listing.failed.append(Failure(str(file), "not a regular file"))
        return
    reached.add(real)
    name = _unused(file, root, taken)
    taken.add(name)
    listing.found.append(Found(name, file, status.st_size, status.st_mtime_ns))


def _unused(file: Path, root: Path, taken: set[str]) -> str:
    """The path below the root; where another root has the same, with as many folders above as it takes."""
    above = root.resolve()
    name = file.relative_to(root).as_posix()
    while name in taken and above.name:
        name, above = f"{above.name}/{name}", above.parent
    return name


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
