"""What a training experiment found out, as tables: for the terminal and for reports."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Callable, Iterable, Sequence

from multiact_compare import report as pages
from multiact_compare.training import summary
from multiact_compare.training.results import Epoch, Experiment, Run
from multiact_compare.training.summary import Ranked, Spread


def tables(experiment: Experiment) -> list[tuple[str, str, pages.Table]]:
    """All that say something, with an address and a title each."""
    done = [run for run in experiment.runs if run.epochs]
    ranked = summary.ranking(experiment.runs)
    apart = summary.divergences(experiment.runs)
    found = []
    if len(ranked) > 1:
        found.append(("ranking", "Ranking", ranking_table(ranked)))
        if len(_timed(ranked)) > 1:
            found.append(("times", "Time", times_table(ranked)))
    if done:
        found.append(("frameworks", "Frameworks", frameworks_table(done)))
    if apart:
        found.append(("divergence", "How far the frameworks are apart", divergence_table(apart)))
    if done:
        found.append(("gradients", "Gradient norms", gradients_table(done)))
        found.append(("dead", "Dead units", dead_table(done)))
    return found


def ranking_table(ranked: Sequence[Ranked]) -> pages.Table:
    """The activations in order, with the spread of the seeds; times if there is one framework."""
    frameworks = names if len(names := _timed(ranked)) == 1 else []
    rows: list[list[pages.Entry | str]] = []
    for place, row in enumerate(ranked, start=1):
        times = [_ratio(row.seconds.get(name)) for name in frameworks]
        rows.append(
            [
                pages.Entry(f"{place}", sort=place),
                f"{row.activation}{'' if row.level is not True else ' ='}",
                _spread(row.accuracy, percent),
                _spread(row.test_loss, loss),
                *times,
                _mean(row.dead),
                f"{len(row.failures)}" if row.failures else "",
            ]
        )
    caption = (
        "Held-out accuracy and loss after the last epoch, mean ± standard deviation over the "
        "seeds. A sign = marks an accuracy that, seed by seed, is less than "
        f"{summary.FAR:g} standard errors behind the first: the two are not told apart. "
        "Dead units: those that are 0 with derivative 0 for every held-out image."
    )
    if frameworks:
        caption += f" Time: the shortest epoch's over {_base(ranked)}."
    columns = [
        *("", "activation", "accuracy", "held-out loss"),
        *("time" for _ in frameworks),
        *("dead units", "failed"),
    ]
    if not any(row.failures for row in ranked):
        columns.pop()
        rows = [row[:-1] for row in rows]
    return pages.Table(caption, columns, rows)


def times_table(ranked: Sequence[Ranked]) -> pages.Table:
    """What each activation costs on each framework."""
    frameworks = _timed(ranked)
    rows: list[list[pages.Entry | str]] = [
        [row.activation, *(_ratio(row.seconds.get(name)) for name in frameworks)] for row in ranked
    ]
    caption = f"The shortest epoch's time over {_base(ranked)} on the same framework."
    return pages.Table(caption, ("activation", *frameworks), rows)


def frameworks_table(runs: Sequence[Run]) -> pages.Table:
    """What each framework gave with each activation, over the seeds."""
    rows: list[list[pages.Entry | str]] = []
    for (activation, framework), group in _grouped(runs).items():
        takes: tuple[tuple[Callable[[Epoch], float], Callable[[float], str]], ...] = (
            (lambda epoch: epoch.loss, loss),
            (lambda epoch: epoch.test_loss, loss),
            (lambda epoch: epoch.accuracy, percent),
        )
        spreads = [
            _spread(Spread.of([take(run.epochs[-1]) for run in group]), words)
            for take, words in takes
        ]
        seconds = min(epoch.seconds for run in group for epoch in run.epochs)
        # Runs that differ by their seed share what the first of them compiled.
        compiling = max(run.compile_seconds for run in group)
        rows.append(
            [
                *(framework, activation),
                *spreads,
                pages.Entry(duration(seconds), sort=seconds),
                pages.Entry(duration(compiling), sort=compiling),
            ]
        )
    columns = (
        *("framework", "activation", "loss", "held-out loss", "accuracy"),
        *("an epoch", "compiling"),
    )
    seeds = len({run.setup.seed for run in runs})
    caption = "After the last epoch" + (f", mean ± deviation of {seeds} seeds" if seeds > 1 else "")
    filterable = ("framework", "activation") if len(rows) > 8 else ()
    return pages.Table(
        f"{caption}. An epoch: its shortest time.", columns, rows, filterable=filterable
    )


def divergence_table(apart: Sequence[summary.Divergence]) -> pages.Table:
    """The largest divergence of each activation, over epochs and seeds."""
    rows: list[list[pages.Entry | str]] = []
    for activation in dict.fromkeys(one.activation for one in apart):
        mine = [one for one in apart if one.activation == activation]
        worst = max(mine, key=lambda one: one.worst[0])
        amount, epoch = worst.worst
        held_out = max(value for one in mine for value in one.test_loss)
        points = max(value for one in mine for value in one.accuracy)
        where = f"{worst.pair[0]} and {worst.pair[1]}, epoch {epoch}"
        where += f", seed {worst.seed}" if len(mine) > 1 else ""
        rows.append(
            [
                activation,
                pages.Entry(digits(amount), sort=amount),
                where if amount > 0 else "",
                pages.Entry(digits(held_out), sort=held_out),
                pages.Entry(percent(points), sort=points),
            ]
        )
    names = ", ".join(dict.fromkeys(name for one in apart for name in one.frameworks))
    caption = (
        f"Between {names} with equal weights, batches and masks: the largest relative difference "
        "of the losses and the largest difference of the accuracies, over all epochs and seeds."
    )
    columns = ("activation", "loss", "between", "held-out loss", "accuracy")
    return pages.Table(caption, columns, rows)


def gradients_table(runs: Sequence[Run]) -> pages.Table:
    """The norms in the first and in the last epoch, layer by layer."""
    layers = runs[0].layers
    rows = []
    for activation, group in _by_activation(runs).items():
        row: list[pages.Entry | str] = [activation]
        for index in range(len(layers)):
            first, last = (
                statistics.fmean(run.epochs[at].gradient_norms[index] for run in group)
                for at in (0, -1)
            )
            row.append(pages.Entry(f"{digits(first)} → {digits(last)}", sort=last))
        rows.append(row)
    caption = (
        "Euclidean norm of the loss's gradient by the weights of each layer, averaged over an "
        "epoch's batches: in the first epoch → in the last."
    )
    return pages.Table(caption, ("activation", *layers), rows)


def dead_table(runs: Sequence[Run]) -> pages.Table:
    """The dead units after the last epoch, in each hidden layer."""
    hidden, units = runs[0].hidden, runs[0].units
    rows = []
    for activation, group in _by_activation(runs).items():
        row: list[pages.Entry | str] = [activation]
        for index in range(len(hidden)):
            counts = [run.epochs[-1].dead_units[index] for run in group]
            low, high = min(counts), max(counts)
            row.append(pages.Entry(f"{low}" if low == high else f"{low} … {high}", sort=high))
        rows.append(row)
    caption = (
        "Units whose activation is 0 with derivative 0 for every held-out image after the last "
        "epoch, fewest … most of all runs. Units: "
        + ", ".join(f"{name} {count}" for name, count in zip(hidden, units, strict=True))
        + "."
    )
    return pages.Table(caption, ("activation", *hidden), rows)


def percent(share: float) -> str:
    """A share as one reads it."""
    return "–" if math.isnan(share) else f"{100 * share:.2f} %"


def loss(value: float) -> str:
    """A loss, in which the fourth decimal is the last that matters."""
    return f"{value:.4f}" if 1e-3 <= value < 1e4 else digits(value)


def digits(value: float) -> str:
    """Three digits, with a real minus."""
    text = f"{value:.3g}".replace("-", "−")
    return text.replace("inf", "∞").replace("nan", "NaN")


def duration(seconds: float) -> str:
    """A time in the unit that suits it."""
    return f"{1000 * seconds:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _spread(spread: Spread | None, words: Callable[[float], str]) -> pages.Entry:
    """Mean ± deviation in one unit and with equal decimals; the mean alone if there is no other."""
    if spread is None:
        return pages.Entry("–", "none")
    text = words(spread.mean)
    if not math.isnan(spread.deviation):
        number, space, unit = text.partition(" ")
        decimals = re.fullmatch(r"\d+\.(\d+)", number)
        deviation = 100 * spread.deviation if unit == "%" else spread.deviation
        shown = f"{deviation:.{len(decimals[1])}f}" if decimals else digits(deviation)
        text = f"{number} ± {shown}{space}{unit}"
    return pages.Entry(text, sort=spread.mean)


def _timed(ranked: Sequence[Ranked]) -> list[str]:
    """The frameworks that something was completed on."""
    return list(dict.fromkeys(name for row in ranked for name in row.seconds))


def _base(ranked: Sequence[Ranked]) -> str:
    known = any(row.activation == summary.BASELINE and row.seconds for row in ranked)
    return f"that of {summary.BASELINE}" if known else "the shortest"


def _mean(spread: Spread | None) -> pages.Entry:
    if spread is None:
        return pages.Entry("–", "none")
    return pages.Entry(percent(spread.mean), sort=spread.mean)


def _ratio(value: float | None) -> pages.Entry:
    return pages.Entry("–", "none") if value is None else pages.Entry(f"{value:.2f}×", sort=value)


def _by_activation(runs: Iterable[Run]) -> dict[str, list[Run]]:
    found: dict[str, list[Run]] = {}
    for run in runs:
        found.setdefault(run.setup.activation, []).append(run)
    return found


def _grouped(runs: Iterable[Run]) -> dict[tuple[str, str], list[Run]]:
    found: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        found.setdefault((run.setup.activation, run.setup.framework), []).append(run)
    return found
