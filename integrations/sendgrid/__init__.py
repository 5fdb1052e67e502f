"""SendGrid: its Web API by the official client, and its signed event webhook. Needs the extra `sendgrid`."""

from __future__ import annotations

import importlib.util

from agents.errors import BadInput


def need_extra(setting: str) -> None:
    """Raise `BadInput` where the extra is missing that a setting asks for."""
    if importlib.util.find_spec("sendgrid") is None:
        raise BadInput(
            f"{setting} asks for SendGrid, but the extra for it is not installed. "
            "Run `pip install 'gtm-desk[sendgrid]'`, or change the setting."
        )
