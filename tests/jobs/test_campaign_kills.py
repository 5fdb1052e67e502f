"""A campaign whose workers are killed, or work side by side: nobody gets two messages, and nobody is forgotten."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from agents.campaigns.campaign import SendCounts
from agents.policy import SHIPPED
from tests.campaign_shop import LAPSED, Shop, shop_in
from tests.jobs.steps import wait_until
from tests.mail_server import mail_server
from tests.postgres import own_database

SENT = LAPSED - 4


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped policy of campaigns, but mail goes at any hour and as fast as it can."""
    folder = tmp_path_factory.mktemp("shop") / "policies"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("*.py"))
    policy = yaml.safe_load((SHIPPED / "campaigns.yaml").read_text("utf-8"))
    policy["sending"] |= {"opens": "00:00", "closes": "23:59:59.999999", "a_minute": 1_000_000}
    (folder / "campaigns.yaml").write_text(yaml.safe_dump(policy, allow_unicode=True), "utf-8")
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path, policies: Path) -> Iterator[Shop]:
    if request.param == "sqlite":
        with shop_in(tmp_path, policies=policies) as shop:
            yield shop
        return
    with own_database() as url, shop_in(tmp_path, policies=policies, database_url=url) as shop:
        yield shop


def worker(shop: Shop, point: str, **environment: str) -> subprocess.Popen[str]:
    where = [str(shop.settings.home)] + ([shop.settings.database_url] if shop.settings.database_url else [])
    return subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.killed_process", point, "jobs", *where],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "GTM_POLICIES": str(shop.settings.policies), **environment},
    )


def work(shop: Shop, campaign: str, point: str, **environment: str) -> int:
    """A worker until it dies at a point or the campaign is sent; gives how it ended."""
    process = worker(shop, point, **environment)
    wait_until(lambda: process.poll() is not None or status(shop, campaign) == "sent", 60)
    process.communicate(timeout=60)
    assert process.returncode in (0, -signal.SIGKILL)
    return process.returncode


def status(shop: Shop, campaign: str) -> str:
    return shop.session.campaigns.campaign(campaign).status


def counts(shop: Shop, campaign: str) -> SendCounts:
    return shop.services.send_list.counts(campaign)


def test_whenever_the_worker_dies_everybody_has_one_file(shop: Shop) -> None:
    campaign = shop.approved()
    points = ("commit:6", "commit:9", "commit:13", "write:17", "commit:22")
    ended = [work(shop, campaign.id, point) for point in points]
    assert -signal.SIGKILL in ended
    work(shop, campaign.id, "never")
    files = list(shop.settings.campaign_folder.rglob("*.eml"))
    to = Counter(
        line for file in files for line in file.read_text("utf-8").splitlines() if line.startswith("To: ")
    )
    assert (len(files), max(to.values()), counts(shop, campaign.id).sent) == (SENT, 1, SENT)


def test_by_smtp_nobody_gets_two_and_what_nobody_can_tell_is_listed(shop: Shop) -> None:
    with mail_server() as server:
        post = {
            "GTM_MAILER": "smtp",
            "GTM_SMTP_URL": f"smtp://127.0.0.1:{server.port}",
            "GTM_MAIL_FROM": "desk@shop.example",
            "GTM_LIVE_SENDING": "on",
            "GTM_PUBLIC_URL": "https://desk.example",
        }
        campaign = shop.approved()
        kills = [work(shop, campaign.id, point, **post) for point in ("write:21", "commit:16", "write:30")]
        work(shop, campaign.id, "never", **post)
        to = Counter(str(message["To"]) for message in server.messages)
    known = counts(shop, campaign.id)
    assert max(to.values()) == 1
    assert (known.open, known.sent + known.uncertain) == (0, SENT)
    assert known.uncertain <= kills.count(-signal.SIGKILL) * 4  # at most one in each shard's hands
    assert len(to) >= known.sent
    assert {one.status for one in shop.session.campaigns.recipients(campaign.id)} <= {"uncertain"}


def test_two_workers_share_a_campaign_and_take_over_from_one_that_never_comes_back(shop: Shop) -> None:
    campaign = shop.approved()
    frozen = worker(shop, "never")
    assert frozen.stdout is not None
    frozen.stdout.readline()
    time.sleep(0.3)
    frozen.kill()
    work(shop, campaign.id, "never")
    frozen.communicate()
    assert counts(shop, campaign.id).sent == len(list(shop.settings.campaign_folder.rglob("*.eml"))) == SENT
