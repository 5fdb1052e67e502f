"""The weekly report in a model's words, by a host that takes its time: `python -m benchmarks.weekly_words`.

The sample business, a scripted host that answers each call with the draft that it was given, after so many seconds.
Measured: the wall time of the whole run beside that of its slowest specialist (from the first step to the last words),
and the same without a model. With --json one object.
"""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from agents.models.policy import ModelPolicy
from agents.models.room import ModelRoom
from agents.weekly.report import WeeklyProgress
from benchmarks.weekly import settings_of
from tests.model_server import Turn, model_server

DAY = date(2026, 11, 18)
GOAL = 1.3


def drafted(seconds: float) -> Any:
    """A host's script: the draft of each prompt, late."""

    def answer(body: dict[str, Any]) -> Turn:
        draft = str(body["messages"][-1]["content"]).partition("holds:\n")[2].strip()
        return Turn(value={"text": draft}, delay=seconds)

    return answer


def run(supervisor: Any) -> dict[str, Any]:
    """One report, and when each specialist began and ended."""
    first: dict[str, float] = {}
    last: dict[str, float] = {}
    began = time.perf_counter()

    def tell(progress: WeeklyProgress) -> None:
        now = time.perf_counter() - began
        first.setdefault(progress.specialist, now)
        last[progress.specialist] = now

    made = supervisor.weekly(DAY, tell)
    wall = time.perf_counter() - began
    slowest = max(last[name] - first[name] for name in last)
    return {
        "wall": wall,
        "slowest": slowest,
        "ratio": wall / slowest,
        "written_by": {name: one.by for name, one in made.words.items()},
    }


def forget(room: ModelRoom) -> None:
    """Let no text be kept, so that each is asked for."""
    policy = room.policy.model_dump()
    for each in policy["specialists"].values():
        each["cache"] = False
    room.policy = ModelPolicy.model_validate(policy)


def measure(seconds: float) -> dict[str, Any]:
    """With the host, and without any."""
    from agents.supervisor import Supervisor  # noqa: PLC0415 - the engines
    from apps.importing import load_sample  # noqa: PLC0415 - as above
    from integrations import connect  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory() as folder, model_server() as server:
        server.say(drafted(seconds))
        settings = settings_of(Path(folder))
        load_sample(settings, date(2026, 11, 15), if_empty=False)
        keyed = settings.model_copy(
            update={"openai_api_key": SecretStr("key"), "openai_base_url": server.url}
        )
        found: dict[str, Any] = {}
        for name, of in (("rules", settings), ("model", keyed)):
            services = connect(of)
            forget(services.open_models())
            supervisor = Supervisor(services)
            supervisor.weekly(DAY)  # tables in place, everything loaded
            server.requests.clear()
            found[name] = run(supervisor)
            services.close()
        found["calls"] = len(server.requests)
    return found


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=2.0, help="what the host takes for a call")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    found = measure(options.seconds)
    if options.json:
        print(json.dumps(found))
        return
    for name in ("rules", "model"):
        one = found[name]
        print(
            f"{name:6} {one['wall']:6.2f} s, slowest specialist {one['slowest']:6.2f} s: {one['ratio']:.2f} times"
        )
    print(
        f"goal with a model: {GOAL} times; {found['calls']} calls; written by {found['model']['written_by']}"
    )


if __name__ == "__main__":
    main()
