"""Which files paths stand for, and what the documents are called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.files import NothingToIngest, find_files


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def names(*paths: Path) -> list[str]:
    return [found.name for found in find_files(paths).found]


def test_names_are_paths_below_the_folder_given(tmp_path: Path) -> None:
    write(tmp_path, "b.md", "a/c.txt", "a/d.PDF")
    assert names(tmp_path) == ["b.md", "a/c.txt", "a/d.PDF"]
    assert names(tmp_path / "a" / "c.txt") == ["c.txt"]


def test_hidden_files_locks_and_unknown_formats_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "a.md", ".hidden.md", ".git/x.md", "~$a.docx", "picture.png", "code.py")
    listing = find_files([tmp_path])
    assert [found.name for found in listing.found] == ["a.md"]
    assert (listing.ignored, listing.failed) == (2, [])


def test_a_file_named_itself_is_reported_if_its_format_is_unknown(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "picture.png")
    (failure,) = find_files([tmp_path / "a.md", tmp_path / "picture.png"]).failed
    assert failure.path.endswith("picture.png")
    assert failure.reason.startswith("unknown format; read are .csv, .docx")


def test_equal_names_in_two_folders_do_not_collide(tmp_path: Path) -> None:
    write(tmp_path, "one/faq.md", "two/faq.md", "x/two/faq.md")
    assert names(tmp_path / "one", tmp_path / "two", tmp_path / "x" / "two") == [
        "faq.md",
        "two/faq.md",
        "x/two/faq.md",
    ]


def test_a_file_reached_twice_is_one_document(tmp_path: Path) -> None:
    write(tmp_path, "docs/a.md")
    (tmp_path / "docs" / "link.md").symlink_to(tmp_path / "docs" / "a.md")
    assert names(tmp_path / "docs", tmp_path / "docs" / "a.md", tmp_path) == ["a.md"]


def test_links_are_followed_but_not_in_a_circle(tmp_path: Path) -> None:
    write(tmp_path, "docs/a.md", "elsewhere/b.md")
    (tmp_path / "docs" / "again").symlink_to(tmp_path / "docs")
    (tmp_path / "docs" / "more").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "docs" / "self.md").symlink_to(tmp_path / "docs" / "self.md")
    listing = find_files([tmp_path / "docs"])
    assert sorted(found.name for found in listing.found) == ["a.md", "more/b.md"]
    assert [Path(failure.path).name for failure in listing.failed] == ["self.md"]


def test_a_dangling_link_is_reported(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    (tmp_path / "b.md").symlink_to(tmp_path / "gone.md")
    (failure,) = find_files([tmp_path]).failed
    assert failure.reason == "no such file or directory"


def test_a_path_that_is_absent_is_reported_beside_one_that_is_not(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    listing = find_files([tmp_path / "a.md", tmp_path / "gone"])
    assert [found.name for found in listing.found] == ["a.md"]
    assert [(failure.path, failure.reason) for failure in listing.failed] == [
        (str(tmp_path / "gone"), "no such file or folder")
    ]


def test_only_absent_paths_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(NothingToIngest, match="gone does not exist"):
        find_files([tmp_path / "gone"])


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    (failure,) = find_files([tmp_path]).failed
    assert failure.reason == "not a regular file"
