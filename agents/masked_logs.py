"""Keeps personal data out of the log: in messages, their arguments, and tracebacks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

Mask = Callable[[str], str]

_FORMATTER: Final = logging.Formatter()


class MaskedRecords:
    """Makes log records without personal parts: whatever writes them, and wherever to, has nothing else."""

    def __init__(self, mask: Mask, make: Callable[..., logging.LogRecord] = logging.LogRecord) -> None:
        """`mask` gives a text without its personal parts."""
        self._mask = mask
        self._make = make

    def __call__(self, *args: Any, **named: Any) -> logging.LogRecord:
        """A record whose message is put together before it is masked: a part may be spread over arguments."""
        record = self._make(*args, **named)
        try:
            record.msg = self._mask(record.getMessage())
        except (TypeError, ValueError) as error:
            # Arguments that do not fit are a fault of the caller; it must not undo the masking.
            record.msg = self._mask(f"{record.msg} {record.args!r} (cannot be put together: {error})")
        record.args = None
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = self._mask(_FORMATTER.formatException(record.exc_info))
            record.exc_info = None
        if record.stack_info:
            record.stack_info = self._mask(record.stack_info)
        return record


def mask_logs(mask: Mask) -> None:
    """Mask every record of this process from now on; a second call replaces the first."""
    logging.setLogRecordFactory(MaskedRecords(mask))
