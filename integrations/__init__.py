"""The outside world: one file a vendor, put together by `connect`."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from agents.campaigns.mailing import CampaignMailer
from agents.campaigns.policy import load_campaign_policy
from agents.campaigns.unsubscribing import LinkKeys, Links
from agents.channel_policy import load_channel_policy
from agents.errors import BadInput, Permanent
from agents.lazy import Lazy
from agents.policy import load_policy
from agents.ports import Services
from agents.privacy_policy import load_privacy_policy
from agents.team import Team, fixed_accounts
from agents.team_sessions import TeamSessions
from agents.telemetry import Sink, Telemetry
from agents.weekly.policy import load_weekly_policy
from integrations.calibrations import CurrentCalibration, open_calibration
from integrations.channels import open_campaign_channel, open_channel, open_report_channel
from integrations.home_files import HomeFiles
from integrations.mailers import open_campaign_mailer, open_mailer
from integrations.settings import Settings

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from agents.masking import Masker
    from agents.models.cache import SharedWords
    from agents.models.room import ModelRoom
    from agents.personal import PersonalBusiness
    from integrations.database.engine import Store
    from integrations.warehouse.store import Warehouse
    from knowledge_base.index import Index
    from knowledge_base.passages import Embedder

__all__ = [
    "connect",
    "connect_throw_away",
    "open_calibration",
    "open_campaign_channel",
    "open_campaign_mailer",
    "open_channel",
    "open_embedder",
    "open_index",
    "open_mailer",
    "open_report_channel",
    "open_warehouse",
    "prepare_home",
    "prepare_jobs",
]


def connect(settings: Settings) -> Services:
    """The services of a home, which is made if need be; models and index are opened when first used."""
    # A command pays only for what it uses: SQLAlchemy is not loaded with the settings.
    from integrations.database.campaign_cards import CampaignCardTable  # noqa: PLC0415
    from integrations.database.campaign_orders import CampaignOrderTable  # noqa: PLC0415
    from integrations.database.campaign_recipients import RecipientTable  # noqa: PLC0415
    from integrations.database.campaigns import CampaignTable  # noqa: PLC0415
    from integrations.database.contacts import LinkKeyTable, SuppressionTable  # noqa: PLC0415
    from integrations.database.conversations import Conversations  # noqa: PLC0415
    from integrations.database.editions import EditionTable  # noqa: PLC0415
    from integrations.database.engine import Store  # noqa: PLC0415
    from integrations.database.entries import EntryBook  # noqa: PLC0415
    from integrations.database.health import HealthBook  # noqa: PLC0415
    from integrations.database.ledger import LedgerBook  # noqa: PLC0415
    from integrations.database.mail_outcomes import MailOutcomeTable  # noqa: PLC0415
    from integrations.database.outbox import Outbox  # noqa: PLC0415
    from integrations.database.personal import PersonalTables  # noqa: PLC0415
    from integrations.database.posted_messages import PostedMessageTable  # noqa: PLC0415
    from integrations.database.postings import PostingTables  # noqa: PLC0415
    from integrations.database.reviews import Reviews  # noqa: PLC0415
    from integrations.database.slack import SlackBook  # noqa: PLC0415
    from integrations.database.team_sessions import TeamSessionTables  # noqa: PLC0415
    from integrations.database.tickets import Tickets  # noqa: PLC0415
    from integrations.database.traces import TallyTable, TraceTable  # noqa: PLC0415
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
        personal_files=HomeFiles(
            settings.home, settings.mail_folder, settings.log_folder, settings.rejected, store.files
        ),
        outbox=Outbox(store),
        workers=Workers(store),
        tickets=Tickets(store),
        traces=TraceTable(store),
        tallies=TallyTable(store),
        health=HealthBook(store),
        editions=EditionTable(store),
        postings=PostingTables(store),
        posted_messages=PostedMessageTable(store),
        telemetry=Telemetry(lambda: _open_sinks(settings, store)),
        campaigns=CampaignTable(store),
        campaign_cards=CampaignCardTable(store),
        campaign_orders=CampaignOrderTable(store),
        send_list=RecipientTable(store),
        suppressions=SuppressionTable(store),
        mail_outcomes=MailOutcomeTable(store),
        link_keys=LinkKeyTable(store),
        open_links=_CurrentLinks(LinkKeyTable(store), settings.links_url),
        open_campaign_mailer=Lazy(lambda: _open_kept_campaign_mailer(settings, services)),
        open_campaign_policy=Lazy(lambda: load_campaign_policy(settings.policies)),
        channel_book=SlackBook(store),
        channel_policy=load_channel_policy(settings.policies),
        open_channel=Lazy(lambda: open_channel(settings)),
        open_report_channel=Lazy(lambda: open_report_channel(settings)),
        open_campaign_channel=Lazy(lambda: open_campaign_channel(settings)),
        open_mailer=Lazy(lambda: open_mailer(settings)),
        open_team=Lazy(lambda: _open_team(settings, store)),
        open_team_sessions=Lazy(lambda: TeamSessions(TeamSessionTables(store), services.open_team().account)),
        open_models=Lazy(lambda: _open_models(settings, store, services)),
        open_embedder=lambda: open_embedder(settings),
        open_index=lambda embedder: _open_kept_index(settings, embedder, services),
        open_calibration=CurrentCalibration(settings),
        open_model_calibration=CurrentCalibration(settings, "model"),
        open_checkpoints=lambda: _open_checkpoints(settings, services),
        open_warehouse=Lazy(lambda: open_warehouse(settings)),
        open_personal_business=Lazy(lambda: _open_personal_business(settings)),
        open_weekly_policy=Lazy(lambda: load_weekly_policy(settings.policies)),
        closers=[store.close],
        public_url=settings.public_url,
    )
    services.closers.append(services.telemetry.close)
    return services


def _open_sinks(settings: Settings, store: Store) -> list[Sink]:
    """Where goes what the desk sees of itself."""
    from integrations.database.traces import TallyTable, TraceTable  # noqa: PLC0415
    from integrations.opentelemetry import open_collector  # noqa: PLC0415

    return [TraceTable(store), TallyTable(store), *open_collector(settings.otlp_endpoint)]


def connect_throw_away(settings: Settings, home: Path) -> Services:
    """Services of another, passing home that borrows the model, policy and calibration of `settings`."""
    passing = {"home": home, "models": settings.models_folder, "database_url": None, "chroma_url": None}
    services = connect(settings.model_copy(update=passing))
    services.open_calibration = CurrentCalibration(settings)
    services.open_model_calibration = CurrentCalibration(settings, "model")
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
    """The models of the hosts whose keys are set; off without any."""
    from agents.alerts import Alarm  # noqa: PLC0415
    from agents.models.policy import load_model_policy  # noqa: PLC0415
    from agents.models.room import ModelRoom  # noqa: PLC0415
    from agents.watched_calls import WatchedCalls  # noqa: PLC0415
    from integrations.database.alerts import AlertTable  # noqa: PLC0415
    from integrations.database.model_answers import DatabaseWords  # noqa: PLC0415
    from integrations.database.model_calls import ModelCallTable  # noqa: PLC0415
    from integrations.model_hosts import open_model_hosts  # noqa: PLC0415

    shared: list[SharedWords] = [DatabaseWords(store)]
    if settings.redis_url is not None:
        from integrations.redis import RedisWords  # noqa: PLC0415

        words = RedisWords(settings.redis_url)
        services.closers.append(words.close)
        shared.insert(0, words)
    calls = WatchedCalls(ModelCallTable(store), services.telemetry, _mask_for_log(services))
    room = ModelRoom(
        load_model_policy(settings.policies),
        open_model_hosts(settings),
        calls,
        services.now,
        alarm=Alarm(AlertTable(store), services.now),
        shared=shared,
    )
    services.closers.append(room.close)
    return room


def open_warehouse(settings: Settings) -> Warehouse:
    """The analytics store that the settings name; opens nothing yet. A URL that cannot be used raises `BadInput`."""
    from integrations.warehouse.store import Warehouse  # noqa: PLC0415

    url = settings.analytics_url
    if url is None:
        from integrations.warehouse.duckdb_engine import DuckDbEngine  # noqa: PLC0415

        return Warehouse(DuckDbEngine(settings.analytics_file))
    if url.startswith(("postgresql://", "postgresql+psycopg://", "postgres://")):
        from integrations.warehouse.postgres_engine import PostgresEngine  # noqa: PLC0415

        return Warehouse(PostgresEngine(url))
    raise BadInput(
        "GTM_ANALYTICS_URL names no store that is known. Give postgresql://user:password@host/name, "
        "or leave it out for a file in the home."
    )


def _open_personal_business(settings: Settings) -> PersonalBusiness:
    """The people among the business data."""
    from integrations.warehouse.personal import PersonalWarehouse  # noqa: PLC0415

    return PersonalWarehouse(open_warehouse(settings), settings.import_lock, settings.import_scratch)


def _mask_for_log(services: Services) -> Callable[[str], str]:
    """Takes out of a text what no log may hold; the masker is made for the first."""

    @Lazy
    def masker() -> Masker:
        from agents.masking import Masker  # noqa: PLC0415

        return Masker(services.privacy)

    def mask(text: str) -> str:
        from agents.masking import kinds_for  # noqa: PLC0415

        return masker().mask(text, kinds_for(services.privacy, "log")).text

    return mask


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


def _open_kept_campaign_mailer(settings: Settings, services: Services) -> CampaignMailer:
    mailer = open_campaign_mailer(settings)
    services.closers.append(mailer.close)
    return mailer


class _CurrentLinks:
    """The links with every key there is; a new key is heard of within a minute, also by a running server."""

    def __init__(self, keys: LinkKeys, url: str) -> None:
        self._keys = keys
        self._url = url
        self._current: tuple[float, Links] | None = None

    def __call__(self) -> Links:
        current, now = self._current, time.monotonic()
        if current is None or current[0] < now - 60:
            current = self._current = (now, Links(self._keys.ring(), self._url))
        return current[1]
