"""Slack's files for the local counterpart, which has none: external uploads, and where they were shared."""

from __future__ import annotations

import json
import threading
from typing import Any
from urllib.parse import parse_qs


class Files:
    """Files by their ids, and the messages that share them."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._lock = threading.Lock()
        self._names: dict[str, str] = {}
        self._contents: dict[str, bytes] = {}
        self._messages: dict[str, list[dict[str, str]]] = {}

    @property
    def shared(self) -> dict[str, bytes]:
        """What was put into threads, by name."""
        ids = [each["id"] for files in self._messages.values() for each in files]
        return {self._names[each]: self._contents[each] for each in ids}

    def begin(self, given: dict[str, str], base: str) -> dict[str, Any]:
        """As `files.getUploadURLExternal`."""
        with self._lock:
            file = f"F{len(self._names):09}"
            self._names[file] = given["filename"]
        return {"ok": True, "file_id": file, "upload_url": f"{base}upload/{file}"}

    def take(self, file: str, content: bytes) -> None:
        """What is sent to the address of an upload."""
        self._contents[file] = content

    def message_of(self, given: dict[str, str]) -> tuple[dict[str, Any], list[dict[str, str]]]:
        """The message that `files.completeUploadExternal` posts, and its files."""
        files = [{"id": each["id"], "name": self._names[each["id"]]} for each in json.loads(given["files"])]
        text = given.get("initial_comment") or "files"
        return {"channel": given["channel_id"], "thread_ts": given.get("thread_ts"), "text": text}, files

    def stand(self, message: str, files: list[dict[str, str]]) -> None:
        """The message of files stands there."""
        self._messages[message] = files

    def add_to(self, messages: list[dict[str, Any]]) -> None:
        """Show with messages of a list which files they share."""
        for each in messages:
            if each.get("ts") in self._messages:
                each["files"] = self._messages[each["ts"]]


def arguments(path: str, body: bytes) -> dict[str, str]:
    """What a method that takes a form was given."""
    query = path.partition("?")[2] + "&" + body.decode("utf-8", "replace")
    return {name: values[0] for name, values in parse_qs(query).items()}
