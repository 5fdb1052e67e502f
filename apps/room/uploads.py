"""Documents that come in through the page: which names, types and contents are taken, and where they are kept."""

from __future__ import annotations

import io
import re
import secrets
import unicodedata
import zipfile
from pathlib import Path
from typing import Final

from agents.errors import BadInput
from ingest.documents import MAX_FILE_BYTES, SUFFIXES, UnreadableDocument, decode

_NAME: Final = re.compile(r"[^\W_][\w .()&+,'-]{0,118}\.\w{2,8}")
_OFFICE: Final = {".docx": "word/", ".xlsx": "xl/"}


def keep_upload(folder: Path, name: str, content: bytes) -> Path:
    """Store a document under its name, in place of an earlier one; raises `BadInput` with the reason."""
    name = usable_name(name)
    check_content(name, content)
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{secrets.token_hex(8)}"
    try:
        draft.write_bytes(content)
        draft.replace(folder / name)
    finally:
        draft.unlink(missing_ok=True)
    return folder / name


def usable_name(name: str) -> str:
    """A name that is one plain file of a type that is read."""
    name = unicodedata.normalize("NFC", name).strip()
    if not _NAME.fullmatch(name) or ".." in name:
        raise BadInput(
            "A file's name may have letters, digits, spaces and . _ - ( ) & + , ' and 120 characters."
        )
    if Path(name).suffix.lower() not in SUFFIXES:
        raise BadInput(f"Files of this type are not read; these are: {', '.join(sorted(SUFFIXES))}.")
    return name


def check_content(name: str, content: bytes) -> None:
    """The content must be what the name says."""
    suffix = Path(name).suffix.lower()
    if not content:
        raise BadInput("The file is empty.")
    if len(content) > MAX_FILE_BYTES:
        raise BadInput(f"The file is larger than {MAX_FILE_BYTES // 2**20} MB.")
    if suffix == ".pdf":
        fits = b"%PDF-" in content[:1024]
    elif suffix in _OFFICE:
        fits = _is_office(content, _OFFICE[suffix])
    else:
        fits = _is_text(content)
    if not fits:
        raise BadInput(f"The content is not what a {suffix} file holds.")


def _is_office(content: bytes, folder: str) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError):
        return False
    return "[Content_Types].xml" in names and any(each.startswith(folder) for each in names)


def _is_text(content: bytes) -> bool:
    try:
        text = decode(content)
    except UnreadableDocument:
        return False
    controls = sum(ord(letter) < 32 and letter not in "\n\t\f" for letter in text[:20_000])
    return controls <= len(text[:20_000]) / 100
