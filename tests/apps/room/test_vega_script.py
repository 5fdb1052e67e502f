"""The charts' library comes out of a package, once."""

from __future__ import annotations

from pathlib import Path

from apps.room.vega_script import VegaScript


def test_it_is_bundled_once_and_then_kept(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    script = VegaScript(folder).read()
    assert b"window.vegaEmbed=" in script
    (kept,) = folder.iterdir()
    kept.write_bytes(b"kept")
    assert VegaScript(folder).read() == b"kept"
