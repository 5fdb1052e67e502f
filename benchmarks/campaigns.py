"""Campaigns: how long a draft takes, how long freezing many recipients, and how fast they are sent.

`python -m benchmarks.campaigns [--customers 100000] [--postgres URL]`. The draft is of the sample business, offline, in
a process of its own. Recipients are personalised and queued in this process; its memory before and after is given.
Sending goes to files, by one worker on SQLite and, with `--postgres`, by one and by two on that server; the files are
counted, and nobody may have two.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

import yaml

from agents.domain import Decision
from agents.policy import SHIPPED
from agents.session import Session
from benchmarks.experiments import fill
from benchmarks.serving import GTM
from integrations import connect
from integrations.settings import Settings


def fast_policies(folder: Path) -> Path:
    """The shipped policies, but mail goes at any hour as fast as it can, one person may approve it, and one campaign
    may follow another."""
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file = folder / "campaigns.yaml"
    policy = yaml.safe_load(file.read_text("utf-8"))
    policy["sending"] |= {"opens": "00:00", "closes": "23:59:59.999999", "a_minute": 10_000_000}
    policy["audience"]["contacted_days"] = 0
    policy["approval"] = {"recipients_above": 10_000_000, "cost_above": 1e12}
    file.write_text(yaml.safe_dump(policy, allow_unicode=True), "utf-8")
    return folder


def draft_seconds(home: Path) -> float:
    """`gtm campaign draft winback` on the sample, from nothing to the printed draft."""
    subprocess.run([GTM, "--home", str(home), "data", "sample"], check=True, capture_output=True)
    began = time.perf_counter()
    subprocess.run(
        [GTM, "--home", str(home), "campaign", "draft", "winback"], check=True, capture_output=True
    )
    return time.perf_counter() - began


def peak_mib() -> float:
    """The highest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def freeze(session: Session) -> dict[str, Any]:
    """Draft and approve a campaign to everybody."""
    began = time.perf_counter()
    made = session.campaigns.draft("winback days=1 offer=0", "benchmark")
    drafted, before = time.perf_counter() - began, peak_mib()
    began = time.perf_counter()
    session.decide(made.id, Decision(verb="approve", by="benchmark", text="a benchmark"))
    return {
        "campaign": made.id,
        "recipients": made.draft.audience.eligible - made.draft.audience.holdout,
        "draft_seconds": drafted,
        "queued_seconds": time.perf_counter() - began,
        "peak_mib_after_draft": before,
        "peak_mib_after_queueing": peak_mib(),
    }


@contextlib.contextmanager
def workers(count: int, environment: dict[str, str]) -> Iterator[None]:
    """So many workers on one home."""
    running = [
        subprocess.Popen([GTM, "worker"], env=environment, stdout=subprocess.DEVNULL) for _ in range(count)
    ]
    try:
        yield
    finally:
        for each in running:
            each.terminate()
        for each in running:
            each.wait(60)


def send(home: Path, policies: Path, database: str | None, count: int, most_seconds: float) -> dict[str, Any]:
    """Send what one campaign has, by so many workers, for at most so long."""
    settings = Settings(home=home, policies=policies, database_url=database)
    session = Session(connect(settings))
    frozen = freeze(session)
    began = time.perf_counter()
    folder = settings.campaign_folder / str(frozen["campaign"])
    with workers(count, settings.environment()):
        while not folder.is_dir():
            time.sleep(0.05)
        began = time.perf_counter()
        while time.perf_counter() - began < most_seconds:
            if session.campaigns.campaign(str(frozen["campaign"])).status == "sent":
                break
            time.sleep(0.5)
        took = time.perf_counter() - began
    session.close()
    files, people = written(folder)
    return {
        **frozen,
        "workers": count,
        "files": files,
        "people": people,
        "seconds": took,
        "messages_a_second": files / took,
    }


def written(folder: Path) -> tuple[int, int]:
    """How many messages lie in a folder, and to how many people."""
    addresses = []
    for file in folder.glob("*.eml"):
        with file.open("rb") as message:
            addresses.append(BytesHeaderParser().parse(message)["To"])
    return len(addresses), len(set(addresses))


def main() -> int:
    """Print the figures; fail where somebody has two messages."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=400, help="of sending, at most, for each case")
    parser.add_argument("--postgres", help="the URL of an empty database; without it SQLite alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        policies = fast_policies(root / "policies")
        figures: dict[str, Any] = {"draft_of_the_sample_seconds": draft_seconds(root / "sample")}
        fill(root / "home", options.customers)
        cases: list[tuple[str, str | None, int]] = [("sqlite", None, 1)]
        if options.postgres:
            cases += [("postgresql", options.postgres, 1), ("postgresql", options.postgres, 2)]
        for name, database, count in cases:
            found = send(root / "home", policies, database, count, options.seconds)
            figures[f"{name} {count}"] = found
            if found["people"] < found["files"]:
                twice = found["files"] - found["people"]
                print(f"{name}, {count} at work: {twice} messages too many", file=sys.stderr)
                return 1
    print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
