"""Turns files into Markdown, those with a foreign parser in a process of its own with a time limit."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType

from ingest.documents import (
    MARKDOWN,
    MAX_CHARACTERS,
    DocumentSource,
    UnreadableDocument,
    decode,
    markdown_source,
)
from ingest.formats import read_frame, write_frame
from ingest.tables import read_csv

TIME_LIMIT_SECONDS = 120.0  # a PDF of a thousand pages takes half of it
_SERVE = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from ingest.formats import serve; serve()"


class Converter:
    """Turns files into Markdown. The process for foreign formats starts with the first file that needs it."""

    def __init__(self, time_limit: float = TIME_LIMIT_SECONDS) -> None:
        """`time_limit` is in seconds a file."""
        self._time_limit = time_limit
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Converter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def convert(self, path: Path, content: bytes) -> DocumentSource:
        """Markdown of a file with this content; raises UnreadableDocument with the reason."""
        suffix = path.suffix.lower()
        if suffix in MARKDOWN:
            source = markdown_source(decode(content))
        elif suffix == ".csv":
            source = read_csv(content)
        else:
            source = self._convert_apart(suffix, content)
        if not source.markdown.strip():
            raise UnreadableDocument("empty: there is no text in it")
        if len(source.markdown) > MAX_CHARACTERS:
            length = len(source.markdown)
            raise UnreadableDocument(f"too long: {length} characters, at most {MAX_CHARACTERS} are read")
        return source

    def _convert_apart(self, suffix: str, content: bytes) -> DocumentSource:
        process = self._process = self._process or _start()
        expired = threading.Event()
        watch = threading.Timer(self._time_limit, _expire, [process, expired])
        watch.start()
        try:
            answer = _ask(process, suffix, content)
        finally:
            watch.cancel()
        if not answer:
            self._stop()
            limit = f"reading it takes more than {self._time_limit:.0f} seconds"
            raise UnreadableDocument(limit if expired.is_set() else "broken: its parser crashed")
        result = json.loads(answer)
        if "reason" in result:
            raise UnreadableDocument(result["reason"])
        return DocumentSource(result["markdown"], result["title"])

    def _stop(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        with contextlib.suppress(BrokenPipeError):
            self._process.communicate()
        self._process = None


def _start() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", _SERVE, json.dumps(sys.path)]
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def _expire(process: subprocess.Popen[bytes], expired: threading.Event) -> None:
    expired.set()
    process.kill()


def _ask(process: subprocess.Popen[bytes], suffix: str, content: bytes) -> bytes:
    """The answer of the process, empty where it died."""
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    try:
        write_frame(process.stdin, json.dumps({"suffix": suffix}).encode())
        write_frame(process.stdin, content)
        return read_frame(process.stdout)
    except BrokenPipeError:
        return b""
