"""Escalations under load: `python -m benchmarks.escalations [--escalations 500 --races 1000 --database URL]`.

All customers ask for a person at once; another process, as the control room is one, watches the inbox. Then two
processes decide every review at the same moment, again and again. Then the e-mails that this brings about go out by
the jobs, and, for comparison, the plain way: written one after the other by a loop that nothing survives.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from agents.mail import answer_email
from agents.ports import Services
from agents.session import Session
from ingest.pipeline import ingest
from integrations import connect, open_embedder, open_index, prepare_jobs
from integrations.mail_files import MailFiles
from integrations.settings import Settings
from jobs.runtime import Jobs
from tests.desk import Desk
from tests.jobs.races import race

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ROOT / "knowledge_base" / "documents"
WATCHER = """
import json, sys, time
from pathlib import Path
from agents.session import Session
from integrations import connect
from integrations.settings import Settings
home, url, wanted = Path(sys.argv[1]), sys.argv[2] or None, int(sys.argv[3])
session = Session(connect(Settings(home=home, database_url=url)))
session.reviews()
print("ready", flush=True)
seen = {}
while len(seen) < wanted and time.time() < float(sys.argv[4]):
    for review in session.reviews("open", 10 * wanted):
        seen.setdefault(review.id, time.time())
    time.sleep(0.02)
print(json.dumps(seen))
"""


def escalate(session: Session, count: int, at_once: int) -> dict[str, float]:
    """So many customers ask for a person; gives when each was told that one will come."""

    def ask(number: int) -> tuple[str, float]:
        reply = session.ask(f"I want to talk to a person about order {number}.")
        session.leave_contact(reply.conversation, f"customer{number}@example.com")
        return reply.review or "", time.time()

    with ThreadPoolExecutor(at_once) as pool:
        return dict(pool.map(ask, range(count)))


def quantiles(seconds: list[float], name: str) -> dict[str, float]:
    """Median, 95th percentile and maximum, in seconds."""
    ranked = sorted(seconds) or [float("nan")]
    at = {"p50": len(ranked) // 2, "p95": int(0.95 * len(ranked)), "max": len(ranked) - 1}
    return {f"{name}_{key}_seconds": ranked[min(place, len(ranked) - 1)] for key, place in at.items()}


def show(desk: Desk, count: int, at_once: int) -> dict[str, Any]:
    """All at once, and how long after the customer was told each stood in another process's inbox."""
    arguments = [str(desk.home), desk.settings.database_url or "", str(count), str(time.time() + 300)]
    watcher = subprocess.Popen(
        [sys.executable, "-c", WATCHER, *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert watcher.stdout is not None
    watcher.stdout.readline()
    began = time.time()
    told = escalate(desk.session, count, at_once)
    took = time.time() - began
    seen: dict[str, float] = json.loads(watcher.communicate(timeout=320)[0])
    return {
        "escalations": count,
        "asked_at_once": at_once,
        "lost": count - len(told.keys() & seen.keys()),
        "escalations_a_second": count / took,
        **quantiles([max(0.0, seen[review] - told[review]) for review in told.keys() & seen.keys()], "shown"),
    }


def decide(desk: Desk, races: int, reviews: list[str]) -> dict[str, Any]:
    """Two at once on every review, and on as many new ones as make so many races."""
    more = escalate(desk.session, max(0, races - len(reviews)), 16)
    began = time.perf_counter()
    outcomes = race(desk, [*reviews, *more])
    took = time.perf_counter() - began
    emails = [e.review for e in desk.session.effects("pending", 100_000) if e.kind == "email"]
    return {
        "races": sum(outcomes.values()),
        "one_done_one_told": outcomes["already_decided", "done"],
        "effects_a_review": len(emails) / max(1, len(set(emails))),
        "reviews_with_effects": len(set(emails)),
        "races_a_second": sum(outcomes.values()) / took,
    }


def deliver(desk: Desk, services: Services) -> dict[str, Any]:
    """The e-mails of all decisions by the jobs, and the plain way."""
    effects = [e for e in desk.session.effects("pending", 100_000) if e.kind == "email"]
    plain = MailFiles(desk.home / "plain")
    waiting = [services.outbox.effect(each.id) for each in effects]
    began = time.perf_counter()
    for effect in waiting:
        assert effect is not None
        plain.send(answer_email(effect, desk.session.policy, None))
    plainly = time.perf_counter() - began
    jobs = Jobs(desk.session, services, prepare_jobs(desk.settings))
    began = time.perf_counter()
    jobs.start()
    while any(e.kind in ("email", "resume", "ticket") for e in desk.session.effects("pending", 100_000)):
        time.sleep(0.1)
    took = time.perf_counter() - began
    jobs.stop()
    counts = services.outbox.counts()
    return {
        "emails": len(effects),
        "email_files": len(list(desk.settings.mail_folder.glob("*.eml"))),
        "effects_delivered": counts["delivered"],
        "effects_failed": counts["failed"],
        "plain_emails_a_second": len(effects) / plainly,
        "effects_a_second": counts["delivered"] / took,
    }


def measure(escalations: int, races: int, at_once: int, database: str | None) -> dict[str, Any]:
    """One run, as figures."""
    with tempfile.TemporaryDirectory() as folder:
        models = ROOT / ".cache" / "models"
        settings = Settings(home=Path(folder), models=models, database_url=database)
        embedder = open_embedder(settings)
        index = open_index(settings, embedder)
        ingest([DOCUMENTS], index, embedder)
        index.close()
        services = connect(settings)
        session = Session(services)
        session.warm()
        desk = Desk(settings.home, settings, services, session)
        shown = show(desk, escalations, at_once)
        reviews = [review.id for review in session.reviews("pending", 100_000)]
        figures = {**shown, **decide(desk, races, reviews[:races]), **deliver(desk, services)}
        session.close()
    return figures


def main() -> int:
    """Run, print, and fail where something was lost or done twice."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--escalations", type=int, default=500)
    parser.add_argument("--races", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=500, help="customers who ask at the same time")
    parser.add_argument("--database", help="a PostgreSQL URL; its database should be empty")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    options = parser.parse_args()
    figures = measure(options.escalations, options.races, options.at_once, options.database)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(
                f"{name.replace('_', ' '):24} {value:.3f}"
                if isinstance(value, float)
                else f"{name.replace('_', ' '):24} {value}"
            )
    whole = (
        figures["lost"] == figures["effects_failed"] == 0
        and figures["races"] == figures["one_done_one_told"] == figures["reviews_with_effects"]
        and figures["emails"] == figures["email_files"] == figures["races"]
    )
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
