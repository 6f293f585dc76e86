"""What runs say together: how far the frameworks are apart, and which activation did best."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from multiact_compare.training.results import Epoch, Run, Setup

Take: TypeAlias = Callable[[Epoch], float]

BASELINE = "relu"
"""Times are ratios to its time, where it is among the activations."""

FAR = 3.0
"""So many standard errors behind the first, seed by seed, and an activation is told apart from it;
with five seeds that is a chance of 4 %."""

DIGITS = 12
"""Of accuracies: what follows is rounding."""


@dataclass(frozen=True)
class Divergence:
    """How far frameworks are apart with equal setups, epoch by epoch.

    ``loss`` and ``test_loss`` are relative to the smaller one of two, ``accuracy`` is a difference;
    each is that of the two frameworks that are farthest apart. ``pair`` names those of the largest
    of ``loss``, the one with the smaller loss first.
    """

    activation: str
    seed: int
    frameworks: tuple[str, ...]
    loss: tuple[float, ...]
    test_loss: tuple[float, ...]
    accuracy: tuple[float, ...]
    pair: tuple[str, str]

    @property
    def worst(self) -> tuple[float, int]:
        """The largest divergence of the loss, and the number of the first such epoch."""
        largest = max(self.loss)
        return largest, 1 + self.loss.index(largest)


@dataclass(frozen=True)
class Spread:
    """A mean over seeds and their standard deviation, NaN for a single one."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """That of one value per seed."""
        deviation = statistics.stdev(values) if len(values) > 1 else math.nan
        return cls(statistics.fmean(values), deviation)


@dataclass(frozen=True)
class Ranked:
    """An activation's place: what came of its complete runs, and what became of the others.

    ``accuracy``, ``test_loss``, ``loss`` and ``dead`` (the share of the hidden units) are those
    after the last epoch, for each seed the mean of the frameworks; ``None`` if no run is complete.
    ``seconds`` is a ratio for each framework. ``level`` says whether the accuracy is not told apart
    from that of the first; ``None`` where a single seed cannot say.
    """

    activation: str
    accuracy: Spread | None
    test_loss: Spread | None
    loss: Spread | None
    dead: Spread | None
    seconds: Mapping[str, float]
    level: bool | None
    failures: tuple[str, ...]


def divergences(runs: Iterable[Run]) -> list[Divergence]:
    """How far the frameworks are apart, for every setup that at least two of them trained."""
    alike: dict[Setup, list[Run]] = {}
    for run in runs:
        if run.epochs:
            alike.setdefault(replace(run.setup, framework=""), []).append(run)
    return [_divergence(group) for group in alike.values() if len(group) > 1]


def _divergence(runs: Sequence[Run]) -> Divergence:
    """Epoch by epoch, as far as two frameworks came."""
    loss, test_loss, accuracy = [], [], []
    worst, pair = -1.0, ("", "")
    for index in range(sorted(len(run.epochs) for run in runs)[-2]):
        here = [(run.epochs[index], run.setup.framework) for run in runs if index < len(run.epochs)]
        apart, names = _apart([(epoch.loss, name) for epoch, name in here])
        if apart > worst:
            worst, pair = apart, names
        loss.append(apart)
        test_loss.append(_apart([(epoch.test_loss, name) for epoch, name in here])[0])
        shares = [epoch.accuracy for epoch, _ in here]
        accuracy.append(max(shares) - min(shares))
    return Divergence(
        activation=runs[0].setup.activation,
        seed=runs[0].setup.seed,
        frameworks=tuple(run.setup.framework for run in runs),
        loss=tuple(loss),
        test_loss=tuple(test_loss),
        accuracy=tuple(accuracy),
        pair=pair,
    )


def _apart(values: Sequence[tuple[float, str]]) -> tuple[float, tuple[str, str]]:
    """The largest relative difference, infinite beside a 0 or no number, and between whom."""
    (low, first), *_, (high, last) = sorted(values, key=lambda pair: (math.isnan(pair[0]), pair[0]))
    if low == high or math.isnan(low):
        return 0.0, (first, last)
    relative = (high - low) / abs(low) if low else math.inf
    return (math.inf if math.isnan(relative) else relative), (first, last)


def ranking(runs: Iterable[Run]) -> list[Ranked]:
    """The activations, the most accurate first; those that failed somewhere after all others."""
    by_name: dict[str, list[Run]] = {}
    for run in runs:
        by_name.setdefault(run.setup.activation, []).append(run)
    seconds = times(run for group in by_name.values() for run in group)
    rows = [_row(name, group, seconds) for name, group in by_name.items()]
    rows.sort(key=_order)
    best = by_name[rows[0].activation] if rows else []
    return [replace(row, level=_level(best, by_name[row.activation])) for row in rows]


def _row(name: str, runs: Sequence[Run], seconds: Mapping[str, Mapping[str, float]]) -> Ranked:
    done = [run for run in runs if complete(run)]
    takes: tuple[Take, ...] = (
        lambda epoch: epoch.accuracy,
        lambda epoch: epoch.test_loss,
        lambda epoch: epoch.loss,
    )
    accuracy, test_loss, loss = (
        Spread.of(list(by_seed(done, take).values())) if done else None for take in takes
    )
    units = sum(done[0].units) if done else 0
    shares = by_seed(done, lambda epoch: sum(epoch.dead_units) / units) if units else {}
    return Ranked(
        activation=name,
        accuracy=accuracy,
        test_loss=test_loss,
        loss=loss,
        dead=Spread.of(list(shares.values())) if shares else None,
        seconds={who: ratios[name] for who, ratios in seconds.items() if name in ratios},
        level=None,
        failures=tuple(failure(run) for run in runs if not complete(run)),
    )


def _order(row: Ranked) -> tuple[float, float, float]:
    if row.accuracy is None or row.test_loss is None:
        return math.inf, 0.0, 0.0
    loss = row.test_loss.mean
    # Equal shares of images, averaged in another order, differ by rounding.
    accuracy = round(row.accuracy.mean, DIGITS)
    return len(row.failures), -accuracy, math.inf if math.isnan(loss) else loss


def _level(best: Sequence[Run], runs: Sequence[Run]) -> bool | None:
    """Whether the accuracies, seed by seed, do not tell the runs apart from the best ones."""
    one, other = (
        by_seed([run for run in group if complete(run)], lambda epoch: epoch.accuracy)
        for group in (best, runs)
    )
    behind = [one[seed] - other[seed] for seed in one if seed in other]
    if len(behind) < 2:
        return None
    error = statistics.stdev(behind) / math.sqrt(len(behind))
    return round(statistics.fmean(behind) - FAR * error, DIGITS) <= 0


def by_seed(runs: Iterable[Run], take: Take) -> dict[int, float]:
    """Something after the last epoch: for each seed, the mean of the frameworks."""
    found: dict[int, list[float]] = {}
    for run in runs:
        found.setdefault(run.setup.seed, []).append(take(run.epochs[-1]))
    return {seed: statistics.fmean(values) for seed, values in found.items()}


def times(runs: Iterable[Run]) -> dict[str, dict[str, float]]:
    """For each framework: the shortest time of an epoch with each activation, as a ratio.

    The shortest, since whatever else the machine does only adds to it. The ratio is that to relu's;
    to the fastest where relu was not trained.
    """
    taken: dict[str, dict[str, list[float]]] = {}
    for run in runs:
        if complete(run):
            of_framework = taken.setdefault(run.setup.framework, {})
            of_framework.setdefault(run.setup.activation, []).extend(
                epoch.seconds for epoch in run.epochs
            )
    found = {}
    for framework, by_name in taken.items():
        shortest = {name: min(values) for name, values in by_name.items()}
        unit = shortest.get(BASELINE, min(shortest.values()))
        found[framework] = {
            name: seconds / unit if unit > 0 else math.nan for name, seconds in shortest.items()
        }
    return found


def complete(run: Run) -> bool:
    """Whether a run came to its end."""
    return run.failure is None and bool(run.epochs)


def failure(run: Run) -> str:
    """Which run failed, and why."""
    setup = run.setup
    why = run.failure or "it has no epochs"
    return f"{setup.activation} on {setup.framework}, seed {setup.seed}: {why}"
