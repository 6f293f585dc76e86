"""``multiact train``: one network trained alike on every framework."""

from __future__ import annotations

import importlib.util
import signal
import sys
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from itertools import product
from pathlib import Path
from typing import get_args

import click
from rich.console import Console

from multiact_compare import plots
from multiact_compare.commands.options import (
    ListCommand,
    ListOption,
    Name,
    canonical,
    report_option,
    writable,
    write_reports,
)
from multiact_compare.environment import environment
from multiact_compare.flags import flags
from multiact_compare.training import data, document, engine, figure, models
from multiact_compare.training.results import FRAMEWORKS, Data, Experiment, Model, Setup
from multiact_compare.training.terminal import Bars, print_experiment

RATES = models.LEARNING_RATES

PACKAGES = {
    "torch": ("torch",),
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "jax": ("jax", "optax"),
    "data": ("scikit-learn",),
}
"""Whose versions belong to the numbers, beside those that every report names."""


@click.command("train", cls=ListCommand)
@click.option(
    "--model",
    type=Name(get_args(Model)),
    default="mlp",
    show_default=True,
    help="mlp: 128 hidden units, SGD. cnn: two convolutions, pooling, dropout, Adam; not on NumPy.",
)
@click.option(
    "-a",
    "--activation",
    "names",
    cls=ListOption,
    metavar="NAME ...",
    help="Functions of the catalogue, or your_module:your_function; several are ranked. "
    "Default: relu.",
)
@click.option(
    "-b",
    "--backend",
    "backends",
    cls=ListOption,
    type=Name(FRAMEWORKS["mlp"]),
    metavar="NAME ...",
    help="Frameworks to train on: numpy, torch, tensorflow, jax. Default: all that have the model.",
)
@click.option("-d", "--dtype", type=Name(engine.DTYPES), default="float32", show_default=True)
@click.option("--epochs", type=click.IntRange(min=1), default=10, show_default=True)
@click.option("--batch-size", type=click.IntRange(min=1), default=32, show_default=True)
@click.option(
    "--learning-rate",
    type=click.FloatRange(min=0, min_open=True),
    help=f"Default: {', '.join(f'{rate:g} ({name})' for name, rate in RATES.items())}.",
)
@click.option(
    "--seeds",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="How often everything is trained, from other weights and in another order each time.",
)
@click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path),
    help="A folder of IDX files as of MNIST, compressed or not. Default: scikit-learn's digits.",
)
@report_option()
@click.option(
    "--figure",
    "figure_file",
    type=click.Path(path_type=Path),
    help="Also draw the curves into this file, .png, .svg or .pdf.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=None,
    help="Frameworks that train at the same time, on a core each. Default: one per core.",
)
@click.pass_context
def train_command(
    context: click.Context,
    model: Model,
    names: tuple[str, ...],
    backends: tuple[str, ...],
    dtype: str,
    epochs: int,
    batch_size: int,
    learning_rate: float | None,
    seeds: int,
    folder: Path | None,
    reports: tuple[Path, ...],
    figure_file: Path | None,
    jobs: int | None,
) -> None:
    """Train a classifier of images alike on every framework, and compare.

    Weights, batches and dropout masks are the same everywhere. Tells loss, accuracy and seconds,
    how far the frameworks are apart, gradient norms, dead units, and with several activations
    which did best, with the spread over --seeds.

    Exit status: 0, 1 if a run failed (the others are reported), 2 for a wrong call.
    """
    chosen = _activations(names)
    frameworks = _frameworks(model, backends)
    _check_figure(figure_file)
    setups = [
        Setup(
            model=model,
            framework=framework,
            activation=activation,
            dtype=dtype,
            seed=seed,
            epochs=epochs,
            batch_size=batch_size,
            learning_rate=learning_rate or RATES[model],
        )
        for activation, seed, framework in product(chosen, range(seeds), frameworks)
    ]
    trained_on = _data(folder, setups)
    # As with Ctrl-C: the workers end and the temporary files go.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with Bars(setups, Console(stderr=True)) as bars:
        runs = engine.train(setups, trained_on, bars.heard, jobs or 0)
    experiment = Experiment(
        data=trained_on.name,
        train_size=len(trained_on.train_labels),
        test_size=len(trained_on.test_labels),
        runs=tuple(runs),
        environment={**environment(), **_versions(frameworks), **flags(jobs or 0, thorough=False)},
    )
    print_experiment(experiment, Console())
    pictures = []
    if figure_file is not None and any(run.epochs for run in runs):
        pictures.append((figure_file, partial(_draw, experiment, figure_file)))
    write_reports(partial(document.document, experiment), reports, pictures)
    context.exit(0 if all(run.failure is None for run in runs) else 1)


def _activations(names: tuple[str, ...]) -> list[str]:
    """Canonical names in the order in which they were given."""
    return list(dict.fromkeys(canonical((name,), own=True)[0] for name in names or ("relu",)))


def _frameworks(model: Model, backends: tuple[str, ...]) -> list[str]:
    """Those that were asked for, in the usual order."""
    lacking = [name for name in backends if name not in FRAMEWORKS[model]]
    if lacking:
        raise click.UsageError(
            f"there is no model {model} on {lacking[0]}; it is trained on "
            f"{', '.join(FRAMEWORKS[model])}: leave {lacking[0]} out, or take --model mlp"
        )
    return [name for name in FRAMEWORKS[model] if name in (backends or FRAMEWORKS[model])]


def _check_figure(path: Path | None) -> None:
    """Refuse before a long run what could not be drawn after it."""
    if path is None:
        return
    if path.suffix.lower() not in plots.SUFFIXES:
        got = f"ends in {path.suffix}" if path.suffix else "has no suffix"
        raise click.UsageError(f"--figure {path} {got}; allowed are {', '.join(plots.SUFFIXES)}")
    writable(path)
    if importlib.util.find_spec("matplotlib") is None:
        raise click.UsageError(
            "pictures need matplotlib, which is not installed: pip install 'multiact[train]'"
        )


def _data(folder: Path | None, setups: list[Setup]) -> Data:
    """The data, if everything can be trained on it."""
    try:
        found = data.load(folder)
        for setup in setups:
            engine.check(setup, found)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    return found


def _versions(frameworks: list[str]) -> dict[str, str]:
    found = {}
    for name in (*frameworks, "data"):
        for package in PACKAGES.get(name, ()):
            try:
                found[package] = version(package)
            except PackageNotFoundError:
                continue
    return found


def _draw(experiment: Experiment, path: Path) -> None:
    plots.write(figure.draw(experiment), path)
