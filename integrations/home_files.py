"""One person's data in the files of the home: sent e-mails, logs, rejected lines, and the bytes of every database."""

from __future__ import annotations

import base64
import contextlib
import csv
import email
import email.policy
import re
import sqlite3
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from agents.errors import Transient
from agents.personal import Address, KeepUntil, Searched
from knowledge_base.folders import files_below

_VECTORS = "data_level0.bin"
_SQLITE = b"SQLite format 3\x00"
_CHUNK = 16 * 2**20
_OVERLAP = 1024  # longer than any address, with what stands around it
_BUSY_SECONDS = 30
_ATTEMPTS = 40
_LONGEST_FIELD = 2**31 - 1
_FULL_TEXT = re.compile(r"USING\s+fts5\s*\(", re.IGNORECASE)
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4}){4,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)[ T]\d\d:\d\d:\d\d")


class HomeFiles:
    """Implements `agents.personal.PersonalFiles`."""

    def __init__(
        self, home: Path, mail: Path, logs: Path, rejected: Path, databases: Iterable[Path] = ()
    ) -> None:
        """`databases` are SQLite files that may lie elsewhere; the others are folders of the home."""
        self._home, self._mail, self._logs, self._rejected = home, mail, logs, rejected
        self._elsewhere = [file for file in databases if not file.is_relative_to(home)]

    def names_of(self, address: Address) -> list[str]:
        """The e-mails, logs and rejected lines that name the address, relative to the home."""
        files = [*self._mails(), *self._log_files(), *self._rejected_files()]
        return [str(file.relative_to(self._home)) for file in files if address.is_in(_text(file))]

    def erase(self, address: Address) -> dict[str, int]:
        """Remove the e-mails, rewrite the logs without the address, and rejected lines without the person's."""
        mails = [file for file in self._mails() if address.is_in(_text(file))]
        logs = [file for file in self._log_files() if address.is_in(_text(file))]
        for file in mails:
            file.unlink(missing_ok=True)
        for file in logs:
            file.write_text(address.replaced_in(_text(file), "[e-mail]"), "utf-8")
        lines = sum(_drop_lines(file, address) for file in self._rejected_files())
        counts = {"sent e-mails": len(mails), "logs": len(logs), "rejected lines": lines}
        return {name: count for name, count in counts.items() if count}

    def expire(self, until: KeepUntil) -> dict[str, int]:
        """Remove old e-mails and rejected lines, and the old lines at the beginning of each log."""
        removed = _remove_old(self._mails(), until.delivered_effects)
        refused = _remove_old(self._rejected_files(), until.logs)
        shortened = 0
        for file in self._log_files():
            text = _text(file)
            kept = _since(text, until.logs)
            if kept != text:
                file.write_text(kept, "utf-8")
                shortened += 1
        counts = {"sent e-mails": removed, "rejected files": refused, "logs": shortened}
        return {name: count for name, count in counts.items() if count}

    def compact(self, address: Address | None = None) -> None:
        """Rewrite every SQLite database from its living rows, and empty its write-ahead log.

        A database that others use for too long raises `Transient`.
        """
        for file in self._files():
            # A state of the vectors is never written again, and holds no text.
            if _is_sqlite(file) and file.name != "chroma.sqlite3":
                _compact(file)
            elif address is not None and file.name == _VECTORS:
                with contextlib.suppress(FileNotFoundError):  # a state that a later one has replaced
                    _blank(file, address)

    def search(self, address: Address, others: Iterable[str]) -> Searched:
        """Every byte of every file; e-mails and the rows of databases also as they read."""
        known = set(others)
        files = list(self._files())
        found: list[str] = []
        for file in files:
            spoken = set(_addresses_in(file, address)) if _is_sqlite(file) else set()
            found += [f"file {file}"] if address.email in spoken else []
            known |= spoken - {address.email}
        size = 0
        for file in files:
            with contextlib.suppress(FileNotFoundError):  # a passing file of somebody else
                size += file.stat().st_size
                readable = file.suffix == ".eml" and address.is_in(_text(file))
                if readable or _holds(file, address, known):
                    found.append(f"file {file}")
        distinct = tuple(dict.fromkeys(found))
        return Searched(files=len(files), bytes=size, found=distinct, others=frozenset(known))

    def _files(self) -> Iterator[Path]:
        beside = [Path(f"{file}{end}") for file in self._elsewhere for end in ("", "-wal", "-journal")]
        yield from sorted(file for file, _ in files_below(self._home))
        yield from (file for file in beside if file.is_file())

    def _mails(self) -> list[Path]:
        return sorted(self._mail.rglob("*.eml*"))

    def _log_files(self) -> list[Path]:
        return sorted(self._logs.glob("*.log*"))

    def _rejected_files(self) -> list[Path]:
        return sorted(self._rejected.glob("*.csv"))


def _remove_old(files: Iterable[Path], before: datetime) -> int:
    old = [file for file in files if datetime.fromtimestamp(file.stat().st_mtime, UTC) < before]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _drop_lines(file: Path, address: Address) -> int:
    """Remove the rows of a CSV file that name the address, and the file where nothing is left; counts them."""
    if not address.is_in(_text(file)):
        return 0
    csv.field_size_limit(_LONGEST_FIELD)
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.reader(opened))
    kept = [row for row in rows if not any(address.is_in(cell) for cell in row)]
    if len(kept) < 2:  # the names of the columns alone
        file.unlink()
    else:
        with file.open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows(kept)
    return len(rows) - len(kept)


def _text(file: Path) -> str:
    """A file as it reads: an e-mail with its headers and its body decoded."""
    content = file.read_bytes()
    if file.suffix != ".eml":
        return content.decode("utf-8", "replace")
    message = email.message_from_bytes(content, policy=email.policy.default)
    bodies = (part.get_content() for part in message.walk() if part.get_content_maintype() == "text")
    return "\n".join([*(f"{name}: {value}" for name, value in message.items()), *bodies])


def _since(log: str, moment: datetime) -> str:
    """The lines of a log from a day on; a line without a date belongs to the one before it."""
    day = f"{moment:%Y-%m-%d}"
    start = 0
    for line in log.splitlines(keepends=True):
        stamp = _STAMP.match(line)
        if stamp and stamp.group(1) >= day:
            return log[start:]
        start += len(line)
    return "" if _STAMP.search(log) else log


def _is_sqlite(file: Path) -> bool:
    with contextlib.suppress(FileNotFoundError), file.open("rb") as opened:
        return opened.read(len(_SQLITE)) == _SQLITE
    return False


def _compact(file: Path) -> None:
    try:
        with contextlib.closing(
            sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None)
        ) as database:
            tables = database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall()
            for name in [name for name, sql in tables if _FULL_TEXT.search(sql)]:
                # A full-text index keeps what was deleted from it until its parts are merged.
                database.execute(f'INSERT INTO "{name}" ("{name}") VALUES (?)', ("optimize",))  # noqa: S608 - its own
            database.execute("VACUUM")
            for _ in range(_ATTEMPTS):
                busy, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if not busy:
                    return
                time.sleep(0.05)
    except sqlite3.OperationalError as error:
        raise Transient(f"{file} cannot be rewritten just now ({error}). Try again.") from error
    raise Transient(f"{file} is being read all the time, so that it cannot be rewritten. Try again.")


def _blank(file: Path, address: Address) -> None:
    """Blank an address in a file of vectors.

    Chroma writes memory that it never filled into it, with whatever the process had there before. Nothing reads
    those bytes: an address among vectors is never one of their numbers.
    """
    for spelling in address.spellings:
        with file.open("r+b") as opened:
            for match in re.finditer(re.escape(spelling.encode()), opened.read(), re.IGNORECASE):
                opened.seek(match.start())
                opened.write(bytes(len(spelling)))


def _addresses_in(file: Path, address: Address) -> Iterator[str]:
    """The addresses in the rows of a SQLite file that hold this one; none where the file has vanished since."""
    try:
        opened = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS)
    except sqlite3.OperationalError:
        if file.exists():
            raise
        return
    with contextlib.closing(opened) as database:
        tables = database.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%USING%'"
        )
        for (name,) in tables.fetchall():
            for row in database.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - the name is the database's own
                for text in (text for value in row for text in _readings(value)):
                    yield from address.spoken(text)


def _readings(value: object) -> Iterator[str]:
    """A value of a row as text; what is written in base64, as the durable jobs do, also decoded."""
    if isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif isinstance(value, str):
        yield value
        if _BASE64.fullmatch(value):
            yield base64.b64decode(value).decode("utf-8", "replace")


def _holds(file: Path, address: Address, others: Iterable[str]) -> bool:
    """Whether the bytes of a file hold the address outside every other address that is known to hold it."""
    wanted = [spelling.encode() for spelling in address.spellings]
    longer = [(other.encode(), other.find(address.email)) for other in others]
    before = b""
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            data = before + chunk.lower()
            for each in wanted:
                at = data.find(each)
                while at >= 0:
                    if not any(data.startswith(other, at - shift) for other, shift in longer if shift <= at):
                        return True
                    at = data.find(each, at + 1)
            before = data[-_OVERLAP:]
    return False
