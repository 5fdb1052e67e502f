"""The campaigns: each is replaced whole, by a change that holds its row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agents.campaigns.book import SHARDS
from agents.campaigns.campaign import Addressee, Campaign, CampaignLine, CampaignStatus, Draft
from agents.errors import BadInput
from agents.team import AuditLine
from integrations.database import outbox
from integrations.database.campaign_cards import note_card
from integrations.database.campaign_recipients import freeze
from integrations.database.engine import Store
from integrations.database.slack_notes import insert_into
from integrations.database.tables import campaign_versions, gtm_campaigns
from integrations.database.team import append_audit


class CampaignTable:
    """Implements `agents.campaigns.book.CampaignBook`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(self, campaign: Campaign, audit: AuditLine) -> Campaign:
        """Keep a new campaign, and have its card shown; gives the one that stands."""
        with self._store.writing() as connection:
            insert = insert_into(connection)(gtm_campaigns).values(
                id=campaign.id, created=campaign.created, **_columns(campaign)
            )
            put = insert.on_conflict_do_nothing(index_elements=["id"]).returning(gtm_campaigns.c.id)
            if connection.execute(put).first() is None:
                return _campaign(connection, campaign.id) or campaign
            _keep_version(connection, campaign)
            append_audit(connection, audit)
            note_card(connection, campaign.id, datetime.now(UTC))
        return campaign

    def campaign(self, campaign: str) -> Campaign | None:
        """The campaign of this id, or None."""
        with self._store.reading() as connection:
            return _campaign(connection, campaign)

    def status(self, campaign: str) -> CampaignStatus | None:
        """The status of a campaign, or None where there is none."""
        query = sa.select(gtm_campaigns.c.status).where(gtm_campaigns.c.id == campaign)
        with self._store.reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    def list(self, limit: int) -> Sequence[CampaignLine]:
        """The campaigns, the newest first."""
        query = sa.select(gtm_campaigns.c.content).order_by(
            gtm_campaigns.c.created.desc(), gtm_campaigns.c.id
        )
        with self._store.reading() as connection:
            found = connection.execute(query.limit(limit)).scalars().all()
        return [_line(Campaign.model_validate_json(each)) for each in found]

    def versions(self, campaign: str) -> Sequence[Draft]:
        """Every version of a campaign, the first one first."""
        query = sa.select(campaign_versions.c.content).where(campaign_versions.c.campaign == campaign)
        with self._store.reading() as connection:
            found = connection.execute(query.order_by(campaign_versions.c.version)).scalars().all()
        return [Draft.model_validate_json(each) for each in found]

    def change(
        self,
        campaign: str,
        plan: Callable[[Campaign], Campaign],
        audit: AuditLine,
        recipients: Iterable[Addressee] = (),
    ) -> Campaign:
        """Replace a campaign by what `plan` makes of it, in one transaction."""
        with self._store.writing() as connection:
            before = _campaign(connection, campaign, lock=True)
            if before is None:
                raise BadInput(f"There is no campaign {campaign!r} here. `gtm campaign list` shows them all.")
            after = plan(before)
            connection.execute(
                gtm_campaigns.update().where(gtm_campaigns.c.id == campaign).values(_columns(after))
            )
            if after.draft.version != before.draft.version:
                _keep_version(connection, after)
                note_card(connection, campaign, datetime.now(UTC))
            if after.approved is not None and before.approved is None:
                freeze(connection, recipients, after.approved)
            if after.status == "approved" and before.status != "approved":
                _begin_sending(connection, after)
            append_audit(connection, audit)
        return after


def _campaign(connection: Connection, campaign: str, *, lock: bool = False) -> Campaign | None:
    query = sa.select(gtm_campaigns.c.content).where(gtm_campaigns.c.id == campaign)
    content = connection.execute(query.with_for_update() if lock else query).scalar_one_or_none()
    return None if content is None else Campaign.model_validate_json(content)


def _columns(campaign: Campaign) -> dict[str, object]:
    return {
        "status": campaign.status,
        "version": campaign.draft.version,
        "content": campaign.model_dump_json(),
    }


def _keep_version(connection: Connection, campaign: Campaign) -> None:
    connection.execute(
        campaign_versions.insert().values(
            campaign=campaign.id, version=campaign.draft.version, content=campaign.draft.model_dump_json()
        )
    )


def _begin_sending(connection: Connection, campaign: Campaign) -> None:
    now = datetime.now(UTC)
    for shard in range(SHARDS):
        outbox.add(
            connection,
            key=f"campaign:{campaign.id}:{campaign.runs}:{shard}",
            kind="campaign",
            payload={"campaign": campaign.id, "shard": str(shard)},
            now=now,
        )


def _line(campaign: Campaign) -> CampaignLine:
    draft = campaign.draft
    return CampaignLine(
        id=campaign.id,
        created=campaign.created,
        by=campaign.by,
        kind=draft.brief.kind,
        status=campaign.status,
        version=draft.version,
        eligible=draft.audience.eligible,
        concept=draft.texts.concept,
        sample=campaign.sample,
    )
