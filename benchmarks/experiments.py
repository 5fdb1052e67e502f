"""The statistics of campaigns, on data and by simulation: `python -m benchmarks.experiments`; --json: one object.

Beta Thompson sampling against random arms on Hillstrom's test by replay (Li, Chu, Langford and Wang, 2011: a logged
event counts where the policy picks the arm that was logged); false alarms of campaigns without effect that are looked
at 30 times; how often a known effect lies in its interval; what the always-valid interval costs in width; and the time
for an audience with holdout and recommendations of 100,000 customers.
"""

# ruff: noqa: PLC0415 - what is not asked for is not loaded

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.always_valid import rate_difference
from analytics.arms import MINIMUM, Arm, next_shares
from analytics.holdout import Foreseen, Group, Sum, compare_money

HILLSTROM = Path(__file__).resolve().parents[2] / "shared" / "data" / "retail" / "hillstrom.csv.gz"
LOOKS = 30
GOALS = {"thompson": 0.175, "false_alarms": 0.05, "covered": 0.93}
_EVENTS = 300  # of the log, between two looks at the outcomes

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Campaigns to simulate: how many customers, what share is held out, and orders a customer on both sides."""

    people: int
    share: float
    treated: float
    control: float


A_A = (
    Scenario(300, 0.1, 0.04, 0.04),
    Scenario(2_000, 0.1, 0.03, 0.03),
    Scenario(20_000, 0.2, 0.05, 0.05),
    Scenario(5_000, 0.5, 0.10, 0.10),
)
KNOWN = (
    Scenario(1_850, 0.1, 0.06, 0.03),
    Scenario(20_000, 0.1, 0.035, 0.025),
    Scenario(20_000, 0.5, 0.05, 0.04),
    Scenario(5_000, 0.2, 0.08, 0.12),
)


def replay(log: pd.DataFrame, seed: int, *, thompson: bool, minimum: float = MINIMUM) -> float:
    """The mean reward of a policy that sees only the events whose logged arm it would have picked."""
    chance = np.random.default_rng(seed)
    order = chance.permutation(len(log))
    codes, names = pd.factorize(log["segment"], sort=True)
    codes, rewards = codes[order], log["visit"].to_numpy()[order]
    sent, hits = np.zeros(len(names), dtype=int), np.zeros(len(names), dtype=int)
    for start in range(0, len(log), _EVENTS):
        logged, reward = codes[start : start + _EVENTS], rewards[start : start + _EVENTS]
        if thompson:
            arms = [
                Arm(str(at), int(many), int(good))
                for at, (many, good) in enumerate(zip(sent, hits, strict=True))
            ]
            shares = np.array(list(next_shares(arms, minimum).values()))
        else:
            shares = np.full(len(names), 1 / len(names))
        same = chance.choice(len(names), len(logged), p=shares / shares.sum()) == logged
        sent += np.bincount(logged[same], minlength=len(names))
        hits += np.bincount(logged[same], reward[same], minlength=len(names)).astype(int)
    return float(hits.sum() / sent.sum())


def read_hillstrom() -> pd.DataFrame:
    """The log of Hillstrom's test: who got which mail, or none, and who visited."""
    return pd.read_csv(HILLSTROM, usecols=["segment", "visit"])


def orders_by_look(chance: np.random.Generator, runs: int, people: int, rate: float) -> Ints:
    """How many of a side have ordered at each of the looks, a row a campaign."""
    so_far, left = np.zeros(runs, dtype=np.int64), np.full(runs, people)
    seen = np.empty((runs, LOOKS), dtype=np.int64)
    for look in range(LOOKS):
        hazard = (rate / LOOKS) / (1 - rate * look / LOOKS)
        new = chance.binomial(left, hazard)
        so_far, left = so_far + new, left - new
        seen[:, look] = so_far
    return seen


def _sides(scenario: Scenario, runs: int, seed: int) -> tuple[Ints, int, Ints, int]:
    chance = np.random.default_rng(seed)
    held = round(scenario.people * scenario.share)
    mailed = scenario.people - held
    treated = orders_by_look(chance, runs, mailed, scenario.treated)
    return treated, mailed, orders_by_look(chance, runs, held, scenario.control), held


def false_alarms(scenario: Scenario, runs: int, seed: int) -> tuple[float, float]:
    """The share of campaigns without effect in which some look finds one, in orders and in revenue."""
    treated, mailed, control, held = _sides(scenario, runs, seed)
    bounds = rate_difference(treated, mailed, control, held, planned_rate=scenario.control, alpha=0.05)
    in_orders = ((bounds.low > 0) | (bounds.high < 0)).any(axis=1).mean()
    chance = np.random.default_rng(seed + 1)
    foreseen = Foreseen(rate=scenario.control, value=5_000.0)
    alarms = 0
    for ours, theirs in zip(treated, control, strict=True):
        groups = [
            [Group(people, int(n), Sum(float(total), float(squares))) for n, total, squares in side]
            for people, side in ((mailed, _amounts(chance, ours)), (held, _amounts(chance, theirs)))
        ]
        found = (compare_money(one, other, foreseen) for one, other in zip(*groups, strict=True))
        alarms += any(
            one.low is not None and one.high is not None and (one.low > 0 or one.high < 0) for one in found
        )
    return float(in_orders), alarms / runs


def _amounts(chance: np.random.Generator, counts: Ints) -> list[tuple[int, float, float]]:
    """Count, sum and squares of the amounts at each look; amounts are log-normal, as those of orders are."""
    each = chance.lognormal(np.log(4_500), 0.6, int(counts[-1]))
    totals, squares = (np.concatenate([[0.0], np.cumsum(values)]) for values in (each, each**2))
    return [(int(n), totals[n], squares[n]) for n in counts]


def covered(scenario: Scenario, runs: int, seed: int) -> tuple[float, float, float, float]:
    """The share of campaigns whose last interval holds the true effect, in orders and in revenue; that of those which
    have found its direction; and how wide the interval is beside that of a test that may be looked at once."""
    treated, mailed, control, held = _sides(scenario, runs, seed)
    bounds = rate_difference(treated, mailed, control, held, planned_rate=scenario.control, alpha=0.05)
    true = scenario.treated - scenario.control
    low, high = bounds.low[:, -1], bounds.high[:, -1]
    inside = (low <= true) & (true <= high)
    sure = (bounds.low > 0).any(axis=1) if true > 0 else (bounds.high < 0).any(axis=1)
    variance = (
        scenario.treated * (1 - scenario.treated) / mailed + scenario.control * (1 - scenario.control) / held
    )
    wider = float((high - low).mean() / (2 * 1.96 * variance**0.5))
    in_revenue = _revenue_covered(scenario, treated[:, -1], control[:, -1], seed + 1)
    return float(inside.mean()), in_revenue, float(sure.mean()), wider


def _revenue_covered(scenario: Scenario, treated: Ints, control: Ints, seed: int) -> float:
    """Of the campaigns whose revenue can be compared, those whose interval holds the true difference."""
    chance = np.random.default_rng(seed)
    held = round(scenario.people * scenario.share)
    true = (scenario.treated - scenario.control) * float(np.exp(np.log(4_500) + 0.6**2 / 2))
    found: list[bool] = []
    for ours, theirs in zip(treated, control, strict=True):
        pair = []
        for people, count in ((scenario.people - held, ours), (held, theirs)):
            n, total, squares = _amounts(chance, np.array([count]))[0]
            pair.append(Group(people, n, Sum(float(total), float(squares))))
        one = compare_money(pair[0], pair[1], Foreseen(rate=scenario.control, value=5_000.0))
        if one.low is not None and one.high is not None:
            found.append(one.low <= true <= one.high)
    return float(np.mean(found))


def fill(home: Path, customers: int) -> None:
    """A store of so many customers with four orders each of sixty products, some of which go together."""
    from integrations import open_warehouse
    from integrations.settings import Settings
    from integrations.warehouse.duckdb_engine import DuckDbEngine

    home.mkdir(parents=True, exist_ok=True)
    settings = Settings(home=home, database_url=None, policies=None, analytics_url=None)
    with open_warehouse(settings).reading():
        pass
    with DuckDbEngine(settings.analytics_file).connected() as connection:
        connection.execute(
            f"""
            INSERT INTO sales (key, digest, document, order_id, customer_id, day, channel, country, sku, product,
                               quantity, part, amount)
            SELECT i, 0, 'o' || (i // 2), 'o' || (i // 2), 'c' || (i // 8),
                DATE '2024-01-01' + CAST(hash(i // 2) % 730 AS INTEGER), 'email', 'US',
                's' || item, 'Product ' || item, 1, 'sale', CAST(500 + hash(i + 5) % 9500 AS BIGINT)
            FROM (SELECT i, CAST(((hash(i // 8) % 20) * 3 + hash(i) % 7) % 60 AS BIGINT) AS item
                  FROM range({customers * 8}) AS lines(i))"""
        )
        connection.execute(
            f"""
            INSERT INTO customers (key, digest, customer_id, country, name, email, consent, timezone)
            SELECT i, 0, 'c' || i, 'US', 'Ann', 'c' || i || '@example.com', if(i % 12 = 0, 'no', 'yes'),
                'America/Denver' FROM range({customers}) AS people(i)"""
        )
        connection.execute("DELETE FROM state WHERE name LIKE 'mart %'")


def audience_seconds(home: Path, customers: int) -> dict[str, float]:
    """The time for the audience with its holdout, and for what to recommend to it; the customers' table is ready."""
    from analytics.audience import candidates, find_audience, usual_rate
    from analytics.recommendations import recommend
    from integrations import open_warehouse
    from integrations.settings import Settings

    fill(home, customers)
    settings = Settings(home=home, database_url=None, policies=None, analytics_url=None)
    day = date(2026, 1, 7)
    with open_warehouse(settings).reading() as tables:
        tables.buyers(day)
        clock = [time.perf_counter()]
        found = find_audience(candidates(tables, day, silent_days=1), day, "campaign")
        clock.append(time.perf_counter())
        advised = recommend(tables, day)
        clock.append(time.perf_counter())
        usual_rate(tables, day, 14, silent_days=90)
        clock.append(time.perf_counter())
    assert len(advised) == customers
    names = ("audience", "recommendations", "usual_rate")
    return {
        "eligible": float(found.eligible),
        **{name: round(end - start, 2) for name, start, end in zip(names, clock, clock[1:], strict=False)},
    }


def measure_all(seeds: int, runs: int, customers: int) -> dict[str, object]:
    """Every figure."""
    found: dict[str, object] = {}
    if HILLSTROM.is_file():
        log = read_hillstrom()
        found["hillstrom"] = {
            "random": round(float(np.mean([replay(log, seed, thompson=False) for seed in range(seeds)])), 4),
            "thompson": round(float(np.mean([replay(log, seed, thompson=True) for seed in range(seeds)])), 4),
        }
    found["false_alarms (orders, revenue)"] = {
        str(one): false_alarms(one, runs, 40 + at) for at, one in enumerate(A_A)
    }
    found["known effect (covered in orders, in revenue, found, width)"] = {
        str(one): covered(one, runs, 50 + at) for at, one in enumerate(KNOWN)
    }
    with tempfile.TemporaryDirectory() as folder:
        found["seconds"] = audience_seconds(Path(folder) / "home", customers)
    return found


def main() -> None:
    """Reads the arguments, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = measure_all(arguments.seeds, arguments.runs, arguments.customers)
    if arguments.json:
        print(json.dumps(found))
        return
    for title, figures in found.items():
        print(title)
        assert isinstance(figures, dict)
        for name, figure in figures.items():
            print(f"  {name}: {figure}")
    print(f"goals: {GOALS}")


if __name__ == "__main__":
    main()
