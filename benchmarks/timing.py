"""Two calls compared fairly on a machine whose speed drifts."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from typing import Any, NamedTuple

Call = Callable[[], Any]


class Comparison(NamedTuple):
    """Seconds per call of ours and of the rival, and the median of the ratios of paired rounds."""

    ours: float
    rival: float
    ratio: float


def seconds_per_call(call: Call, count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - start) / count


def _count_for(call: Call, target: float) -> int:
    """How many calls last about ``target`` seconds."""
    call()
    once = min(seconds_per_call(call, 1) for _ in range(3))
    return max(1, round(target / max(once, 1e-9)))


def compare(ours: Call, rival: Call, rounds: int = 15, target: float = 0.02) -> Comparison:
    """Time both in every round, in random order, and take the median of the rounds' ratios."""
    counts = _count_for(ours, target), _count_for(rival, target)
    order = random.Random(0)
    pairs = []
    for _ in range(rounds):
        measured = [0.0, 0.0]
        for which in order.sample((0, 1), 2):
            measured[which] = seconds_per_call((ours, rival)[which], counts[which])
        pairs.append(measured)
    return Comparison(
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(a / b for a, b in pairs),
    )


def nanoseconds_over(calls: dict[str, Call], base: str, rounds: int = 25) -> dict[str, float]:
    """Nanoseconds that each call takes beyond ``base``: the median over interleaved rounds."""
    count = _count_for(calls[base], 0.004)
    order = random.Random(0)
    extra: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        names = order.sample(list(calls), len(calls))
        measured = {name: seconds_per_call(calls[name], count) for name in names}
        for name, seconds in measured.items():
            extra[name].append((seconds - measured[base]) * 1e9)
    return {name: statistics.median(values) for name, values in extra.items()}
