"""What a picture of training shows: curves over the epochs, with their spread."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from multiact_compare.training import summary
from multiact_compare.training.results import Epoch, Experiment, Run


@dataclass(frozen=True)
class Curve:
    """A value for each epoch: the mean over runs, the smallest and the largest of them.

    NaN stands where no run has a number, in all three.
    """

    name: str
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    @classmethod
    def of(cls, name: str, rows: Iterable[Sequence[float]]) -> Curve:
        """The curve of rows, of which some may end early."""
        found = [[value for value in row if math.isfinite(value)] for row in _columns(rows)]
        return cls(
            name,
            *(
                tuple(take(values) if values else math.nan for values in found)
                for take in (statistics.fmean, min, max)
            ),
        )


@dataclass(frozen=True)
class Panel:
    """Curves that share their axes; ``log`` if the ordinate is logarithmic."""

    title: str
    curves: tuple[Curve, ...]
    log: bool = False


def panels(experiment: Experiment) -> list[Panel]:
    """Losses, accuracy, gradient norms per layer, dead units, and how far frameworks are apart.

    A curve belongs to an activation if there are several, else to a framework.
    """
    runs = [run for run in experiment.runs if run.epochs]
    if not runs:
        return []
    found = [
        replace(_panel("training loss", runs, lambda epoch: epoch.loss), log=True),
        replace(_panel("held-out loss", runs, lambda epoch: epoch.test_loss), log=True),
        _panel("held-out accuracy in %", runs, lambda epoch: 100 * epoch.accuracy),
    ]
    for index, layer in enumerate(runs[0].layers):
        take = partial(_norm, index)
        found.append(_panel(f"gradient norm, {layer}", runs, take))
    units = sum(runs[0].units)
    if any(any(epoch.dead_units) for run in runs for epoch in run.epochs):
        found.append(
            _panel("dead units in %", runs, lambda epoch: 100 * sum(epoch.dead_units) / units)
        )
    apart: dict[str, list[tuple[float, ...]]] = {}
    for one in summary.divergences(runs):
        apart.setdefault(one.activation, []).append(one.loss)
    curves = [Curve.of(name, _positive(rows)) for name, rows in apart.items()]
    if any(not math.isnan(value) for curve in curves for value in curve.mean):
        found.append(Panel("frameworks apart: loss, relative", tuple(curves), log=True))
    return found


def by_activation(runs: Iterable[Run]) -> bool:
    """Whether curves belong to activations, for there are several."""
    return len({run.setup.activation for run in runs}) > 1


def _panel(title: str, runs: Sequence[Run], take: Callable[[Epoch], float]) -> Panel:
    groups: dict[str, list[list[float]]] = {}
    activations = by_activation(runs)
    for run in runs:
        name = run.setup.activation if activations else run.setup.framework
        groups.setdefault(name, []).append([take(epoch) for epoch in run.epochs])
    return Panel(title, tuple(Curve.of(name, rows) for name, rows in groups.items()))


def _norm(index: int, epoch: Epoch) -> float:
    return epoch.gradient_norms[index]


def _columns(rows: Iterable[Sequence[float]]) -> list[list[float]]:
    """The values of each epoch."""
    rows = list(rows)
    longest = max(map(len, rows), default=0)
    return [[row[index] for row in rows if index < len(row)] for index in range(longest)]


def _positive(rows: Iterable[Sequence[float]]) -> list[list[float]]:
    """Without zeros, which a logarithmic axis does not have."""
    return [[value if value > 0 else math.nan for value in row] for row in rows]
