"""Calls compared fairly on a machine that others use too.

Noise only ever adds time. So the least of many short blocks, as ``timeit`` advises, comes close to
what a quiet machine takes, where a mean or a median has the neighbours in it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from timeit import Timer
from typing import Any, NamedTuple

Call = Callable[[], Any]


class Comparison(NamedTuple):
    """The least seconds per call of ours and of the rival, and their ratio."""

    ours: float
    rival: float
    ratio: float


def compare(ours: Call, rival: Call, rounds: int = 200, block: float = 0.001) -> Comparison:
    """Time a block of calls of both in every round.

    A block is one call where that is longer, and the rounds are then fewer in proportion, but not
    less than a fifth.
    """
    timers = {"ours": Timer(ours), "rival": Timer(rival)}
    longest = max(min(timer.repeat(2, 1)) for timer in timers.values())
    rounds = max(rounds // 5, min(rounds, int(rounds * block / longest)))
    least = _least(timers, rounds, block)
    return Comparison(least["ours"], least["rival"], least["ours"] / least["rival"])


def nanoseconds_over(
    timers: Mapping[str, Timer], base: str, rounds: int = 1000, block: float = 0.0002
) -> dict[str, float]:
    """Nanoseconds that each statement takes beyond ``base``, the least of each compared."""
    least = _least(timers, rounds, block)
    return {name: (seconds - least[base]) * 1e9 for name, seconds in least.items()}


def _least(timers: Mapping[str, Timer], rounds: int, block: float) -> dict[str, float]:
    """The least seconds per call over interleaved blocks, in every round in random order."""
    counts = {name: _count_for(timer, block) for name, timer in timers.items()}
    least = dict.fromkeys(timers, float("inf"))
    order = random.Random(0)
    for _ in range(rounds):
        for name in order.sample(list(timers), len(timers)):
            seconds = timers[name].timeit(counts[name]) / counts[name]
            least[name] = min(least[name], seconds)
    return least


def _count_for(timer: Timer, block: float) -> int:
    """How many calls last about ``block`` seconds, one where a single call lasts longer."""
    timer.timeit(1)
    count = 1
    while min(timer.repeat(3, count)) < block / 2:
        count *= 2
    return count
