"""The workers, run for real: the figures that are promised, and what may go wrong."""

from __future__ import annotations

import dataclasses
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from multiact_compare import children
from multiact_compare.training.engine import check, train
from multiact_compare.training.models import LEARNING_RATES
from multiact_compare.training.results import FRAMEWORKS, Data, Epoch, Model, Run, Setup

ENDLESS = 1_000_000
"""Epochs that only a signal ends."""

CURVES: dict[tuple[Model, str], tuple[int, float, Sequence[str]]] = {
    ("mlp", "float64"): (10, 1e-10, ("relu", "gelu", "mish", "prelu")),
    ("mlp", "float32"): (10, 1e-4, ("relu", "mish")),
    ("cnn", "float32"): (1, 1e-3, ("relu",)),
}
"""Model and dtype -> epochs, how far frameworks may be apart in relation, activations. The last
bound leaves room for two entries of a pooling window that change places by a rounding error.
"""


def setup(framework: str = "numpy", **changes: Any) -> Setup:
    """The perceptron for some epochs."""
    plain = Setup("mlp", framework, "relu", "float64", 0, 2, 32, LEARNING_RATES["mlp"])
    return dataclasses.replace(plain, **changes)


def silent(setup: Setup, number: int, epoch: Epoch) -> None:
    """Nobody is interested."""


def test_frameworks_train_alike(digits: Data) -> None:
    """All in one test, since every worker imports a framework: the promised figures, and in between
    a run of each framework that diverges.
    """
    diverging = [setup(name, learning_rate=1e200) for name in FRAMEWORKS["mlp"]]
    setups = [
        Setup(model, framework, activation, dtype, 0, epochs, 32, LEARNING_RATES[model])
        for (model, dtype), (epochs, _, activations) in CURVES.items()
        for activation in activations
        for framework in FRAMEWORKS[model]
    ]
    runs = train([*diverging, *setups], digits, silent)
    for run in runs[: len(diverging)]:
        has_diverged(run)
    rest = runs[len(diverging) :]
    while rest:
        count = len(FRAMEWORKS[rest[0].setup.model])
        are_alike(rest[:count])
        rest = rest[count:]


def has_diverged(run: Run) -> None:
    """The run has ended where its loss was no number."""
    assert run.failure is not None
    # Whether the logits are infinite first or no numbers at once depends on the kernels.
    pattern = r"the loss of batch \d+ in epoch 1 is (nan|inf): training has diverged"
    assert re.fullmatch(f"{run.setup.framework}: {pattern}", run.failure)
    assert run.epochs == ()


def are_alike(runs: list[Run]) -> None:
    """Runs of the same setup on all frameworks have the same curves."""
    plain = runs[0].setup
    epochs, allowed, _ = CURVES[plain.model, plain.dtype]
    assert [run.setup.framework for run in runs] == list(FRAMEWORKS[plain.model])
    assert [run.failure for run in runs] == [None] * len(runs)
    for quantity in ("loss", "test_loss"):
        found = np.array([[getattr(epoch, quantity) for epoch in run.epochs] for run in runs])
        assert found.shape == (len(runs), epochs)
        spread = np.ptp(found, axis=0) / found.min(axis=0)
        assert spread.max() <= allowed, f"{quantity} of {plain}: {spread}"
    norms = np.array([[epoch.gradient_norms for epoch in run.epochs] for run in runs])
    assert (np.ptp(norms, axis=0) <= 10 * allowed * norms.min(axis=0)).all()
    assert len({run.epochs[-1].dead_units for run in runs}) == 1


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_digits_are_learnt(digits: Data, seed: int) -> None:
    (run,) = train([setup(epochs=30, seed=seed)], digits, silent)
    assert max(epoch.accuracy for epoch in run.epochs) >= 0.95


def test_epochs_are_heard_in_their_order_and_kept(small: Data) -> None:
    heard: list[tuple[Setup, int, Epoch]] = []
    setups = [setup("torch", batch_size=8, seed=seed) for seed in (0, 1)]
    setups += [setup("numpy", batch_size=8, activation="prelu")]
    runs = train(setups, small, lambda *epoch: heard.append(epoch))
    assert [run.setup for run in runs] == setups
    for run in runs:
        own = [(number, epoch) for found, number, epoch in heard if found == run.setup]
        assert own == list(enumerate(run.epochs, start=1))
        assert len(own) == 2
        assert (run.layers, run.hidden, run.units) == (("hidden", "output"), ("hidden",), (128,))
        assert run.failure is None
    first, second, other = runs
    assert first.epochs != second.epochs
    assert min(first.compile_seconds, other.compile_seconds) > 0
    # What the first seed has compiled, the second has.
    assert second.compile_seconds == 0


BROKEN = {
    "missing": (
        "raise ModuleNotFoundError(\"No module named 'torch'\", name='torch')",
        'torch: not installed; pip install "multiact[torch]"',
    ),
    "broken": ("raise OSError('no such library')", "torch: failed to import: OSError: no such"),
    "dying": ("import os; os.abort()", "torch: died with signal 6 (SIGABRT)"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_framework_that_cannot_train_is_a_failure_of_its_runs(
    how: str, small: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, message = BROKEN[how]
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch/__init__.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    setups = [setup(name, batch_size=8) for name in ("torch", "numpy", "torch")]
    first, numpy, last = train(setups, small, silent)
    for run in (first, last):
        assert run.failure is not None
        assert run.failure.startswith(message)
        assert run.epochs == ()
        assert run.units == (128,)
    assert (numpy.failure, len(numpy.epochs)) == (None, 2)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[str]]]:
    """The workers, as they are started; none may be left."""
    workers: list[subprocess.Popen[str]] = []
    original = subprocess.Popen

    def popen(*args: Any, **options: Any) -> subprocess.Popen[str]:
        worker = original(*args, **options)
        workers.append(worker)
        return worker

    monkeypatch.setattr(children.subprocess, "Popen", popen)
    yield workers
    left = [worker for worker in workers if worker.poll() is None]
    for worker in left:
        worker.kill()
        worker.wait()
    assert not left


def test_a_worker_that_dies_keeps_what_it_has_told(
    small: Data, started: list[subprocess.Popen[str]]
) -> None:
    def kill(setup: Setup, number: int, epoch: Epoch) -> None:
        if setup.epochs == ENDLESS and number == 3:
            started[0].kill()

    setups = [setup(batch_size=8), setup(batch_size=8, epochs=ENDLESS), setup(seed=5)]
    whole, broken, never = train(setups, small, kill)
    assert (whole.failure, len(whole.epochs)) == (None, 2)
    assert len(broken.epochs) >= 3
    for run in (broken, never):
        assert run.failure == ("numpy: died with signal 9 (SIGKILL): nothing on standard error")
    assert never.epochs == ()


def test_an_exception_of_the_listener_ends_the_workers(
    small: Data, started: list[subprocess.Popen[str]]
) -> None:
    def refuse(setup: Setup, number: int, epoch: Epoch) -> None:
        raise LookupError("no more")

    setups = [setup(name, batch_size=8, epochs=ENDLESS) for name in ("numpy", "torch")]
    with pytest.raises(LookupError, match="no more"):
        train(setups, small, refuse, jobs=2)
    assert 1 <= len(started) <= 2


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_the_workers(small: Data, started: list[subprocess.Popen[str]]) -> None:
    def interrupt(setup: Setup, number: int, epoch: Epoch) -> None:
        if number == 1:
            os.kill(os.getpid(), signal.SIGINT)
        # The signal may come a little later, but not after thousands of epochs.
        assert number < 10_000

    with pytest.raises(KeyboardInterrupt):
        train([setup(batch_size=8, epochs=ENDLESS)], small, interrupt)
    assert len(started) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": "cnn"}, "model cnn is not trained on 'numpy'; allowed are torch, tensorflow"),
        ({"framework": "keras"}, "model mlp is not trained on 'keras'; allowed are numpy, torch"),
        ({"activation": "glu"}, "activation 'glu' changes the shape"),
        ({"dtype": "float16"}, "dtype 'float16' is not trained in; allowed are float32, float64"),
        ({"batch_size": 41}, "batch size 41 does not fit small with its 40 training images"),
        ({"batch_size": 0}, "batch size 0 does not fit"),
        ({"epochs": 0}, "0 epochs train nothing; allowed is 1 or more"),
        ({"seed": -1}, "seed -1 is negative; allowed is 0 or more"),
        ({"learning_rate": 0.0}, "learning rate 0.0 is not allowed; it is a positive number"),
        ({"learning_rate": float("nan")}, "learning rate nan is not allowed"),
    ],
)
def test_what_cannot_be_trained_is_said_before_anything_starts(
    changes: dict[str, Any], message: str, small: Data, started: list[subprocess.Popen[str]]
) -> None:
    with pytest.raises(ValueError, match=message):
        train([setup(batch_size=8), setup(**changes)], small, silent)
    assert not started


def test_data_without_held_out_images_are_refused(small: Data) -> None:
    empty = dataclasses.replace(
        small, test_images=small.test_images[:0], test_labels=small.test_labels[:0]
    )
    with pytest.raises(ValueError, match="small has no held-out images"):
        check(setup(batch_size=8), empty)
