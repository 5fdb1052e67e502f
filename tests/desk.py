"""A desk for tests: real database, index, checkpoints and graph; a hashing embedder and a confidence at will."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from agents.ports import Services
from agents.session import Session
from ingest.pipeline import ingest
from integrations import connect
from integrations.settings import Settings
from knowledge_base.confidence import Calibration
from tests.embedders import HashingEmbedder

RETURNS = """# Returns

## 1. Tins

Unopened tins may come back within 30 days. Write to us with the order number.

## 2. Pouches

Opened pouches cannot come back. A sealed pouch may come back within 14 days.
"""
SHIPPING = """# Shipping

## 1. Canada

Parcels to Canada take 6 to 10 days. Customs duty is paid by the customer.
"""


def always(confidence: float) -> Calibration:
    """A calibration that is as sure as told of any answer."""
    return Calibration((), (), (), (), math.log(confidence / (1 - confidence)))


@dataclass
class Desk:
    """A home with two documents, and the session on it."""

    home: Path
    settings: Settings
    services: Services
    session: Session

    def close(self) -> None:
        """Let go of everything."""
        self.session.close()


def write_documents(folder: Path) -> Path:
    """The two documents in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "returns.md").write_text(RETURNS, "utf-8")
    (folder / "shipping.md").write_text(SHIPPING, "utf-8")
    return folder


def open_desk(
    home: Path,
    confidence: float = 0.9,
    documents: Sequence[Path] = (),
    *,
    database_url: str | None = None,
    models_url: str | None = None,
    slack_url: str | None = None,
    slack_gtm_channel: str | None = None,
) -> Desk:
    """A desk on a home; its documents are ingested first where any are given."""
    settings = Settings(
        home=home,
        database_url=database_url,
        chroma_url=None,
        policies=None,
        openai_api_key=SecretStr("key") if models_url else None,
        openai_base_url=models_url,
        slack_bot_token=SecretStr("xoxb-sock") if slack_url else None,
        slack_app_token=SecretStr("xapp-sock") if slack_url else None,
        slack_signing_secret=SecretStr("secret-http") if slack_url else None,
        slack_api_url=slack_url,
        slack_support_channel="C01SUPPORT" if slack_url else None,
        slack_gtm_channel=slack_gtm_channel,
    )
    services = connect(settings)
    services.open_embedder = HashingEmbedder
    services.open_calibration = lambda: always(confidence)
    if documents:
        embedder = services.open_embedder()
        index = services.open_index(embedder)
        ingest(documents, index, embedder)
        index.close()
    return Desk(home, settings, services, Session(services))
