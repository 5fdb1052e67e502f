"""Ours beside the plain way of finding answers and of being sure of them: `python -m benchmarks.plain_confidence`.

The plain way is reciprocal-rank fusion of MiniLM and BM25 (Cormack, Clarke and Buettcher 2009, k = 60) over the same
chunks, and a logistic regression on six features of the scores. Each set is asked with coefficients fitted on the
others, the plain way once more with coefficients fitted on the very set that is asked. The interval is that of the
difference between the two AUROC held out, over the same questions (paired bootstrap, 95%).
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.fit_confidence import (
    DOMAINS,
    NEVER_FITTED,
    Asked,
    Case,
    ask_set,
    figures,
    fit_on,
    set_folders,
    show,
)
from knowledge_base import metrics
from knowledge_base.embedding import DEFAULT_MODEL, load_embedder
from knowledge_base.index import Index
from knowledge_base.passages import Embedder, Snapshot
from knowledge_base.terms import content_words, coverage, rarity, stems

RANK_CONSTANT = 60
DEPTH = 100
L2 = 1.0
RESAMPLED = 2_000
WAYS = ("ours", "plain", "plain, its own set")
MEASURED = ("ClapNQ", "MTRAG-UN", "Two Peaks", "near misses")


@dataclass(frozen=True, slots=True)
class Plain(Asked):
    """A question asked the plain way, with six features of its scores."""

    features: tuple[float, ...]


def ask_plainly(source: str, folder: Path, home: Path, embedder: Embedder) -> list[Plain]:
    """Asks every question of a set that is ingested already, without its conversation."""
    index = Index(home / source, embedder.fingerprint, embedder.dimension)
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    asked = []
    with index.snapshot() as snapshot:
        for row in rows:
            ranked, features = _answer(snapshot, embedder, row["question"])
            gold, cited = frozenset(row["gold"]), frozenset(ranked[:1])
            asked.append(Plain(source, row["answerable"], gold, ranked, cited, features))
    return asked


def _answer(
    snapshot: Snapshot, embedder: Embedder, question: str
) -> tuple[tuple[str, ...], tuple[float, ...]]:
    dense = snapshot.dense(embedder.embed_query(question), DEPTH)
    lexical = snapshot.lexical(question, DEPTH)
    fused: dict[str, float] = {}
    for found in (dense, lexical):
        for rank, scored in enumerate(found):
            fused[scored.chunk] = fused.get(scored.chunk, 0.0) + 1 / (RANK_CONSTANT + rank + 1)
    best_first = sorted(fused, key=lambda chunk: (-fused[chunk], chunk))
    chunks = snapshot.chunks(best_first)
    ranked = tuple(dict.fromkeys(chunks[chunk].document for chunk in best_first))
    terms = content_words(question)
    weights = rarity(snapshot.document_frequency(terms), snapshot.chunk_count)
    top = chunks[best_first[0]]
    cosines, matches = ([each.score for each in found[:2]] + [0.0, 0.0] for found in (dense, lexical))
    features = (
        cosines[0],
        cosines[0] - cosines[1],
        math.log1p(matches[0]),
        (matches[0] - matches[1]) / max(matches[0], 1e-9),
        float(bool(lexical) and dense[0].chunk == lexical[0].chunk),
        coverage(terms, weights, frozenset(stems(f"{top.context} {top.text}"))),
    )
    return ranked, features


def plain_probabilities(fitted: Sequence[Plain], asked: Sequence[Plain]) -> NDArray[np.float64]:
    """The probability that each answer of `asked` is right, by a logistic regression on `fitted`; shape (asked,)."""
    sizes = Counter(each.source for each in fitted)
    weights = np.array([1 / sizes[each.source] for each in fitted])
    weights *= len(fitted) / weights.sum()
    seen, right = np.array([each.features for each in fitted]), np.array([each.right for each in fitted])
    mean, scale = seen.mean(axis=0), seen.std(axis=0)
    design = np.column_stack([(seen - mean) / scale, np.ones(len(seen))])

    def loss(theta: NDArray[np.float64]) -> float:
        logit = design @ theta
        return float(weights @ (np.logaddexp(0.0, logit) - right * logit) + L2 * theta[:-1] @ theta[:-1] / 2)

    theta = minimize(loss, np.zeros(design.shape[1]), method="L-BFGS-B").x
    new = np.column_stack([(np.array([each.features for each in asked]) - mean) / scale, np.ones(len(asked))])
    return np.asarray(1 / (1 + np.exp(-(new @ theta))))


def difference(
    ours: Sequence[float], plain: Sequence[float], answerable: Sequence[bool]
) -> tuple[float, float]:
    """The 95% interval of our AUROC less the plain one, over the same questions drawn again and again."""
    random = np.random.default_rng(0)
    mine, theirs, labels = np.array(ours), np.array(plain), np.array(answerable)
    found = []
    for _ in range(RESAMPLED):
        drawn = random.integers(len(labels), size=len(labels))
        pair = [metrics.auroc(scores[drawn], labels[drawn]) for scores in (mine, theirs)]
        if pair[0] is not None and pair[1] is not None:
            found.append(pair[0] - pair[1])
    low, high = np.quantile(found, (0.025, 0.975))
    return float(low), float(high)


def measure(cases: Sequence[Case], plain: Sequence[Plain]) -> dict[str, dict[str, Any]]:
    """The figures of each domain, held out: ours, the plain way's, and the interval of the difference."""
    measured: dict[str, dict[str, Any]] = {}
    for domain in MEASURED:
        sources = DOMAINS[domain]
        asked = [case for case in cases if case.source in sources]
        asked_plainly = [each for each in plain if each.source in sources]
        if not asked:
            continue
        calibration = fit_on([case for case in cases if case.source not in sources])
        ours = [calibration.probability(case.evidence) for case in asked]
        fitted = [each for each in plain if each.source not in (*sources, *NEVER_FITTED)]
        theirs = plain_probabilities(fitted, asked_plainly).tolist()
        own = plain_probabilities(asked_plainly, asked_plainly).tolist()
        answerable = [case.answerable for case in asked]
        measured[domain] = {
            "ours": figures(asked, ours),
            "plain": figures(asked_plainly, theirs),
            "plain, its own set": figures(asked_plainly, own),
            "auroc_difference": difference(ours, theirs, answerable),
        }
    return measured


def main() -> None:
    """Prints the lines of each domain, or with --json one object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        embedder = load_embedder(DEFAULT_MODEL, home / "models")
        cases: list[Case] = []
        plain: list[Plain] = []
        for source, folder in set_folders().items():
            cases += ask_set(source, folder, home, embedder)
            plain += ask_plainly(source, folder, home, embedder)
    measured = measure(cases, plain)
    if options.json:
        json.dump(measured, sys.stdout)
        return
    show({f"{domain}, {way}": row[way] for domain, row in measured.items() for way in WAYS})
    for domain, row in measured.items():
        low, high = row["auroc_difference"]
        print(f"{domain}: AUROC {low:+.3f} to {high:+.3f} above the plain way")


if __name__ == "__main__":
    main()
