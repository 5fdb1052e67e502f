"""The outside world: one file a vendor, put together by `connect`."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from agents.effects import Mailer
from agents.errors import BadInput, Permanent
from agents.lazy import Lazy
from agents.policy import load_policy
from agents.ports import Services
from agents.privacy_policy import load_privacy_policy
from agents.team import Team, fixed_accounts
from agents.team_sessions import TeamSessions
from integrations.home_files import HomeFiles
from integrations.settings import Settings

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from agents.models import ModelRoom
    from integrations.database.engine import Store
    from knowledge_base.confidence import Calibration
    from knowledge_base.index import Index
    from knowledge_base.passages import Embedder

log = logging.getLogger(__name__)


def connect(settings: Settings) -> Services:
    """The services of a home, which is made if need be; models and index are opened when first used."""
    # A command pays only for what it uses: SQLAlchemy is not loaded with the settings.
    from integrations.database.conversations import Conversations  # noqa: PLC0415
    from integrations.database.engine import Store  # noqa: PLC0415
    from integrations.database.entries import EntryBook  # noqa: PLC0415
    from integrations.database.ledger import LedgerBook  # noqa: PLC0415
    from integrations.database.outbox import Outbox  # noqa: PLC0415
    from integrations.database.personal import PersonalTables  # noqa: PLC0415
    from integrations.database.reviews import Reviews  # noqa: PLC0415
    from integrations.database.team_sessions import TeamSessionTables  # noqa: PLC0415
    from integrations.database.tickets import Tickets  # noqa: PLC0415
    from integrations.database.workers import Workers  # noqa: PLC0415

    prepare_home(settings.home)
    # LangGraph reads it on import; from then on a checkpoint can only build types known to be safe.
    os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
    policy = load_policy(settings.policies)
    store = Store(settings.database)
    services = Services(
        home=settings.home,
        policy=policy,
        log=Conversations(store),
        reviews=Reviews(store),
        ledger=LedgerBook(store),
        entries=EntryBook(store),
        privacy=load_privacy_policy(settings.policies),
        personal=PersonalTables(store),
        personal_files=HomeFiles(settings.home, settings.mail_folder, settings.log_folder, store.files),
        outbox=Outbox(store),
        workers=Workers(store),
        tickets=Tickets(store),
        open_mailer=Lazy(lambda: open_mailer(settings)),
        open_team=Lazy(lambda: _open_team(settings, store)),
        open_team_sessions=Lazy(lambda: TeamSessions(TeamSessionTables(store), services.open_team().account)),
        open_models=Lazy(lambda: _open_models(settings, store, services)),
        open_embedder=lambda: open_embedder(settings),
        open_index=lambda embedder: _open_kept_index(settings, embedder, services),
        open_calibration=_CurrentCalibration(settings),
        open_checkpoints=lambda: _open_checkpoints(settings, services),
        closers=[store.close],
        public_url=settings.public_url,
    )
    return services


def connect_throw_away(settings: Settings, home: Path) -> Services:
    """Services of another, passing home that borrows the model, policy and calibration of `settings`."""
    passing = {"home": home, "models": settings.models_folder, "database_url": None, "chroma_url": None}
    services = connect(settings.model_copy(update=passing))
    services.open_calibration = _CurrentCalibration(settings)
    return services


def prepare_home(home: Path) -> None:
    """Make the home folder; one that cannot be made or written raises `BadInput`."""
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"The home {home} cannot be made: {error}. Choose another with --home.") from error
    if not os.access(home, os.W_OK):
        raise BadInput(
            f"The home {home} cannot be written to. Mend its rights, or choose another with --home."
        )


def _open_team(settings: Settings, store: Store) -> Team:
    """The users of the settings and of the database. A setting that cannot be used raises `BadInput`."""
    from integrations.argon2 import Argon2Passwords  # noqa: PLC0415
    from integrations.database.team import TeamTables  # noqa: PLC0415

    passwords = Argon2Passwords()
    return Team(TeamTables(store), passwords, fixed_accounts(settings.users, passwords))


def _open_models(settings: Settings, store: Store, services: Services) -> ModelRoom:
    """The models of the host whose key is set; off without one."""
    from agents.model_policy import load_model_policy  # noqa: PLC0415
    from agents.models import ModelRoom  # noqa: PLC0415
    from integrations.database.model_calls import ModelCallTable  # noqa: PLC0415
    from integrations.openai import open_host  # noqa: PLC0415

    host = open_host(settings.openai_api_key, settings.openai_base_url)
    room = ModelRoom(load_model_policy(settings.policies), host, ModelCallTable(store), services.now)
    services.closers.append(room.close)
    return room


def prepare_jobs(settings: Settings) -> str:
    """The SQLAlchemy URL of where the durable jobs are kept, ready for several processes.

    A file that is no database, or cannot be written, raises `Permanent`.
    """
    if settings.server_url is None:
        from integrations.database.engine import enter_wal  # noqa: PLC0415

        # DBOS leaves a file in the rollback journal: twice the time for each step, and readers wait for writers.
        try:
            with closing(sqlite3.connect(settings.jobs_file)) as connection:
                enter_wal(connection)
        except sqlite3.Error as error:
            raise Permanent(
                f"The jobs cannot be kept in {settings.jobs_file} ({error}). Mend its rights, or move it away: "
                "what is still to be done stands in the outbox, and will be."
            ) from error
    return settings.jobs_database


def open_mailer(settings: Settings) -> Mailer:
    """SMTP where it is set, else files in the home. Settings that cannot be used raise `BadInput`."""
    if settings.smtp_url:
        from integrations.smtp import SmtpMailer  # noqa: PLC0415

        return SmtpMailer(settings.smtp_url, settings.mail_from)
    from integrations.mail_files import MailFiles  # noqa: PLC0415

    return MailFiles(settings.mail_folder, settings.mail_from)


def open_embedder(settings: Settings) -> Embedder:
    """The embedding model that the settings name; loads nothing before the first text."""
    from knowledge_base.embedding import load_embedder  # noqa: PLC0415

    return load_embedder(settings.embedding_model, settings.models_folder)


def open_index(settings: Settings, embedder: Embedder) -> Index:
    """The index of the home; reads nothing yet."""
    from knowledge_base.index import Index  # noqa: PLC0415

    return Index(settings.index_folder, embedder.fingerprint, embedder.dimension, settings.chroma_url)


def _open_kept_index(settings: Settings, embedder: Embedder, services: Services) -> Index:
    index = open_index(settings, embedder)
    services.closers.append(index.close)
    return index


def open_calibration(settings: Settings) -> Calibration:
    """The fit on the home's own questions, else on its own documents, else the shipped one.

    A file that is there but cannot be used raises `Permanent`.
    """
    from knowledge_base.confidence import Calibration  # noqa: PLC0415

    files = (settings.calibration, settings.self_calibration)
    try:
        return Calibration.load(next((file for file in files if file.is_file()), None))
    except ValueError as error:
        raise Permanent(str(error)) from error


class _CurrentCalibration:
    """The calibration in force; a new fit is noticed by the next question, also of a running server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._current: tuple[object, Calibration] | None = None

    def __call__(self) -> Calibration:
        stamp = [_stamp(file) for file in (self._settings.calibration, self._settings.self_calibration)]
        current = self._current
        if current is None or current[0] != stamp:
            current = self._current = (stamp, self._open())
        return current[1]

    def _open(self) -> Calibration:
        try:
            return open_calibration(self._settings)
        except Permanent as error:
            # A fit that an upgrade has outdated must not keep customers from answers.
            log.warning("The shipped confidence is used: %s", error)
            return open_calibration(self._settings.model_copy(update={"home": self._settings.home / "none"}))


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _open_checkpoints(settings: Settings, services: Services) -> BaseCheckpointSaver[str]:
    checkpoints: Checkpoints | PostgresCheckpoints
    if settings.server_url is None:
        from integrations.checkpoints import Checkpoints  # noqa: PLC0415

        checkpoints = Checkpoints(settings.checkpoints)
    else:
        from integrations.postgres_checkpoints import PostgresCheckpoints  # noqa: PLC0415

        checkpoints = PostgresCheckpoints(settings.server_url)
    services.closers.append(checkpoints.close)
    return checkpoints
