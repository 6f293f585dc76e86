"""``python -m benchmarks.sweeps``: how fast exhaustive sweeps are, oracle included, on one core."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from multiact_compare import oracle, plan
from multiact_compare.dtypes import DTYPES
from multiact_compare.exhaustive import space
from multiact_compare.exhaustive.request import judge_of
from multiact_compare.exhaustive.worker import BLOCK
from multiact_compare.plan import Quantity
from multiact_compare.tiers import TIERS
from rich.console import Console
from rich.table import Table

import multiact

SINGLE = DTYPES["float32"]
RANGES = {"-20:20": (-20.0, 20.0), "everything": (-np.inf, np.inf)}
"""Where functions bend, and all numbers, of which most are tiny or huge."""

WIDTH = 110
BLOCKS = 100
"""Calls per measurement, spread evenly over the range."""


def measure(name: str, quantity: Quantity, ends: tuple[float, float]) -> dict[str, float]:
    """CPU nanoseconds per input: all, and the function's own share."""
    (case, *_) = plan.cases(multiact.records, [name], oracle.kinks)
    keys = space.first_from(SINGLE, ends[0]), space.last_until(SINGLE, ends[1]) + 1
    judge, tallies = judge_of(case, "numpy", SINGLE, TIERS["default"], [quantity], keys)
    function = getattr(multiact, name)
    first, last = -(-keys[0] // BLOCK), keys[1] // BLOCK
    own = 0.0
    started = time.process_time()
    for number in np.linspace(first, last - 1, BLOCKS).astype(int).tolist():
        bits = space.bits_between(SINGLE, number * BLOCK, (number + 1) * BLOCK)
        x, before = bits.view(np.float32), time.process_time()
        if quantity == "value":
            result = function(x, **case.params)
        else:
            result = multiact.derivative(function, x, **case.params)
        own += time.process_time() - before
        judge.block(number * BLOCK, {quantity: result.view(np.uint32)})
    total, inputs = time.process_time() - started, tallies[quantity].inputs
    return {"total_ns": total / inputs * 1e9, "function_ns": own / inputs * 1e9}


def best_of(rounds: int, name: str, quantity: Quantity, where: str) -> dict[str, Any]:
    """The fastest of some rounds: the machine may be shared."""
    found = [measure(name, quantity, RANGES[where]) for _ in range(rounds)]
    best = min(found, key=lambda one: one["total_ns"])
    return {
        "function": name,
        "quantity": quantity,
        "range": where,
        "millions_per_second": 1e3 / best["total_ns"],
        **best,
    }


def table(rows: Sequence[dict[str, Any]]) -> Table:
    found = Table(title="Exhaustive float32 sweeps on NumPy, one core, CPU time")
    for heading in ("function", "", "range", "million inputs/s", "ns per input", "of it f itself"):
        found.add_column(heading, no_wrap=True)
    for row in rows:
        found.add_row(
            row["function"],
            row["quantity"],
            row["range"],
            f"{row['millions_per_second']:.1f}",
            f"{row['total_ns']:.1f}",
            f"{row['function_ns']:.1f}",
        )
    return found


@click.command()
@click.argument("names", nargs=-1)
@click.option("--rounds", default=5, show_default=True, help="The best of so many counts.")
@click.option("--json", "path", type=click.Path(dir_okay=False, path_type=Path))
def main(names: tuple[str, ...], rounds: int, path: Path | None) -> None:
    """Measure sweeps of NAMES (default: sigmoid, gelu and relu)."""
    quantities: tuple[Quantity, ...] = ("value", "derivative")
    rows = [
        best_of(rounds, name, quantity, where)
        for name in names or ("sigmoid", "gelu", "relu")
        for quantity in quantities
        for where in RANGES
    ]
    console = Console()
    # Cells are not folded, and a pipe or a log has no width of its own.
    console.width = max(console.width, WIDTH)
    console.print(table(rows))
    if path:
        path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
