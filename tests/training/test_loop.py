"""The loop, with NumPy's network."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from multiact_compare.training import batches, worker
from multiact_compare.training.loop import DivergedError, Trainer
from multiact_compare.training.results import Data, Epoch, Setup

SETUP = Setup("mlp", "numpy", "gelu", "float64", 0, 2, 8, 0.05)


def trained(setup: Setup, data: Data) -> list[Epoch]:
    """The epochs, without their times."""
    epochs = Trainer(setup, data).epochs(setup)
    return [dataclasses.replace(epoch, seconds=0.0) for epoch in epochs]


def test_an_epoch_tells_what_its_docstring_says(small: Data) -> None:
    epochs = list(Trainer(SETUP, small).epochs(SETUP))
    assert len(epochs) == 2
    assert epochs[1].loss < epochs[0].loss
    for epoch in epochs:
        assert epoch.seconds > 0
        assert len(epoch.gradient_norms) == 2
        assert all(norm > 0 for norm in epoch.gradient_norms)
        assert epoch.dead_units == (0,)
        assert (20 * epoch.accuracy).is_integer()


def test_what_was_compiled_before_leaves_no_trace(small: Data) -> None:
    trainer = Trainer(SETUP, small)
    assert trainer.compile(SETUP) > 0
    list(trainer.epochs(dataclasses.replace(SETUP, seed=1)))
    again = [dataclasses.replace(epoch, seconds=0.0) for epoch in trainer.epochs(SETUP)]
    assert again == trained(SETUP, small)


def test_held_out_images_may_be_evaluated_in_parts(
    small: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = dataclasses.replace(SETUP, activation="thresholded_relu")
    whole = trained(setup, small)
    monkeypatch.setattr(batches, "TESTED_AT_ONCE", 3)
    parts = trained(setup, small)
    for one, other in zip(whole, parts, strict=True):
        assert other.test_loss == pytest.approx(one.test_loss, rel=1e-12)
        assert other.accuracy == pytest.approx(one.accuracy)
        assert other.dead_units == one.dead_units
    # A unit that is dead on a part alone would otherwise not be told from a dead one.
    assert 0 < whole[-1].dead_units[0] < 128


def test_a_loss_that_is_no_number_is_told_with_its_batch(small: Data) -> None:
    setup = dataclasses.replace(SETUP, activation="relu", learning_rate=1e200, epochs=3)
    epochs = Trainer(setup, small).epochs(setup)
    with (
        np.errstate(all="ignore"),
        pytest.raises(DivergedError, match=r"loss of batch [23] in epoch 1 is (nan|inf): "),
    ):
        next(epochs)


def test_a_loss_that_is_no_number_after_the_last_batch_is_told_too(small: Data) -> None:
    setup = dataclasses.replace(SETUP, batch_size=40, learning_rate=1e200)
    epochs = Trainer(setup, small).epochs(setup)
    message = r"loss of the held-out images after epoch 1 is (nan|inf): training has diverged"
    with np.errstate(all="ignore"), pytest.raises(DivergedError, match=message):
        next(epochs)


def test_a_run_that_fails_leaves_the_next(small: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    class Fragile(Trainer):
        def _epoch(self, setup: Setup, number: int) -> Epoch:
            if setup.seed == 1 and number == 2:
                raise MemoryError("no more")
            return super()._epoch(setup, number)

    monkeypatch.setattr(worker, "Trainer", Fragile)
    setups = [dataclasses.replace(SETUP, seed=seed) for seed in range(3)]
    said: list[tuple[str, int]] = []
    reasons = []

    def announce(event: str, **facts: object) -> None:
        said.append((event, int(str(facts["run"]))))
        reasons.extend([facts["reason"]] if event == "failed" else [])

    worker.train([0, 1, 2], setups, small, announce)
    assert said == [
        ("compiled", 0),
        *[("epoch", 0)] * 2,
        ("epoch", 1),
        ("failed", 1),
        *[("epoch", 2)] * 2,
    ]
    assert reasons == ["MemoryError: no more"]


def test_setups_that_share_what_is_compiled_stand_together() -> None:
    setups = [
        SETUP,
        dataclasses.replace(SETUP, activation="relu"),
        dataclasses.replace(SETUP, seed=1, epochs=5),
        dataclasses.replace(SETUP, batch_size=4),
    ]
    assert worker.alike(setups) == [[0, 2], [1], [3]]
