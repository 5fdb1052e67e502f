"""The library that draws charts on the page, out of the package that draws them in files: no network is needed."""

from __future__ import annotations

import secrets
import subprocess
import sys
import threading
from importlib.metadata import version
from pathlib import Path
from typing import Final

_BUNDLE: Final = "import sys, vl_convert; sys.stdout.buffer.write(vl_convert.javascript_bundle().encode())"


class VegaScript:
    """Vega, Vega-Lite and Vega-Embed in one script; it is bundled once for a home and a version. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Bundle nothing yet; `folder` keeps what was bundled."""
        self._folder = folder
        self._lock = threading.Lock()
        self._warm = False

    def read(self) -> bytes:
        """The script. The first time takes some seconds."""
        file = self._folder / f"vega-{version('vl-convert-python')}.js"
        with self._lock:
            if not file.is_file():
                self._bundle(file)
            return file.read_bytes()

    def warm(self) -> None:
        """Bundle it soon, for whoever will ask; once is enough."""
        if self._warm:
            return
        self._warm = True
        threading.Thread(target=self.read, name="vega", daemon=True).start()

    def _bundle(self, file: Path) -> None:
        """In a process of its own, as bundling stops every thread of this one; whole or not at all."""
        done = subprocess.run([sys.executable, "-c", _BUNDLE], stdout=subprocess.PIPE, check=True)  # noqa: S603 - ours
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f".{secrets.token_hex(8)}"
        try:
            draft.write_bytes(done.stdout)
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
