"""What can be wrong with a business file as a whole; the message says what, where, and what to do."""

from __future__ import annotations


class UnusableFile(Exception):
    """The file, or the mapping given for it, cannot be used; nothing was stored."""
