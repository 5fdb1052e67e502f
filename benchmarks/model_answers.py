"""Answers in a real model's words, and whether anything in them is made up: `python -m benchmarks.model_answers`.

Needs a host that speaks OpenAI's chat completions (--url), for example llama-cpp-python's server with a small model.
The desk is told to answer whatever it finds, so that the model is asked as often as possible and has every chance to
make something up. An independent reading then looks for every number of a shown answer, and every quote, in the
sections that were retrieved: none may be missing. Interrupted (Ctrl-C), it tells what it has measured; `--from N`
goes on with the N-th question.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from agents.domain import Message
from agents.ports import Services
from agents.session import Session
from benchmarks.corpora import SHARED, percentile
from ingest.pipeline import ingest
from integrations import connect
from integrations.settings import Settings


def eager(services: Services, seconds: float) -> None:
    """Let the desk answer everything, and the model take its time."""
    always = services.policy.thresholds.model_copy(update={"answer": 0.0, "clarify": 0.0})
    services.policy = services.policy.model_copy(update={"thresholds": always})
    room = services.open_models()
    support = room.policy.specialists["support"].model_copy(
        update={"timeout_seconds": seconds, "fallback": None, "max_tokens": 300}
    )
    room.policy = room.policy.model_copy(
        update={
            "deadline_seconds": 3 * seconds,
            "specialists": room.policy.specialists | {"support": support},
        }
    )


def made_up(message: Message, sections: dict[str, str]) -> list[str]:
    """Numbers and quotes of an answer that stand in no document it retrieved, read as plain as can be."""
    assert message.reply is not None
    text = " ".join(sections[source.document] for source in message.reply.retrieved)
    known = set(re.findall(r"\d+", text))
    bare = re.sub(r"[\W_]+", " ", text.lower())
    quotes = [citation.quote for citation in message.reply.citations]
    return [number for number in re.findall(r"\d+", message.text) if number not in known] + [
        quote for quote in quotes if re.sub(r"[\W_]+", " ", quote.lower()).strip() not in bare
    ]


def measure(url: str, name: str, chosen: slice, count: int, seconds: float) -> dict[str, Any]:
    """Ask, and count what was shown and why the rest fell back."""
    folder = SHARED / name
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    rows = rows[:: max(1, len(rows) // count)][:count][chosen]
    sections = {file.name: file.read_text("utf-8") for file in (folder / "docs").iterdir()}
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(
            home=Path(home),
            models=Path(".cache/models"),
            openai_api_key=SecretStr("none"),
            openai_base_url=url,
        )
        services = connect(settings)
        eager(services, seconds)
        embedder = services.open_embedder()
        ingest([folder / "docs"], services.open_index(embedder), embedder)
        session = Session(services)
        shown: list[str] = []
        invented: dict[str, list[str]] = {}
        took: list[float] = []
        with suppress(KeyboardInterrupt):
            for row in rows:
                began = time.perf_counter()
                message = session.respond(str(row["question"]))
                took.append(time.perf_counter() - began)
                print(f"{len(took)} of {len(rows)}, {len(shown)} in the model's words", file=sys.stderr)
                if message is None or message.reply is None or message.reply.mode != "model":
                    continue
                shown.append(message.text)
                if wrong := made_up(message, sections):
                    invented[str(row["id"])] = wrong
        calls = services.open_models().calls(services.now().replace(hour=0, minute=0, second=0))
        session.close()
    complaints = Counter(
        re.sub(r"“.*?” |\d+", "", part).strip() for c in calls for part in c.detail.split("; ") if part
    )
    return {
        "questions": len(took),
        "in_the_models_words": len(shown),
        "fell_back": len(took) - len(shown),
        "calls": dict(Counter(call.ending for call in calls)),
        "complaints": dict(complaints.most_common(12)),
        "made_up": invented,
        "p50_seconds": percentile(took, 0.5) if took else None,
        "examples": shown[:5],
    }


def main() -> int:
    """Print the figures; fail where anything was made up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", default="http://127.0.0.1:8099/v1")
    parser.add_argument("--set", default="clapnq")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30.0, help="for one call")
    parser.add_argument(
        "--from", dest="first", type=int, default=0, help="the first question, counted from 0"
    )
    options = parser.parse_args()
    if not (SHARED / options.set).is_dir():
        print(f"The set {options.set} is not here; nothing was measured.")
        return 0
    figures = measure(
        options.url, options.set, slice(options.first, None), options.questions, options.seconds
    )
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    return 1 if figures["made_up"] else 0


if __name__ == "__main__":
    sys.exit(main())
