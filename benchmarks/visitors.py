"""Many visitors at once on the served page: `python -m benchmarks.visitors [--visitors 100 --questions 5]`.

Starts the real server on a throw-away home with the sample knowledge base: without processes that answer beside it,
and with as many as it starts by itself, in turns. Every visitor has a cookie and a connection of its own, and calls
as the page does: one request a question. Seconds run from sending a question to having the full answer; the load
generator shares the machine's cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import ssl
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

from benchmarks.serving import ROOT, served

DOCUMENTS = ROOT / "knowledge_base" / "documents"
LABELLED = ROOT / "tests" / "data" / "two_peaks" / "questions.jsonl"
TRUST = ssl.create_default_context()  # to make one for each visitor would cost the load generator seconds
QUESTIONS = [json.loads(line)["question"] for line in LABELLED.read_text("utf-8").splitlines()]


@dataclass
class Outcome:
    """What the visitors met: seconds of every answer, and every error in words."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    decisions: dict[str, int] = field(default_factory=dict)


async def visit(url: str, number: int, questions: int, pause: float, outcome: Outcome) -> None:
    """One visitor: opens the page, then asks one question after the other."""
    headers = {"accept-encoding": "gzip", "sec-fetch-site": "same-origin"}
    async with httpx.AsyncClient(base_url=url, timeout=120, headers=headers, verify=TRUST) as client:
        (await client.get("/")).raise_for_status()
        for turn in range(questions):
            question = QUESTIONS[(number * questions + turn) % len(QUESTIONS)]
            began = time.perf_counter()
            try:
                answer = await call(client, "ask", text=question)
            except (httpx.HTTPError, KeyError, ValueError) as error:
                outcome.errors.append(f"{type(error).__name__}: {error}")
                continue
            outcome.seconds.append(time.perf_counter() - began)
            if "error" in answer:
                outcome.errors.append(str(answer["error"]))
                continue
            decision = str(answer["message"]["decision"])
            outcome.decisions[decision] = outcome.decisions.get(decision, 0) + 1
            if decision == "escalate":  # the desk would leave all further questions to the person
                await call(client, "begin")
            await asyncio.sleep(pause)


async def call(client: httpx.AsyncClient, name: str, **sent: object) -> dict[str, Any]:
    """What a call of the page answers."""
    response = await client.post(f"/chat/{name}", json=sent)
    answer: dict[str, Any] = response.raise_for_status().json()
    return answer


def without_rate_limit(folder: Path) -> Path:
    """The shipped policy, but a visitor may ask as fast as the benchmark does."""
    policy = yaml.safe_load((ROOT / "policies" / "support.yaml").read_text("utf-8"))
    policy["limits"]["messages_a_minute"] = 100_000
    folder.mkdir(parents=True)
    (folder / "support.yaml").write_text(yaml.safe_dump(policy, allow_unicode=True), "utf-8")
    return folder


async def crowd(url: str, visitors: int, questions: int, pause: float) -> Outcome:
    """All visitors at once."""
    outcome = Outcome()
    await asyncio.gather(*(visit(url, k, questions, pause, outcome) for k in range(visitors)))
    return outcome


def measure(options: argparse.Namespace, answerers: int | None) -> dict[str, Any]:
    """One run, as figures: seconds, MiB, counts."""
    with tempfile.TemporaryDirectory() as folder:
        policies = without_rate_limit(Path(folder) / "policies")
        with served(Path(folder) / "home", DOCUMENTS, policies=policies, answerers=answerers) as server:
            asyncio.run(crowd(server.url, 6, 2, 0))
            before, began, used = server.memory(), time.perf_counter(), server.cpu_seconds()
            outcome = asyncio.run(crowd(server.url, options.visitors, options.questions, options.pause))
            wall = time.perf_counter() - began
            used = server.cpu_seconds() - used
            after, highest, processes = server.memory(), server.highest_memory(), len(server.processes())
    ranked = sorted(outcome.seconds) or [float("nan")]
    return {
        "processes": processes,
        "answers": len(outcome.seconds),
        "errors": len(outcome.errors),
        "first_errors": outcome.errors[:3],
        "decisions": outcome.decisions,
        "p50_seconds": statistics.median(ranked),
        "p95_seconds": ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))],
        "max_seconds": ranked[-1],
        "answers_a_second": len(outcome.seconds) / wall,
        "server_cpu_ms_an_answer": 1000 * used / max(1, len(outcome.seconds)),
        "memory_before_mib": before,
        "memory_after_mib": after,
        "memory_highest_mib": highest,
        "load_of_the_machine": os.getloadavg()[0],
    }


def main() -> int:
    """Run, print, and fail where there was an error."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--visitors", type=int, default=100)
    parser.add_argument("--questions", type=int, default=5)
    parser.add_argument(
        "--pause", type=float, default=0.0, help="seconds that a visitor reads between questions"
    )
    parser.add_argument(
        "--answerers", type=int, nargs="*", default=[0, None], help="so many processes that answer, in turns"
    )
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object a run instead of the table")
    options = parser.parse_args()
    errors = 0
    for _ in range(options.rounds):
        for answerers in options.answerers:
            figures: dict[str, Any] = {"answerers": "by the cores" if answerers is None else answerers}
            figures |= measure(options, answerers)
            errors += figures["errors"]
            show(figures, as_json=options.json)
    return 1 if errors else 0


def show(figures: dict[str, Any], *, as_json: bool) -> None:
    """One run, for a program or for people."""
    if as_json:
        print(json.dumps(figures), flush=True)
        return
    for name, value in figures.items():
        shown = f"{value:.3f}" if isinstance(value, float) else value
        print(f"{name.replace('_', ' '):24} {shown}")
    print(flush=True)


if __name__ == "__main__":
    sys.exit(main())
