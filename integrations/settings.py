"""What the environment says. Nothing else reads it."""

from __future__ import annotations

import difflib
import logging
import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from agents.errors import BadInput

PREFIX = "GTM_"
log = logging.getLogger(__name__)


def _outside(name: str) -> Any:
    """A variable that bears its vendor's name, without our prefix; absent unless set."""
    return Field(None, validation_alias=AliasChoices(name, name.lower()))


class Settings(BaseSettings):
    """Where the state lies and whom to call; every field can be set as `GTM_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    home: Path = Path("var")
    database_url: str | None = None
    analytics_url: str | None = None
    """PostgreSQL for orders, spend and the like; else a DuckDB file in the home."""
    chroma_url: str | None = None
    embedding_model: str = "all-MiniLM-L6-v2"
    models: Path | None = None
    host: str = "127.0.0.1"
    port: int = 7860
    policies: Path | None = None
    embed_origins: str = "*"
    """Which sites may show the chat in a frame: sources of a Content-Security-Policy, such as https://shop.example."""
    public_url: str | None = None
    """Where customers reach the chat, for links in e-mails."""
    smtp_url: str | None = None
    mail_from: str | None = None
    documents: str | None = None
    """Files and folders that the room's ingest reads, with colons between; else those of the last `gtm ingest`."""
    users: str = ""
    """The team: name:role:hash or name:role:hash:Full Name, one after another with semicolons."""
    openai_api_key: SecretStr | None = Field(
        None, validation_alias=AliasChoices("OPENAI_API_KEY", "openai_api_key")
    )
    """The key of the models' host; without one everything works on the documents' own words."""
    openai_base_url: str | None = Field(
        None, validation_alias=AliasChoices("OPENAI_BASE_URL", "openai_base_url")
    )
    """Another host that speaks OpenAI's chat completions."""
    slack_bot_token: SecretStr | None = _outside("SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = _outside("SLACK_APP_TOKEN")
    """For Socket Mode: Slack is spoken to from here, and nothing has to be reachable from outside."""
    slack_signing_secret: SecretStr | None = _outside("SLACK_SIGNING_SECRET")
    """For HTTP: Slack calls `/slack/events` on the server of the chat."""
    slack_api_url: str | None = _outside("SLACK_API_URL")
    """Another Web API than Slack's own, such as a local counterpart's."""
    slack_support_channel: str | None = _outside("SLACK_SUPPORT_CHANNEL")
    """Where cases go: its id, or its name."""
    slack_gtm_channel: str | None = _outside("SLACK_GTM_CHANNEL")
    metrics_token: SecretStr | None = None
    """Who bears it may read /metrics; without one there is no such page."""
    otlp_endpoint: str | None = Field(
        None, validation_alias=AliasChoices("OTEL_EXPORTER_OTLP_ENDPOINT", "otlp_endpoint")
    )
    """A collector of OpenTelemetry, to which traces and measures are sent over HTTP."""
    anthropic_api_key: SecretStr | None = Field(
        None, validation_alias=AliasChoices("ANTHROPIC_API_KEY", "anthropic_api_key")
    )
    """The key for models whose names begin with “claude”; needs the extra `anthropic`."""
    anthropic_base_url: str | None = Field(
        None, validation_alias=AliasChoices("ANTHROPIC_BASE_URL", "anthropic_base_url")
    )
    """Another host that speaks Anthropic's messages."""
    redis_url: str | None = None
    """Where several processes share words that models wrote, besides the database."""
    mailer: Literal["outbox", "smtp", "sendgrid"] = "outbox"
    """How campaigns are sent: as files in the home, by GTM_SMTP_URL, or by SendGrid (the extra `sendgrid`)."""
    live_sending: bool = False
    """Off: no campaign reaches anybody but the test addresses."""
    test_addresses: str = ""
    """Where “Send me a test” may go while live sending is off; with commas between."""
    sendgrid_api_key: SecretStr | None = _outside("SENDGRID_API_KEY")
    sendgrid_api_url: str | None = _outside("SENDGRID_API_URL")
    """Another host that speaks SendGrid's Web API, such as the one in the European Union."""
    sendgrid_sandbox: bool = False
    """On: SendGrid checks each message and delivers none."""
    sendgrid_event_key: str | None = _outside("SENDGRID_EVENT_KEY")
    """The public key of SendGrid's signed event webhook, which calls `/mail/events/sendgrid`."""
    jobs: Literal["on", "off"] = "on"
    """Off: `gtm serve` leaves the jobs to `gtm worker`."""
    answerers: Annotated[int, Field(ge=0)] | None = None
    """How many processes answer for `gtm serve`; 0: it answers itself. Else as many as the cores allow."""

    def environment(self) -> dict[str, str]:
        """The environment for another process that is to have these very settings."""
        variables = {name: _variable(name) for name in type(self).model_fields}
        values = {variables[name]: value for name, value in self if value is not None}
        others = {
            name: value
            for name, value in os.environ.items()
            if not name.upper().startswith(PREFIX) and name not in variables.values()
        }
        return others | {name: _shown(value) for name, value in values.items()}

    @property
    def has_models(self) -> bool:
        """Whether the key of a models' host is set."""
        return self.openai_api_key is not None or self.anthropic_api_key is not None

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the conversation log."""
        return self.database_url or f"sqlite:///{self.home / 'gtm.sqlite3'}"

    @property
    def has_database(self) -> bool:
        """Whether something was stored yet, or a database is set, so that there is something to open."""
        return self.database_url is not None or (self.home / "gtm.sqlite3").exists()

    @property
    def server_url(self) -> str | None:
        """The SQLAlchemy URL of the database server, where one is set."""
        url = self.database_url
        return None if url is None or url.startswith("sqlite") else url

    @property
    def has_slack(self) -> bool:
        """Whether the team works in Slack: there is a bot, a channel, and a way to hear of what happens there."""
        hears = self.slack_app_token is not None or self.slack_signing_secret is not None
        return self.slack_bot_token is not None and self.slack_support_channel is not None and hears

    @property
    def jobs_database(self) -> str:
        """The SQLAlchemy URL of the durable jobs."""
        return self.server_url or f"sqlite:///{self.jobs_file}"

    @property
    def jobs_file(self) -> Path:
        """The SQLite file of the durable jobs, where no server is set."""
        return self.home / "jobs.sqlite3"

    @property
    def links_url(self) -> str:
        """Where the links in campaigns' mails lead: for customers only where `public_url` is set."""
        return self.public_url or f"http://localhost:{self.port}"

    @property
    def campaign_folder(self) -> Path:
        """Where campaigns' messages are written while they are not sent."""
        return self.mail_folder / "campaigns"

    @property
    def mail_folder(self) -> Path:
        """Where e-mails are written while no mail server is set."""
        return self.home / "outbox"

    @property
    def log_folder(self) -> Path:
        """Where the tracebacks of failed commands are kept."""
        return self.home / "log"

    @property
    def models_folder(self) -> Path:
        """Where prepared embedding models are kept."""
        return self.models or self.home / "models"

    @property
    def index_folder(self) -> Path:
        """Where the embedded index lies."""
        return self.home / "index"

    @property
    def analytics_file(self) -> Path:
        """The DuckDB file of the business data, where no server is set."""
        return self.home / "analytics.duckdb"

    @property
    def rejected(self) -> Path:
        """What imports could not use, as files with line numbers and reasons."""
        return self.home / "rejected"

    @property
    def import_lock(self) -> Path:
        """Held by the one import that runs."""
        return self.home / "import.lock"

    @property
    def import_scratch(self) -> Path:
        """Where an import works; empty when none runs."""
        return self.home / "import.scratch"

    @property
    def checkpoints(self) -> Path:
        """The SQLite file of the graphs' working memory."""
        return self.home / "checkpoints.sqlite3"

    @property
    def uploads(self) -> Path:
        """Documents that were uploaded in the room; every ingest takes them in."""
        return self.home / "documents"

    @property
    def ingested(self) -> Path:
        """What the last ingest was given."""
        return self.home / "ingested.json"

    @property
    def calibration(self) -> Path:
        """The confidence fitted on this home's own questions; absent until fitted."""
        return self.home / "calibration.json"

    @property
    def model_calibration(self) -> Path:
        """The confidence in a model's words, fitted on this home's own questions; absent until fitted."""
        return self.home / "calibration-model.json"

    @property
    def self_calibration(self) -> Path:
        """The confidence fitted without labels on this home's own documents; absent where that changed nothing."""
        return self.home / "self-calibration.json"


def load_settings(home: Path | None = None) -> Settings:
    """The settings of this process; `home` beats `GTM_HOME`. A value of the wrong form raises `BadInput`."""
    for warning in misspelled(os.environ):
        log.warning(warning)
    try:
        settings = Settings() if home is None else Settings(home=home)
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        raise BadInput(
            f"{name} is set to {first['input']!r}: {first['msg']}. Correct it or unset it."
        ) from error
    return settings.model_copy(update={"home": settings.home.expanduser().absolute()})


def _variable(field: str) -> str:
    """The variable that sets a field."""
    alias = Settings.model_fields[field].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else PREFIX + field.upper()


def _shown(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def misspelled(environment: os._Environ[str] | dict[str, str]) -> list[str]:
    """A warning for each variable with our prefix that means nothing, with the nearest one that does."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    warnings = []
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}."
            warnings.append(f"{name} is set but means nothing here; {hint}")
    return warnings
