"""E-mail as files: each message an .eml in a folder, which any mail program opens."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from agents.campaigns.mailing import CampaignMessage, Refused, Sent
from agents.campaigns.mime import write_mime
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
            _write(self._folder / file_name(email.key), content)
        except OSError as error:
            raise Transient(f"The e-mail cannot be written into {self._folder} ({error}).") from error

    def describe(self) -> str:
        """Where the mail goes."""
        return f"files in {self._folder}"

    def check(self) -> None:
        """The folder can be written, or made."""
        _check(self._folder)


class CampaignFiles:
    """Implements `CampaignMailer`: a folder a campaign, a file a message. A key has one file, however often sent."""

    repeatable = True
    reaches_people = False

    def __init__(self, folder: Path) -> None:
        """Write below a folder, which is made when needed."""
        self._folder = folder

    def send(self, message: CampaignMessage, key: str) -> Sent | Refused:
        """Write the message; it is on the disk, whole, when this returns."""
        file = self._folder / message.campaign / file_name(key)
        try:
            _write(file, write_mime(message, key))
        except OSError as error:
            raise Transient(f"The message cannot be written into {file.parent} ({error}).") from error
        return Sent(reference=file.name)

    def describe(self) -> str:
        """Where messages go."""
        return f"Written as .eml files into {self._folder}: nothing is sent."

    def check(self) -> None:
        """The folder can be written, or made."""
        _check(self._folder)

    def close(self) -> None:
        """Nothing is held."""


def _write(file: Path, content: bytes) -> None:
    """Write a file at once and whole, on the disk when this returns; one of the same name is replaced."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
        try:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
            Path(part.name).replace(file)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _check(folder: Path) -> None:
    nearest = next(each for each in (folder, *folder.parents) if each.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise Transient(f"{nearest} cannot be written to. Mend its rights.")


def file_name(key: str) -> str:
    """A name that any file system takes, different for different keys."""
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", key).strip("-")
    return f"{readable[:80]}-{hashlib.sha256(key.encode()).hexdigest()[:8]}.eml"
