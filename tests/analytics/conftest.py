"""Fixtures of the analytics."""

from tests.online_retail import online_retail

__all__ = ["online_retail"]
