"""E-mail as files: each message an .eml in a folder, which any mail program opens."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from agents.effects import Email
from agents.errors import Transient
from agents.mail import parse_sender, write_message

SENDER = "desk@localhost"


class MailFiles:
    """Implements `Mailer`. The file's name comes from the key, so that a second delivery writes the same file."""

    def __init__(self, folder: Path, sender: str | None = None) -> None:
        """Write into a folder, which is made when needed. A sender that is none raises `BadInput`."""
        self._folder = folder
        self._sender = parse_sender(sender or SENDER)

    def send(self, email: Email) -> None:
        """Write the message; it is on the disk, whole, when this returns."""
        content = write_message(email, self._sender).as_bytes()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(self._folder / file_name(email.key), content)
        except OSError as error:
            raise Transient(f"The e-mail cannot be written into {self._folder} ({error}).") from error

    def _write(self, file: Path, content: bytes) -> None:
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as part:
            try:
                part.write(content)
                part.flush()
                os.fsync(part.fileno())
                Path(part.name).replace(file)
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def describe(self) -> str:
        """Where the mail goes."""
        return f"files in {self._folder}"

    def check(self) -> None:
        """The folder can be written, or made."""
        nearest = next(each for each in (self._folder, *self._folder.parents) if each.exists())
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise Transient(f"{nearest} cannot be written to. Mend its rights.")


def file_name(key: str) -> str:
    """A name that any file system takes, different for different keys."""
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", key).strip("-")
    return f"{readable[:80]}-{hashlib.sha256(key.encode()).hexdigest()[:8]}.eml"
