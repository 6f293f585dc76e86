"""Calls compared fairly on a machine that others use too.

Blocks of calls take turns in random order, so that what disturbs the machine disturbs all alike.
How blocks become one figure depends on what it is: see ``compare`` and ``least``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from statistics import fmean
from timeit import Timer
from typing import Any, NamedTuple

Call = Callable[[], Any]


class Comparison(NamedTuple):
    """Seconds per call of ours and of the rival, and their ratio."""

    ours: float
    rival: float
    ratio: float


def compare(ours: Call, rival: Call, rounds: int = 400, block: float = 0.001) -> Comparison:
    """Time a block of calls of both in every round: the mean of the faster half of the blocks.

    A kernel of several threads is now and then far faster than usual, where both find what they
    need in a cache, so the least of its blocks says little: TensorFlow's relu against itself is
    then 0.82 to 1.30 in 200 rounds, and 0.97 to 1.04 by the faster half.

    A block is one call where that is longer, and the rounds are then fewer in proportion, but not
    less than a fifth.
    """
    timers = {"ours": Timer(ours), "rival": Timer(rival)}
    longest = max(min(timer.repeat(2, 1)) for timer in timers.values())
    rounds = max(rounds // 5, min(rounds, int(rounds * block / longest)))
    blocks = _interleaved(timers, rounds, block)
    half = (rounds + 1) // 2
    means = {name: fmean(sorted(seconds)[:half]) for name, seconds in blocks.items()}
    return Comparison(means["ours"], means["rival"], means["ours"] / means["rival"])


def nanoseconds_over(
    timers: Mapping[str, Timer], base: str, rounds: int = 4000, block: float = 0.0002
) -> dict[str, float]:
    """Nanoseconds that each statement takes beyond ``base``, by the least of each."""
    seconds = least(timers, rounds, block)
    return {name: (found - seconds[base]) * 1e9 for name, found in seconds.items()}


def least(
    timers: Mapping[str, Timer], rounds: int = 4000, block: float = 0.0002
) -> dict[str, float]:
    """The least seconds per call of each statement, for times that stand for themselves.

    They grow with all that slows the machine down, as ratios do not. Noise only ever adds time to a
    call of one thread, so the least, as ``timeit`` advises, comes close to a quiet machine's.
    """
    return {name: min(found) for name, found in _interleaved(timers, rounds, block).items()}


def _interleaved(timers: Mapping[str, Timer], rounds: int, block: float) -> dict[str, list[float]]:
    """The seconds per call in each block, all of them in every round in random order."""
    counts = {name: _count_for(timer, block) for name, timer in timers.items()}
    seconds: dict[str, list[float]] = {name: [] for name in timers}
    order = random.Random(0)
    for _ in range(rounds):
        for name in order.sample(list(timers), len(timers)):
            seconds[name].append(timers[name].timeit(counts[name]) / counts[name])
    return seconds


def _count_for(timer: Timer, block: float) -> int:
    """How many calls last about ``block`` seconds, one where a single call lasts longer."""
    timer.timeit(1)
    count = 1
    while min(timer.repeat(3, count)) < block / 2:
        count *= 2
    return count
