"""Fits the shipped confidence on labelled sets, and measures it on sets that it was not fitted on.

    python -m benchmarks.fit_confidence [--rag FOLDER] [--home FOLDER] [--write]

Every set is ingested and asked as a user's own documents would be, with coefficients fitted on the others ("held out"),
with those refitted on four fifths of its own questions for the last fifth ("own labels", as `gtm eval support --fit`
does it), and with those that are shipped ("in sample"). Near misses (tests/data/near_misses) are never
fitted on: written to be told apart by reading alone, they show what the evidence cannot see. `--home` keeps the
indexes between runs; `--write` replaces knowledge_base/calibration.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.corpora import ROOT, SHARED
from ingest.pipeline import ingest
from knowledge_base import metrics
from knowledge_base.answer import compose
from knowledge_base.confidence import SHIPPED, Calibration, Labelled, fit
from knowledge_base.embedding import DEFAULT_MODEL, load_embedder
from knowledge_base.evidence import evidence
from knowledge_base.index import Index
from knowledge_base.passages import Embedder
from knowledge_base.query import build_query
from knowledge_base.search import search

THRESHOLD = 0.70  # policies/support.yaml
L2 = 400.0  # strong: proportions that follow one set do not carry over; the best held out of 30 to 2,000, by little
NEAR_MISSES = sorted(
    file.parent for file in (ROOT / "tests" / "data" / "near_misses").glob("*/questions.jsonl")
)
FOLDS = 5
DOMAINS: dict[str, tuple[str, ...]] = {
    "ClapNQ": ("clapnq",),
    "MTRAG-UN": ("mtragun-govt", "mtragun-fiqa"),
    "govt": ("mtragun-govt",),
    "fiqa": ("mtragun-fiqa",),
    "Two Peaks": ("two_peaks",),
    "near misses": tuple(folder.name for folder in NEAR_MISSES),
    **{folder.name: (folder.name,) for folder in NEAR_MISSES},
}
NEVER_FITTED = DOMAINS["near misses"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One asked question: what was found and cited, and what would have been right."""

    source: str
    answerable: bool
    gold: frozenset[str]
    ranked: tuple[str, ...]
    cited: frozenset[str]

    @property
    def right(self) -> bool:
        """Answerable, and the answer cites a gold document."""
        return self.answerable and bool(self.cited & self.gold)


@dataclass(frozen=True, slots=True)
class Case(Asked):
    """A question asked our way, with its evidence."""

    identifier: str
    evidence: dict[str, float]
    seconds: float


def set_folders(rag: Path = SHARED) -> dict[str, Path]:
    """Where each set lies, of those that are here."""
    folders = {source: rag / source for sources in DOMAINS.values() for source in sources}
    folders["two_peaks"] = ROOT / "tests" / "data" / "two_peaks"
    folders |= {folder.name: folder for folder in NEAR_MISSES}
    return {source: folder for source, folder in folders.items() if folder.is_dir()}


def ask_set(source: str, folder: Path, home: Path, embedder: Embedder) -> list[Case]:
    """Ingests `folder/docs` and asks every question of `folder/questions.jsonl`."""
    index = Index(home / source, embedder.fingerprint, embedder.dimension)
    report = ingest([folder / "docs"], index, embedder)
    print(f"{source}: {report.chunks} chunks, {report.seconds:.1f} s", file=sys.stderr)
    cases = []
    for line in (folder / "questions.jsonl").read_text().splitlines():
        row = json.loads(line)
        started = time.perf_counter()
        query = build_query(row["question"], [(turn["role"], turn["content"]) for turn in row["history"]])
        with index.snapshot() as snapshot:
            retrieval = search(snapshot, embedder, query)
        extract = compose(query, retrieval)
        signs = evidence(query, retrieval, extract)
        seconds = time.perf_counter() - started
        cases.append(
            Case(
                source=source,
                identifier=row["id"],
                answerable=row["answerable"],
                gold=frozenset(row["gold"]),
                ranked=tuple(dict.fromkeys(hit.chunk.document for hit in retrieval.hits)),
                cited=frozenset(passage.chunk.document for passage in extract.passages),
                evidence=signs,
                seconds=seconds,
            )
        )
    return cases


def fit_on(cases: Sequence[Case], note: str = "") -> Calibration:
    """Fits with an equal weight a set, each scaled to the mean size; near misses are left out."""
    cases = [case for case in cases if case.source not in NEVER_FITTED]
    sizes = {source: sum(case.source == source for case in cases) for source in {c.source for c in cases}}
    mean = len(cases) / len(sizes)
    return fit([Labelled(c.evidence, c.right, mean / sizes[c.source]) for c in cases], L2, fitted_on=note)


def with_own_labels(asked: Sequence[Case], prior: Calibration) -> list[float]:
    """The probability of each answer, `prior` refitted on four fifths of the questions when the last fifth is asked."""
    sure = [0.0] * len(asked)
    shuffled = np.random.default_rng(0).permutation(len(asked)).tolist()
    for fold in range(FOLDS):
        held_out = set(shuffled[fold::FOLDS])
        rows = [Labelled(case.evidence, case.right) for at, case in enumerate(asked) if at not in held_out]
        refitted = fit(rows, prior=prior)
        for at in held_out:
            sure[at] = refitted.probability(asked[at].evidence)
    return sure


def figures(asked: Sequence[Asked], sure: Sequence[float]) -> dict[str, float | None]:
    """The figures of answers given with these probabilities, by name; None where there is nothing to count."""
    with_gold = [each for each in asked if each.gold]
    right = [each.right for each in asked]
    return {
        "hit@1": sum(metrics.hit_at(1, each.ranked, each.gold) for each in with_gold) / len(with_gold),
        "hit@5": sum(metrics.hit_at(5, each.ranked, each.gold) for each in with_gold) / len(with_gold),
        "nDCG@5": sum(metrics.ndcg_at(5, each.ranked, each.gold) for each in with_gold) / len(with_gold),
        "AUROC": metrics.auroc(sure, [each.answerable for each in asked]),
        "AURC": metrics.aurc(sure, right),
        "ECE": metrics.ece(sure, right),
        "answered": metrics.answered_share(sure, THRESHOLD),
        "wrong": metrics.wrong_answer_rate(sure, right, THRESHOLD),
    }


def show(rows: Mapping[str, Mapping[str, float | None]]) -> None:
    """Prints a table with a line a row."""
    print(f"{'':32}" + "".join(f"{name:>9}" for name in next(iter(rows.values()))))
    for name, row in rows.items():
        print(
            f"{name:32}"
            + "".join(f"{'-' if each is None else format(each, '.3f'):>9}" for each in row.values())
        )


def report(cases: Sequence[Case]) -> None:
    """Prints the figures of each domain."""
    rows = {}
    everything = fit_on(cases)
    for domain, sources in DOMAINS.items():
        asked = [case for case in cases if case.source in sources]
        others = [case for case in cases if case.source not in sources]
        if not asked or not others:
            continue
        unseen = fit_on(others)
        ways = {
            "held out": [unseen.probability(case.evidence) for case in asked],
            "own labels": with_own_labels(asked, unseen),
            "in sample": [everything.probability(case.evidence) for case in asked],
        }
        if sources[0] in NEVER_FITTED:
            del ways["in sample"]
        for way, sure in ways.items():
            rows[f"{domain}, {way}"] = figures(asked, sure)
    show(rows)
    seconds = [case.seconds for case in cases]
    print(f"p50 {1000 * (metrics.percentile(seconds, 0.5) or 0):.1f} ms,", end=" ")
    print(f"p95 {1000 * (metrics.percentile(seconds, 0.95) or 0):.1f} ms a question")


def main() -> None:
    """Reads the arguments, asks every set found, prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rag", type=Path, default=SHARED)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = arguments.home or Path(scratch)
        embedder = load_embedder(DEFAULT_MODEL, home / "models")
        cases = [
            case
            for source, folder in set_folders(arguments.rag).items()
            for case in ask_set(source, folder, home, embedder)
        ]
    report(cases)
    if arguments.write:
        note = ", ".join(dict.fromkeys(case.source for case in cases if case.source not in NEVER_FITTED))
        fit_on(cases, note).save(SHIPPED)


if __name__ == "__main__":
    main()
