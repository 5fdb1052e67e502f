"""Users, sign-ins and the audit in the desk's database."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from agents.team import WINDOW, Account, AuditLine, User
from integrations.database.engine import Store
from integrations.database.tables import audit, sign_ins, users


class TeamTables:
    """Implements `TeamStore`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def accounts(self) -> list[Account]:
        """Everybody, by name."""
        with self._store.reading() as connection:
            rows = connection.execute(sa.select(users).order_by(users.c.name)).all()
        return [_account(row) for row in rows]

    def account(self, name: str) -> Account | None:
        """The account of this name, or None."""
        with self._store.reading() as connection:
            row = connection.execute(sa.select(users).where(users.c.name == name)).one_or_none()
        return None if row is None else _account(row)

    def add(self, account: Account) -> bool:
        """Keep a new account unless the name is taken; of two at once one wins."""
        row = {**_values(account), "name": account.user.name, "created": datetime.now(UTC)}
        with self._store.writing() as connection:
            _alone(connection, users)
            if connection.execute(sa.select(users).where(users.c.name == account.user.name)).first():
                return False
            connection.execute(users.insert().values(row))
        return True

    def change(self, account: Account) -> bool:
        """Replace the account of the same name."""
        statement = users.update().where(users.c.name == account.user.name).values(**_values(account))
        with self._store.writing() as connection:
            return bool(connection.execute(statement).rowcount)

    def remove(self, name: str) -> bool:
        """Forget an account."""
        with self._store.writing() as connection:
            return bool(connection.execute(users.delete().where(users.c.name == name)).rowcount)

    def attempt(self, name: str, address: str, at: datetime, by_name: int, by_address: int) -> int | None:
        """Note a sign-in before it is checked, so that many at once cannot pass the limit together.

        What is older than the window is forgotten: nobody keeps addresses that no limit needs.
        """
        with self._store.writing() as connection:
            _alone(connection, sign_ins)
            connection.execute(sign_ins.delete().where(sign_ins.c.at <= at - WINDOW))
            failed = sa.select(sa.func.count()).where(~sign_ins.c.succeeded)
            of_name = connection.execute(failed.where(sign_ins.c.name == name)).scalar_one()
            of_address = connection.execute(failed.where(sign_ins.c.address == address)).scalar_one()
            if of_name >= by_name or of_address >= by_address:
                return None
            row = {"name": name, "address": address, "at": at, "succeeded": False}
            key: int = connection.execute(sign_ins.insert().values(row).returning(sign_ins.c.id)).scalar_one()
            return key

    def succeeded(self, attempt: int) -> None:
        """Note that an attempt was a success."""
        with self._store.writing() as connection:
            connection.execute(sign_ins.update().where(sign_ins.c.id == attempt).values(succeeded=True))

    def record(self, line: AuditLine) -> None:
        """Add a line to the audit."""
        with self._store.writing() as connection:
            append_audit(connection, line)

    def audit(self, limit: int, offset: int) -> list[AuditLine]:
        """The newest lines first."""
        query = sa.select(audit).order_by(audit.c.id.desc()).limit(limit).offset(offset)
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        return [
            AuditLine(at=r.at, who=r.who, origin=r.origin, what=r.what, subject=r.subject, detail=r.detail)
            for r in rows
        ]


def append_audit(connection: Connection, line: AuditLine) -> None:
    """Add a line in the transaction of what it tells about: both or neither."""
    connection.execute(audit.insert().values(line.model_dump()))


def _alone(connection: Connection, table: sa.Table) -> None:
    """Keep others from writing to the table until the transaction ends; SQLite's writers are alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))


def _account(row: Row[tuple[object, ...]]) -> Account:
    return Account(User(name=row.name, full_name=row.full_name, role=row.role), row.password)


def _values(account: Account) -> dict[str, str]:
    user = account.user
    return {"full_name": user.full_name, "role": user.role, "password": account.password}
