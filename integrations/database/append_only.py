"""The database itself refuses to change or remove a line of the audit."""

from __future__ import annotations

import sqlalchemy as sa

TOMBSTONE = "(removed)"
"""What may replace the detail of a line that has to be forgotten; no other change is let through."""

_TOMBSTONED = " AND ".join(
    [f"NEW.detail = '{TOMBSTONE}'"]
    + [f'NEW."{column}" = OLD."{column}"' for column in ("id", "at", "who", "origin", "what", "subject")]
)
_SQLITE = """
CREATE TRIGGER audit_{name} BEFORE {event} ON audit {when}
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger AS
$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$ LANGUAGE plpgsql
"""
_POSTGRES = """
CREATE TRIGGER audit_{name} BEFORE {event} ON audit FOR EACH ROW {when}
EXECUTE FUNCTION audit_is_append_only()
"""


def keep_for_good(audit: sa.Table) -> None:
    """From its creation on, the table only takes new lines."""
    sa.event.listen(audit, "after_create", _guard)


def _guard(_: sa.Table, connection: sa.Connection, **__: object) -> None:
    templates = {"sqlite": _SQLITE, "postgresql": _POSTGRES}
    template = templates.get(connection.dialect.name)
    if template is None:
        return
    if template is _POSTGRES:
        connection.exec_driver_sql(_POSTGRES_FUNCTION)
    changed = f"WHEN (NOT ({_TOMBSTONED}))"
    connection.exec_driver_sql(template.format(name="stays", event="UPDATE", when=changed))
    connection.exec_driver_sql(template.format(name="is_kept", event="DELETE", when=""))
