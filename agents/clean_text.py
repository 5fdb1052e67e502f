"""Text from outside, as it may be stored."""

from __future__ import annotations

import re

# C0 and C1 controls but tab and newline: no database or page wants them, PostgreSQL refuses NUL.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def clean(text: str) -> str:
    """A message as it is stored: no control characters, no broken surrogates, no white space around it."""
    readable = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROLS.sub("", readable.replace("\r\n", "\n").replace("\r", "\n")).strip()
