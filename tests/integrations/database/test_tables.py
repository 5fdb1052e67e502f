"""The tables are parted by subject, and made and given out as one."""

from __future__ import annotations

import importlib
import pkgutil

import sqlalchemy as sa

from integrations.database import tables


def test_every_table_of_every_file_is_given_out_by_its_own_name() -> None:
    found: dict[str, sa.Table] = {}
    for file in pkgutil.iter_modules(tables.__path__, f"{tables.__name__}."):
        module = importlib.import_module(file.name)
        found |= {each.name: each for each in vars(module).values() if isinstance(each, sa.Table)}

    given = {name: each for name in tables.__all__ if isinstance(each := getattr(tables, name), sa.Table)}
    assert found
    assert given == found | {"schema_version": tables.schema_version}
    assert given == dict(tables.metadata.tables)
