"""A training experiment as a report: curves, tables, and everything as data."""

from __future__ import annotations

import json
import math
from pathlib import Path

from multiact_compare import report as pages
from multiact_compare import results
from multiact_compare.report import drawing
from multiact_compare.training import summary
from multiact_compare.training.panels import Curve, Panel, by_activation, panels
from multiact_compare.training.results import Experiment, Run
from multiact_compare.training.tables import digits, percent, tables

SCHEMA_VERSION = 1
"""That of the JSON; it grows when a field goes or changes its meaning."""


def document(experiment: Experiment) -> pages.Document:
    """The experiment for a report's file."""
    sections = []
    figures = [_figure(panel) for panel in panels(experiment)]
    if figures:
        grouped = "activation" if by_activation(experiment.runs) else "framework"
        words = f"A line for each {grouped}, the mean where there are several runs of it."
        sections.append(pages.Section("Curves", (pages.Paragraph(words), *figures), "curves"))
    failures = [summary.failure(run) for run in experiment.runs if not summary.complete(run)]
    if failures:
        paragraphs = [pages.Paragraph(text) for text in failures]
        sections.append(pages.Section("Runs that failed", paragraphs, "failures"))
    for anchor, title, table in tables(experiment):
        sections.append(pages.Section(title, (table,), anchor))
    return pages.Document(
        kind="train",
        title=f"Training: {heading(experiment)}",
        summary=conclusion(experiment),
        sections=sections,
        checks=[_check(run) for run in experiment.runs],
        environment=experiment.environment,
        data={
            "schema_version": SCHEMA_VERSION,
            "data": experiment.data,
            "train_size": experiment.train_size,
            "test_size": experiment.test_size,
            "environment": experiment.environment,
            "runs": experiment.runs,
            "divergences": summary.divergences(experiment.runs),
            "ranking": summary.ranking(experiment.runs),
        },
    )


def load(path: Path) -> Experiment:
    """The experiment of a JSON report.

    Raises
    ------
    ValueError
        The file is no such report, or one of another schema.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    version = data.get("schema_version") if isinstance(data, dict) else None
    if version != SCHEMA_VERSION or "runs" not in data:
        raise ValueError(
            f"{path} is no report of training of schema version {SCHEMA_VERSION}, which "
            "multiact train --report FILE.json writes"
        )
    fields = ("data", "train_size", "test_size", "runs", "environment")
    experiment: Experiment = results.revive(Experiment, {name: data[name] for name in fields})
    return experiment


def heading(experiment: Experiment) -> str:
    """What was trained, in one line."""
    setup = experiment.runs[0].setup
    activations = list(dict.fromkeys(run.setup.activation for run in experiment.runs))
    seeds = len({run.setup.seed for run in experiment.runs})
    return ", ".join(
        (
            f"{setup.model} on {experiment.data}",
            activations[0] if len(activations) == 1 else f"{len(activations)} activations",
            setup.dtype,
            f"batches of {setup.batch_size}",
            f"learning rate {setup.learning_rate:g}",
            f"{seeds} seeds" if seeds > 1 else f"seed {setup.seed}",
        )
    )


def conclusion(experiment: Experiment) -> str:
    """How it went, in a sentence or two."""
    runs = experiment.runs
    done = sum(map(summary.complete, runs))
    epochs = runs[0].setup.epochs
    said = [
        f"{done} of {len(runs)} runs of {epochs} epoch{'s' if epochs > 1 else ''} on "
        f"{experiment.train_size:,} images complete, judged on {experiment.test_size:,} others"
    ]
    apart = summary.divergences(runs)
    if apart:
        largest = max(one.worst[0] for one in apart)
        said.append(
            f"the training losses of the frameworks are {digits(largest)} apart at most"
            if largest
            else "the training losses of the frameworks are equal"
        )
    ranked = summary.ranking(runs)
    first = ranked[0]
    if first.accuracy is not None:
        level = sum(row.level is True for row in ranked[1:])
        said.append(
            f"held-out accuracy {percent(first.accuracy.mean)} with {first.activation}"
            + (f", from which {level} more cannot be told apart" if level else "")
        )
    return "; ".join(said) + "."


def _figure(panel: Panel) -> pages.Figure:
    series = [
        drawing.Series(curve.name, style, curve.mean) for style, curve in enumerate(panel.curves)
    ]
    epochs = max(len(curve.mean) for curve in panel.curves)
    words = "; ".join(_words(curve) for curve in panel.curves)
    alt = f"{panel.title} over {epochs} epochs. {words}"
    return pages.Figure(drawing.trend(series, log=panel.log), alt, panel.title)


def _words(curve: Curve) -> str:
    known = [value for value in curve.mean if not math.isnan(value)]
    if not known:
        return f"{curve.name}: nothing"
    return f"{curve.name}: from {digits(known[0])} to {digits(known[-1])}"


def _check(run: Run) -> pages.Check:
    name = f"{run.setup.activation}, seed {run.setup.seed}"
    seconds = run.compile_seconds + sum(epoch.seconds for epoch in run.epochs)
    if summary.complete(run):
        return pages.Check(run.setup.framework, name, "passed", seconds=seconds)
    return pages.Check(run.setup.framework, name, "failed", summary.failure(run), seconds)
