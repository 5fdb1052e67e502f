"""Fixtures of the analytics."""

from tests.analytics.small_shop import tables_of
from tests.online_retail import online_retail

__all__ = ["online_retail", "tables_of"]
