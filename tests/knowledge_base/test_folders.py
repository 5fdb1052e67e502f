"""Folders that others write to while they are read."""

from __future__ import annotations

import shutil
from pathlib import Path

from knowledge_base.folders import files_below


def test_every_file_below_is_told_with_its_size(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "deep").write_bytes(b"12345")
    (tmp_path / "top").write_bytes(b"")
    (tmp_path / "link").symlink_to(tmp_path / "top")
    (tmp_path / "around").symlink_to(tmp_path)
    assert dict(files_below(tmp_path)) == {tmp_path / "a" / "b" / "deep": 5, tmp_path / "top": 0}


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert list(files_below(tmp_path / "none")) == []


def test_what_vanishes_meanwhile_is_left_out(tmp_path: Path) -> None:
    for state in ("one", "two"):
        (tmp_path / state).mkdir()
        for name in ("graph", "catalog"):
            (tmp_path / state / name).write_bytes(b"123")
    found = files_below(tmp_path)
    first, _ = next(found)
    shutil.rmtree(tmp_path / ("two" if first.parent.name == "one" else "one"))
    (first.parent / ("catalog" if first.name == "graph" else "graph")).unlink()
    assert list(found) == []
