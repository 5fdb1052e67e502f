"""The library that draws charts on the page, out of the package that draws them in files: no network is needed."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path


class VegaScript:
    """Vega, Vega-Lite and Vega-Embed in one script; it is bundled once for a home and a version. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Bundle nothing yet; `folder` keeps what was bundled."""
        self._folder = folder
        self._lock = threading.Lock()
        self._warm = False

    def read(self) -> bytes:
        """The script. The first time takes some seconds."""
        import vl_convert  # noqa: PLC0415 - a second, and only for charts

        file = self._folder / f"vega-{vl_convert.__version__}.js"
        with self._lock:
            if not file.is_file():
                self._bundle(file, vl_convert.javascript_bundle())
            return file.read_bytes()

    def warm(self) -> None:
        """Bundle it soon, for whoever will ask; once is enough."""
        if self._warm:
            return
        self._warm = True
        threading.Thread(target=self.read, name="vega", daemon=True).start()

    def _bundle(self, file: Path, script: str) -> None:
        """Write it whole or not at all: another process may read it meanwhile."""
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f".{secrets.token_hex(8)}"
        try:
            draft.write_text(script, "utf-8")
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
