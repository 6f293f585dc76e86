"""Training runs, one subprocess per framework, several side by side."""

from __future__ import annotations

import dataclasses
import json
import math
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from multiact_compare.children import Children
from multiact_compare.environment import available_cores
from multiact_compare.results import Status
from multiact_compare.scheduler import Job, run_jobs
from multiact_compare.training.activations import activation
from multiact_compare.training.models import architecture
from multiact_compare.training.results import FRAMEWORKS, Data, Epoch, Run, Setup

DTYPES = ("float32", "float64")
"""What networks are trained in: NumPy multiplies matrices of 16-bit numbers element by element."""

Heard: TypeAlias = Callable[[Setup, int, Epoch], None]
"""Called with each epoch as it ends, and its number from 1 on; by one thread at a time."""


def train(setups: Sequence[Setup], data: Data, heard: Heard, jobs: int = 0) -> list[Run]:
    """Train every setup on the data; the runs come in the order of the setups.

    One worker per framework trains its setups in turn; ``jobs`` workers run side by side, by
    default as many as there are cores, each with one thread; to compare their times, one at a time
    disturbs least. A framework that is missing or dies
    and a loss that is no longer a number are the ``failure`` of a run. Whatever is raised here,
    Ctrl-C too, ends all workers first.

    Raises
    ------
    ValueError
        A setup cannot be trained on this data; see :func:`check`. Nothing has been started.
    """
    for setup in setups:
        check(setup, data)
    with tempfile.TemporaryDirectory(prefix="multiact-train-") as folder:
        return _Training(setups, data, heard, Path(folder)).runs(jobs or available_cores())


def check(setup: Setup, data: Data) -> None:
    """Whether a setup can be trained on the data.

    Raises
    ------
    ValueError
        It cannot; the message says what is allowed.
    """
    network = architecture(setup.model, data)
    frameworks = FRAMEWORKS[setup.model]
    if setup.framework not in frameworks:
        raise ValueError(
            f"model {setup.model} is not trained on {setup.framework!r}; "
            f"allowed are {', '.join(frameworks)}"
        )
    activation(setup.activation)
    if setup.dtype not in DTYPES:
        raise ValueError(
            f"dtype {setup.dtype!r} is not trained in; allowed are {', '.join(DTYPES)}"
        )
    if not 1 <= setup.batch_size <= len(data.train_images):
        raise ValueError(
            f"batch size {setup.batch_size} does not fit {data.name} with its "
            f"{len(data.train_images)} training images; allowed is 1 to that number"
        )
    if setup.epochs < 1:
        raise ValueError(f"{setup.epochs} epochs train nothing; allowed is 1 or more")
    if setup.seed < 0:
        raise ValueError(f"seed {setup.seed} is negative; allowed is 0 or more")
    if not (math.isfinite(setup.learning_rate) and setup.learning_rate > 0):
        raise ValueError(
            f"learning rate {setup.learning_rate} is not allowed; it is a positive number, "
            f"usually {0.01 if network.optimizer == 'sgd' else 0.001}"
        )
    if not len(data.test_images):
        raise ValueError(f"{data.name} has no held-out images to measure the accuracy on")


class _Training:
    """What the workers have said so far."""

    def __init__(self, setups: Sequence[Setup], data: Data, heard: Heard, folder: Path) -> None:
        self._setups = setups
        self._data = data
        self._heard = heard
        self._folder = folder
        self._lock = threading.Lock()
        self._children = Children()
        self._runs = [_untrained(setup, data) for setup in setups]

    def runs(self, slots: int) -> list[Run]:
        """Train, with so many workers at once."""
        data = {
            field.name: getattr(self._data, field.name)
            for field in dataclasses.fields(self._data)
            if field.name != "name"
        }
        np.savez(self._folder / "data.npz", **data)
        members: dict[str, list[int]] = {}
        for number, setup in enumerate(self._setups):
            members.setdefault(setup.framework, []).append(number)
        jobs = [
            # NumPy has nothing to compile: it fills the gap at the end.
            Job(name, partial(self._work, name, numbers), priority=float(name != "numpy"))
            for name, numbers in members.items()
        ]
        try:
            run_jobs(jobs, slots)
        except BaseException:
            self._children.close()
            raise
        return self._runs

    def _work(self, framework: str, numbers: list[int]) -> None:
        """Run the worker of a framework to its end."""
        job = {
            "framework": framework,
            "name": self._data.name,
            "data": str(self._folder / "data.npz"),
            "setups": [dataclasses.asdict(self._setups[number]) for number in numbers],
        }
        job_file = self._folder / f"{framework}.json"
        job_file.write_text(json.dumps(job), encoding="utf-8")

        def listen(said: Mapping[str, Any]) -> None:
            if "run" in said:
                self._listen(numbers[said["run"]], said)

        log = self._folder / f"{framework}.log"
        status, reason = self._children.run(
            "multiact_compare.training.worker", job_file, log, listen
        )
        if status != "ok":
            for number in numbers:
                run = self._runs[number]
                if run.failure is None and len(run.epochs) < run.setup.epochs:
                    failure = _failure(framework, status, reason)
                    self._runs[number] = dataclasses.replace(run, failure=failure)

    def _listen(self, number: int, said: Mapping[str, Any]) -> None:
        run = self._runs[number]
        changes: dict[str, Any]
        if said["event"] == "epoch":
            facts = said["epoch"]
            epoch = Epoch(**{**facts, **{name: tuple(facts[name]) for name in TUPLES}})
            changes = {"epochs": (*run.epochs, epoch)}
        elif said["event"] == "compiled":
            changes = {"compile_seconds": said["seconds"]}
        else:
            changes = {"failure": f"{run.setup.framework}: {said['reason']}"}
        self._runs[number] = run = dataclasses.replace(run, **changes)
        if said["event"] == "epoch":
            try:
                with self._lock:
                    self._heard(run.setup, len(run.epochs), run.epochs[-1])
            except BaseException:
                # Nobody listens any more: no worker need go on.
                self._children.close()
                raise


TUPLES = ("gradient_norms", "dead_units")
"""What JSON has lists for."""


def _untrained(setup: Setup, data: Data) -> Run:
    """A run before its first epoch."""
    network = architecture(setup.model, data)
    return Run(
        setup=setup,
        layers=tuple(layer.name for layer in network.layers),
        hidden=tuple(layer.name for layer in network.hidden),
        units=tuple(layer.units for layer in network.hidden),
        epochs=(),
    )


def _failure(framework: str, status: Status, reason: str) -> str:
    if status == "missing":
        return f'{framework}: not installed; pip install "multiact[{framework}]"'
    return f"{framework}: {reason}"
