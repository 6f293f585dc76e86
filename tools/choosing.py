"""Render the tables of docs/which-activation.md from the code and from reports of training.

``python tools/choosing.py`` renders the table of properties; ``--runs FOLDER`` what was measured as
well, from the reports that ``make choosing`` writes there; ``--check`` changes nothing and exits 1
if the table of properties is not current.
"""

from __future__ import annotations

import argparse
import math
import re
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
from multiact_compare import plots
from multiact_compare.catalogue import curves, interval
from multiact_compare.report import Table, markdown
from multiact_compare.training import document, summary
from multiact_compare.training.data import load
from multiact_compare.training.models import LEARNING_RATES
from multiact_compare.training.results import Experiment, Model, Run, Setup
from multiact_compare.training.summary import Ranked
from multiact_compare.training.tables import (
    dead_table,
    divergence_table,
    gradients_table,
    percent,
    ranking_table,
)
from multiact_compare.training.timing import shortest_epochs

import multiact

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE, PICTURE = DOCS / "which-activation.md", DOCS / "which-activation.svg"

NAMES = {"mlp": "perceptron", "fast": "perceptron, learning rate 0.1", "cnn": "convolutions"}
"""The reports that rank, and what they are called; ``frameworks`` is the fourth."""

CHOICE = (
    "relu", "leaky_relu", "squared_relu", "elu", "selu", "softplus", "gelu", "silu", "mish",
    "hard_silu", "tanh", "softsign", "sigmoid", "identity",
)  # fmt: skip
"""The functions whose properties are listed; those that `make choosing` trains."""


REACH, POINTS = 12.0, 24_001
"""Of a sum over the normal distribution, exact to more digits than are shown."""


def properties() -> str:
    """What the records say of each function."""
    rows = []
    for name in CHOICE:
        record = multiact.records[name]
        sides = "both sides" if len(record.saturates) == 2 else ", ".join(record.saturates) or "no"
        rows.append(
            [
                f"`{name}`",
                interval(record.range),
                record.smoothness or "",
                "yes" if record.monotonic else "no",
                "yes" if record.zero_centred else "no",
                sides,
                interval(record.derivative_range),
                f"{100 * (record.zeros or 0.0):.3g}\u00a0%",
            ]
        )
    columns = (
        *("function", "range", "smoothness", "monotonic", "zero-centred", "saturates"),
        *("derivative", "zeros"),
    )
    return _markdown(Table("", columns, rows))


ROUNDS: dict[Model, int] = {"mlp": 20, "cnn": 8}
"""How many epochs are timed."""


class Signal(NamedTuple):
    """What a function makes of x from N(0, 1): mean, deviation, and the mean square slope."""

    mean: float
    deviation: float
    slope: float


def signals() -> dict[str, Signal]:
    """Those of every function."""
    xs = np.linspace(-REACH, REACH, POINTS)
    weights = np.exp(-(xs**2) / 2)
    weights /= weights.sum()
    found = {}
    for name in CHOICE:
        values, slopes = curves(multiact.records[name], xs)
        mean = float(weights @ values)
        deviation = math.sqrt(float(weights @ (values - mean) ** 2))
        found[name] = Signal(mean, deviation, float(weights @ slopes**2))
    return found


def signal() -> str:
    """The same as a table, those that hand on the most first."""
    rows = [
        [f"`{name}`", *map(_decimals, one)]
        for name, one in sorted(signals().items(), key=lambda pair: -pair[1].slope)
    ]
    columns = ("function", "mean of f(x)", "deviation of f(x)", "mean of f′(x)²")
    return _markdown(Table("For x from the normal distribution N(0, 1).", columns, rows))


def overview(experiments: Mapping[str, Experiment]) -> str:
    """The accuracies in all experiments beside each other, with their places."""
    ranked = {name: summary.ranking(one.runs) for name, one in experiments.items()}
    places = {
        name: {row.activation: place for place, row in enumerate(rows, start=1)}
        for name, rows in ranked.items()
    }
    by_name = {name: {row.activation: row for row in rows} for name, rows in ranked.items()}
    functions = sorted(
        set.intersection(*(set(one) for one in places.values())),
        key=lambda name: (statistics.fmean(one[name] for one in places.values()), name),
    )
    body = []
    for function in functions:
        cells = [f"`{function}`"]
        for name in experiments:
            row = by_name[name][function]
            mark = " =" if row.level else ""
            cells.append(f"{places[name][function]}. {_accuracy(row)}{mark}")
        body.append(cells)
    caption = (
        "Place and held-out accuracy, mean ± standard deviation over the seeds, in the order of "
        f"the mean place. = : not told apart from the first (less than {summary.FAR:g} standard "
        "errors behind it, seed by seed)."
    )
    return _markdown(Table(caption, ("function", *(NAMES[name] for name in experiments)), body))


def findings(experiments: Mapping[str, Experiment]) -> str:
    """Sentences: who is told apart from whom, and how alike the orders are."""
    ranked = {name: summary.ranking(one.runs) for name, one in experiments.items()}
    lines = []
    for name, rows in ranked.items():
        level = [row.activation for row in rows[1:] if row.level]
        behind = [row.activation for row in rows if row.level is False]
        said = f"- {NAMES[name].capitalize()}: `{rows[0].activation}` is first with "
        said += f"{_accuracy(rows[0])}. "
        said += f"Not told apart from it: {_codes(level)}. Behind it: {_codes(behind)}."
        lines.append(said)
    orders = {name: [row.activation for row in rows] for name, rows in ranked.items()}
    for one, other in combinations(orders, 2):
        lines.append(
            f"- Rank correlation (Spearman) of the accuracies, {NAMES[one]} and {NAMES[other]}: "
            f"{_correlation(orders[one], orders[other])}."
        )
    return "\n".join(lines)


def steepness(experiments: Mapping[str, Experiment]) -> str:
    """How far the mean square slope alone foretells the losses."""
    slopes = {name: one.slope for name, one in signals().items()}
    lines = []
    for name, experiment in experiments.items():
        rows = [row for row in summary.ranking(experiment.runs) if row.loss is not None]
        by_loss = sorted(rows, key=lambda row: row.loss.mean if row.loss else math.inf)
        order = [row.activation for row in by_loss if row.activation in slopes]
        steepest = sorted(order, key=lambda function: -slopes[function])
        lines.append(
            f"- {NAMES[name].capitalize()}: {_correlation(steepest, order)} "
            "between the mean of f′(x)², the largest first, and the training loss, the smallest "
            "first."
        )
    return "\n".join(lines)


def measured_times() -> dict[str, dict[str, float]]:
    """An epoch's time with each function over that with relu, in each network, on PyTorch.

    On one core, which the functions take in turns.
    """
    import torch

    torch.set_num_threads(1)
    digits = load(None)
    found = {}
    for name, epochs in ROUNDS.items():
        first = Setup(name, "torch", CHOICE[0], "float32", 0, epochs, 32, LEARNING_RATES[name])
        setups = [replace(first, activation=function) for function in CHOICE]
        seconds = dict(zip(CHOICE, shortest_epochs(setups, digits), strict=True))
        found[NAMES[name]] = {
            function: took / seconds[summary.BASELINE] for function, took in seconds.items()
        }
    return found


def times(ratios: Mapping[str, Mapping[str, float]]) -> str:
    """What the functions cost, the cheapest convolutions first."""
    last = list(ratios.values())[-1]
    rows = [
        [f"`{function}`", *(f"{one[function]:.2f}×" for one in ratios.values())]
        for function in sorted(last, key=lambda function: last[function])
    ]
    caption = (
        "The processor's time for an epoch, over that with relu: the shortest of several, on "
        "PyTorch with one thread, where the functions take turns."
    )
    return _markdown(Table(caption, ("function", *ratios), rows))


def dead(experiments: Mapping[str, Experiment]) -> str:
    """The dead units of each layer in all experiments; functions without any in one sentence."""
    counts: dict[str, list[str]] = {}
    columns = ["function"]
    for name, experiment in experiments.items():
        runs = _complete(experiment)
        for layer, units in zip(runs[0].hidden, runs[0].units, strict=True):
            columns.append(f"{NAMES[name]}, {layer} ({units})")
        for row in dead_table(runs).rows:
            function, *cells = map(_text, row)
            counts.setdefault(function, []).extend(cells)
    rows = [
        [f"`{name}`", *cells]
        for name, cells in counts.items()
        if any(cell != "0" for cell in cells)
    ]
    alive = [name for name, cells in counts.items() if all(cell == "0" for cell in cells)]
    caption = (
        "Units that are 0 with derivative 0 for every held-out image after the last epoch, fewest "
        "… most of the seeds; behind each layer's name, how many units it has."
    )
    words = f"No unit was dead in any run with {_codes(alive)}."
    return "\n\n".join((*([_markdown(Table(caption, columns, rows))] if rows else []), words))


def gradients(experiments: Mapping[str, Experiment]) -> str:
    """The norms layer by layer in the convolutional network, which has the more layers."""
    return _markdown(gradients_table(_complete(experiments["cnn"])))


def agreement(experiment: Experiment) -> str:
    """How far the frameworks are apart."""
    return _markdown(divergence_table(summary.divergences(experiment.runs)))


def conditions(experiments: Mapping[str, Experiment]) -> str:
    """What was run, and where."""
    lines = [f"- {NAMES.get(name, name).capitalize()}: {document.heading(one)}, "
             f"{one.runs[0].setup.epochs} epochs, {', '.join(_frameworks(one))}."
             for name, one in experiments.items()]  # fmt: skip
    first = next(iter(experiments.values()))
    one_image = percent(1 / first.test_size)
    lines.append(
        f"- {first.train_size:,} images to train on, {first.test_size:,} held out, of which one is "
        f"{one_image} of the accuracy."
    )
    facts = {name: value for one in experiments.values() for name, value in one.environment.items()}
    kept = ("machine", "torch", "tensorflow-cpu", "jax", "numpy", "scikit-learn")
    lines.append("- " + ", ".join(f"{name} {facts[name]}" for name in kept if name in facts) + ".")
    return "\n".join(lines)


def picture(experiments: Mapping[str, Experiment], path: Path) -> None:
    """Accuracies with every seed as a dot: what spread is, and what difference."""
    theme = plots.LIGHT
    ranked = {name: summary.ranking(one.runs) for name, one in experiments.items()}
    longest = max(map(len, ranked.values()))
    figure = plots.blank(3.6 * len(ranked), 0.27 * longest + 1.0, theme)
    for axes, (name, rows) in zip(plots.grid(figure, 1, len(ranked)), ranked.items(), strict=True):
        for place, row in enumerate(rows):
            runs = [r for r in experiments[name].runs if r.setup.activation == row.activation]
            seeds = summary.by_seed(filter(summary.complete, runs), lambda epoch: epoch.accuracy)
            shares = [100 * share for share in seeds.values()]
            colour = theme.lines[0] if row.level is not False else theme.lines[1]
            axes.plot(shares, [place] * len(shares), "o", color=colour, markersize=3.5, alpha=0.45,
                      markeredgewidth=0)  # fmt: skip
            if shares:
                axes.plot(statistics.fmean(shares), place, "|", color=colour, markersize=11,
                          markeredgewidth=2)  # fmt: skip
        axes.set_yticks(range(len(rows)), [row.activation for row in rows])
        axes.invert_yaxis()
        axes.set_title(NAMES[name], fontsize=10, color=theme.ink)
        axes.set_xlabel("held-out accuracy in %", color=theme.ink)
        axes.grid(axis="x", color=theme.ink, alpha=0.12, linewidth=0.6)
        axes.tick_params(color=theme.ink, labelcolor=theme.ink, length=3, labelsize=8)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.spines["bottom"].set_color(theme.ink)
    plots.write(figure, path)


def rendered(
    text: str,
    runs: Mapping[str, Experiment],
    ratios: Mapping[str, Mapping[str, float]],
) -> str:
    """The page with its tables anew: those of the code, and what was measured, if it was."""
    parts = {"properties": properties(), "signal": signal()}
    if runs:
        ranking = {name: runs[name] for name in NAMES}
        parts |= {
            "conditions": conditions(runs),
            "overview": overview(ranking),
            "findings": findings(ranking),
            "steepness": steepness(ranking),
            "times": times(ratios),
            "dead": dead(ranking),
            "gradients": gradients(ranking),
            "agreement": agreement(runs["frameworks"]),
        }
        for name, one in ranking.items():
            # Times are those that were measured in turns.
            ranked = [replace(row, seconds={}) for row in summary.ranking(one.runs)]
            parts[f"ranking-{name}"] = _markdown(ranking_table(ranked))
    for name, content in parts.items():
        pattern = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
        text, count = re.subn(pattern, partial(_between, content), text, flags=re.S)
        if count != 1:
            raise SystemExit(f"{PAGE.name} has {count} places for {name!r}, not one.")
    return text


def _between(content: str, found: re.Match[str]) -> str:
    return f"{found[1]}\n{content}\n\n{found[2]}"


def read(folder: Path) -> dict[str, Experiment]:
    """The reports of a folder."""
    return {name: document.load(folder / f"{name}.json") for name in (*NAMES, "frameworks")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--runs", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    runs = read(arguments.runs) if arguments.runs else {}
    old = PAGE.read_text(encoding="utf-8")
    new = rendered(old, runs, measured_times() if runs else {})
    if arguments.check:
        sys.exit(new != old)
    PAGE.write_text(new, encoding="utf-8")
    if runs:
        picture({name: runs[name] for name in NAMES}, PICTURE)


def _markdown(table: Table) -> str:
    return "\n".join(markdown.table(table)).strip()


def _accuracy(row: Ranked) -> str:
    if row.accuracy is None:
        return "–"
    return f"{100 * row.accuracy.mean:.2f} ± {100 * row.accuracy.deviation:.2f} %"


def _decimals(value: float) -> str:
    # Without the sign of a zero.
    return f"{round(value, 3) + 0.0:.3f}".replace("-", "−")


def _codes(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _text(cell: object) -> str:
    return str(getattr(cell, "text", cell))


def _complete(experiment: Experiment) -> list[Run]:
    return [run for run in experiment.runs if summary.complete(run)]


def _frameworks(experiment: Experiment) -> list[str]:
    return list(dict.fromkeys(run.setup.framework for run in experiment.runs))


def _correlation(one: Sequence[str], other: Sequence[str]) -> str:
    """Spearman's, of two orders: Pearson's of the places."""
    common = [name for name in one if name in other]
    places = [[float(order.index(name)) for name in common] for order in (one, other)]
    return f"{statistics.correlation(*places):.2f}".replace("-", "−")


if __name__ == "__main__":
    main()
