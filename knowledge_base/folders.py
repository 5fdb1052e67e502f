"""What lies in a folder that other processes write to at the same time."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def files_below(folder: Path) -> Iterator[tuple[Path, int]]:
    """Every file below a folder and its size in bytes, in no order; links are left out.

    A file or folder that vanishes meanwhile, as the former states of an index do, is left out too.
    """
    for place, _, names in os.walk(folder):
        for name in names:
            file = Path(place, name)
            with suppress(FileNotFoundError):
                found = file.lstat()
                if stat.S_ISREG(found.st_mode):
                    yield file, found.st_size
