"""The training loop, the same for every framework."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from multiact_compare.training import frameworks
from multiact_compare.training.activations import activation
from multiact_compare.training.batches import Batch, batches, portions, standardised
from multiact_compare.training.frameworks import Evaluated, Network
from multiact_compare.training.models import architecture, initial_weights
from multiact_compare.training.results import Data, Epoch, Setup


class DivergedError(Exception):
    """The loss is no longer a number."""


class Trainer:
    """A network and the data in its dtype, for all setups that differ by seed and epochs alone.

    They share what is compiled.
    """

    def __init__(self, setup: Setup, data: Data) -> None:
        self._data = data
        self._train, self._test = standardised(data, setup.dtype)
        self._architecture = architecture(setup.model, data)
        self._network: Network = frameworks.network(
            setup.framework,
            self._architecture,
            activation(setup.activation),
            setup.dtype,
            setup.learning_rate,
        )

    def compile(self, setup: Setup) -> float:
        """Make every first call, and say how many seconds that took.

        They train, but the weights are loaded anew for each run.
        """
        self._network.load(initial_weights(self._architecture.layers, setup.seed))
        batch = next(self._batches(setup, 1))
        parts = portions(len(self._test))
        started = time.perf_counter()
        self._network.step(batch)
        for part in (parts[0], parts[-1]):
            self._network.evaluate(self._test[part], self._data.test_labels[part])
        return time.perf_counter() - started

    def epochs(self, setup: Setup) -> Iterator[Epoch]:
        """Train from the initial weights of the setup's seed on.

        Raises
        ------
        DivergedError
            A batch's loss, or that of the held-out images, is infinite or not a number.
        """
        self._network.load(initial_weights(self._architecture.layers, setup.seed))
        for number in range(1, setup.epochs + 1):
            yield self._epoch(setup, number)

    def _epoch(self, setup: Setup, number: int) -> Epoch:
        losses: list[float] = []
        norms: list[NDArray[np.floating]] = []
        seconds = 0.0
        for batch in self._batches(setup, number):
            started = time.perf_counter()
            taken = self._network.step(batch)
            seconds += time.perf_counter() - started
            losses.append(taken.loss)
            norms.append(taken.norms)
            _check(taken.loss, f"loss of batch {len(losses)} in epoch {number}")
        judged = self._judge()
        _check(judged.loss, f"loss of the held-out images after epoch {number}")
        return Epoch(
            loss=math.fsum(losses) / len(losses),
            test_loss=judged.loss,
            accuracy=judged.accuracy,
            seconds=seconds,
            gradient_norms=tuple(np.mean(norms, axis=0, dtype=float).tolist()),
            dead_units=tuple(int(units.sum()) for units in judged.dead),
        )

    def _batches(self, setup: Setup, number: int) -> Iterator[Batch]:
        return batches(
            self._train,
            self._data.train_labels,
            self._architecture.dropouts,
            setup.batch_size,
            setup.seed,
            number,
        )

    def _judge(self) -> Evaluated:
        """All held-out images, part by part."""
        count = len(self._test)
        loss = accuracy = 0.0
        dead: tuple[NDArray[np.bool_], ...] = ()
        for part in portions(count):
            labels = self._data.test_labels[part]
            judged = self._network.evaluate(self._test[part], labels)
            loss += judged.loss * len(labels) / count
            accuracy += judged.accuracy * len(labels) / count
            both = zip(dead or judged.dead, judged.dead, strict=True)
            dead = tuple(before & now for before, now in both)
        return Evaluated(loss, accuracy, dead)


def _check(loss: float, what: str) -> None:
    if not math.isfinite(loss):
        raise DivergedError(f"the {what} is {loss}: training has diverged")
