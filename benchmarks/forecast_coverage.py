"""How often the month's forecast held: `python -m benchmarks.forecast_coverage`, or with --json one object.

Blocks of 3, 7 and 14 days of the sample shop, of Online Retail and CDNOW, and of made-up series whose nature is known
(independent, seasonal, a random walk, heavy tails). Each block is foretold from what was known before it. Beside the
share that fell within the 80% interval stands the share that the models' own intervals would have held.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics import forecast

RETAIL = Path(__file__).resolve().parents[2] / "shared" / "data" / "retail"
LEVEL = 0.8
LENGTHS = (3, 7, 14)


def known_series() -> Iterator[tuple[str, pd.Series[float]]]:
    """Daily net revenue of shops; those whose data are not here are left out."""
    from ingest.order_sample import make_sample  # noqa: PLC0415

    sales = make_sample(date(2026, 11, 15)).tables["sales"].to_pandas()
    yield "sample", _daily(sales[sales["part"].isin(["sale", "discount", "refund"])], "day", "amount")
    if RETAIL.is_dir():
        lines = pd.read_parquet(RETAIL / "online_retail.parquet")
        lines["amount"] = lines["Quantity"] * lines["UnitPrice"]
        yield "Online Retail", _daily(lines, "InvoiceDate", "amount")
        names = ["id", "date", "cds", "amount"]
        bought = pd.read_csv(
            RETAIL / "CDNOW_master.txt", sep=r"\s+", names=names, header=0, dtype={"date": str}
        )
        yield "CDNOW", _daily(bought, "date", "amount")


def made_up_series() -> Iterator[tuple[str, pd.Series[float]]]:
    """Two years of days whose nature is known."""
    chance, size = np.random.default_rng(1), 730
    days = pd.date_range("2024-01-01", periods=size)
    year = 1 + 0.3 * np.sin(np.arange(size) / 365 * 2 * np.pi)
    made = {
        "independent": 1000 + chance.normal(0, 200, size),
        "random walk": 1000 + np.cumsum(chance.normal(0, 15, size)) + chance.normal(0, 60, size),
        "heavy tails": 1000 * np.exp(chance.standard_t(3, size) * 0.2),
        "seasonal": 1000 * year + chance.normal(0, 150, size),
    }
    for name, values in made.items():
        yield name, pd.Series(values, days)


def _daily(rows: pd.DataFrame, day: str, amount: str) -> pd.Series[float]:
    sums = rows.groupby(pd.to_datetime(rows[day]).dt.normalize())[amount].sum()
    return sums.reindex(pd.date_range(sums.index.min(), sums.index.max()), fill_value=0).astype(float)


def judge(daily: pd.Series[float], length: int) -> list[dict[str, Any]]:
    """Each model on blocks of one length."""
    weights = np.ones(7)
    means = daily.groupby(pd.DatetimeIndex(daily.index).dayofweek).mean() / daily.mean()
    weights[means.index] = means
    blocks = forecast._blocks(daily, weights, length)
    found = []
    for model in forecast.MODELS:
        judged, factor = forecast._judge(model, blocks, LEVEL)
        first = max(forecast._FEWEST_BLOCKS - 1, len(blocks) - forecast._ORIGINS)
        own = []
        for origin in range(first, len(blocks)):
            _, low, high = forecast._ahead(model, blocks[:origin], 1, LEVEL)
            own.append(low[0] <= blocks[origin] <= high[0])
        found.append(
            {
                "model": model,
                "days": length,
                "origins": len(blocks) - first,
                "covered": judged.covered,
                "of_the_model": float(np.mean(own)),
                "factor": factor,
            }
        )
    return found


def main() -> None:
    """Prints the figures, or with --json one object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    rows = [
        {"series": name, **row}
        for name, daily in (*known_series(), *made_up_series())
        for length in LENGTHS
        for row in judge(daily, length)
    ]
    off = {
        key: float(np.mean([abs(row[key] - LEVEL) for row in rows])) for key in ("covered", "of_the_model")
    }
    if options.json:
        print(json.dumps({"level": LEVEL, "rows": rows, "mean_distance": off}))
        return
    for row in rows:
        print(
            f"{row['series']:14} {row['days']:2} days {row['model']:22} {row['origins']} origins: covered "
            f"{row['covered']:.2f}, by the model's own interval {row['of_the_model']:.2f}, factor {row['factor']:.2f}"
        )
    print(
        f"mean distance from {LEVEL:.0%}: {off['covered']:.3f}; of the models' own intervals {off['of_the_model']:.3f}"
    )


if __name__ == "__main__":
    main()
