"""What a model costs besides its own time: `python -m benchmarks.model_overhead [--questions 150 --crowd 100]`.

First, questions are asked one by one of a desk without a model and of one whose model answers at once: the difference,
question by question, is what our own code takes for an answer in a model's words (asking, reading, checking, keeping
the ledger), with the HTTP client and the host's own few milliseconds, which are given beside it. Then so many visitors
at once, each in a conversation of its own, ask the served page a question that a model answers after two seconds:
all in one moment, and then once more within some seconds; without processes that answer beside the server, and with
as many as it starts by itself.
No question is asked twice, so that no words are found in a cache.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from agents.domain import Message
from agents.session import Session
from benchmarks.corpora import percentile
from benchmarks.quick_model import quick_model
from benchmarks.serving import MODELS, served
from benchmarks.visitors import DOCUMENTS, QUESTIONS, TRUST, show, without_rate_limit
from ingest.pipeline import ingest
from integrations import connect
from integrations.settings import Settings

PROMPT = {"model": "m", "messages": [{"role": "user", "content": "Sources:\n[1] A\n\nWhat was said before:"}]}


def desk(home: Path, url: str | None = None) -> Session:
    """A session on the sample documents, with the model of a host where one is given."""
    settings = Settings(
        home=home,
        models=MODELS,
        openai_api_key=SecretStr("key") if url else None,
        openai_base_url=url,
    )
    services = connect(settings)
    embedder = services.open_embedder()
    index = services.open_index(embedder)
    ingest([DOCUMENTS], index, embedder)
    index.close()
    session = Session(services)
    session.warm()
    return session


def timed(session: Session, question: str) -> tuple[float, Message | None]:
    """Seconds for an answer, and the answer."""
    began = time.perf_counter()
    message = session.respond(question)
    return time.perf_counter() - began, message


def would_answer(session: Session, question: str) -> bool:
    """Whether the desk would answer, so that a model is asked."""
    return session.rehearse(question).outcome.ruling.decision == "answer"


def in_a_models_words(message: Message | None) -> bool:
    """Whether a model wrote it."""
    return message is not None and message.reply is not None and message.reply.mode == "model"


def overhead(folder: Path, questions: int) -> tuple[dict[str, Any], list[str]]:
    """Figures of the difference that a model makes, and the questions that it answers."""
    differences, bare, answered = [], [], []
    with quick_model(0) as url:
        offline, online = desk(folder / "offline"), desk(folder / "online", url)
        asked = [question for question in QUESTIONS if would_answer(offline, question)][:questions]
        for question in asked[:5]:  # until everything is loaded
            timed(offline, f"{question} Please tell me.")
            timed(online, f"{question} Please tell me.")
        with httpx.Client(verify=TRUST) as client:
            for question in asked:
                without, _ = timed(offline, question)
                with_model, message = timed(online, question)
                began = time.perf_counter()
                client.post(f"{url}/chat/completions", json=PROMPT).raise_for_status()
                bare.append(time.perf_counter() - began)
                if in_a_models_words(message):
                    differences.append(with_model - without)
                    answered.append(question)
        offline.close()
        online.close()
    return {
        "answers_in_a_models_words": len(differences),
        "overhead_p50_ms": 1000 * percentile(differences, 0.5),
        "overhead_p95_ms": 1000 * percentile(differences, 0.95),
        "host_alone_p50_ms": 1000 * percentile(bare, 0.5),
        "host_alone_p95_ms": 1000 * percentile(bare, 0.95),
    }, answered


async def visit(url: str, question: str, start: asyncio.Event, ready: asyncio.Queue[bool]) -> float:
    """Seconds until a visitor has the whole answer, asked as the page does.

    The question goes over a bare connection: a client's own work for a hundred of them would take the server's cores.
    """
    async with httpx.AsyncClient(base_url=url, timeout=120, verify=TRUST) as client:
        page = (await client.get("/")).raise_for_status()
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    reader, writer = await asyncio.open_connection(page.url.host, page.url.port)
    try:
        body = json.dumps({"text": question}).encode()
        head = (
            f"POST /chat/ask HTTP/1.1\r\nhost: {page.url.netloc.decode()}\r\ncookie: {cookies}\r\n"
            "content-type: application/json\r\naccept: application/x-ndjson\r\nsec-fetch-site: same-origin\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        ready.put_nowait(True)
        await start.wait()
        began = time.perf_counter()
        writer.write(head.encode() + body)
        answer = await reader.read(-1)
        took = time.perf_counter() - began
    finally:
        writer.close()
    last = json.loads(content(answer).strip().splitlines()[-1])
    if "message" not in last:
        raise RuntimeError(f"no answer: {last}")
    return took


def content(response: bytes) -> bytes:
    """What a response holds, out of its chunks where it came in some."""
    head, _, rest = response.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" not in head.lower():
        return rest
    pieces = []
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        pieces.append(rest[:length])
        rest = rest[length + 2 :] if length else b""
    return b"".join(pieces)


async def crowd(url: str, questions: list[str], over: float = 0.0) -> list[float]:
    """Everybody is there before anybody asks; then all ask, evenly within so many seconds."""
    starts, ready = [asyncio.Event() for _ in questions], asyncio.Queue[bool]()
    visits = [
        asyncio.create_task(visit(url, question, start, ready))
        for question, start in zip(questions, starts, strict=True)
    ]
    for _ in visits:
        await ready.get()
    for start in starts:
        start.set()
        await asyncio.sleep(over / len(starts))
    return list(await asyncio.gather(*visits))


def at_once(
    folder: Path, questions: list[str], options: argparse.Namespace, answerers: int | None
) -> dict[str, Any]:
    """Figures of a crowd on the served page: all in one moment, and each within some seconds."""
    count, folder = options.crowd, Path(tempfile.mkdtemp(dir=folder))
    home = folder / "home"
    asked = [
        questions[n] if n < len(questions) else f"{questions[n % len(questions)]} I am visitor {n}."
        for n in range(count)
    ]
    with quick_model(options.seconds) as url:
        settings: dict[str, Any] = {
            "policies": without_rate_limit(folder / "policies"),
            "answerers": answerers,
            "openai_api_key": SecretStr("key"),
            "openai_base_url": url,
        }
        with served(home, DOCUMENTS, **settings) as server:
            asyncio.run(crowd(server.url, [f"{text} Thank you." for text in questions[:6]]))
            began, used = datetime.now(UTC), server.cpu_seconds()
            burst = asyncio.run(crowd(server.url, asked))
            used = server.cpu_seconds() - used
            spread = asyncio.run(crowd(server.url, [f"{text} Thanks." for text in asked], options.over))
            memory = server.memory()
    services = connect(Settings(home=home, models=MODELS))
    endings = Counter(text.ending for text in services.open_models().texts(began))
    services.close()
    return {
        "answerers": "by the cores" if answerers is None else answerers,
        "crowd": count,
        "model_seconds": options.seconds,
        "in_one_moment_p50_seconds": percentile(burst, 0.5),
        "in_one_moment_p95_seconds": percentile(burst, 0.95),
        f"within_{options.over:g}_s_p50_seconds": percentile(spread, 0.5),
        f"within_{options.over:g}_s_p95_seconds": percentile(spread, 0.95),
        "server_cpu_ms_an_answer": 1000 * used / count,
        "memory_mib": memory,
        "crowd_texts": dict(endings),
        "load_of_the_machine": os.getloadavg()[0],
    }


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--questions", type=int, default=150)
    parser.add_argument("--crowd", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=2.0, help="that the crowd's model takes")
    parser.add_argument(
        "--over", type=float, default=10.0, help="seconds within which a crowd asks that is no burst"
    )
    parser.add_argument(
        "--answerers", type=int, nargs="*", default=[0, None], help="so many processes that answer, in turns"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a part instead of the table")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured, answered = overhead(Path(folder), options.questions)
        show(measured, as_json=options.json)
        for answerers in options.answerers:
            show(at_once(Path(folder), answered, options, answerers), as_json=options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
