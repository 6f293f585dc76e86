"""The same networks in each framework, as its users write them; a module is imported when asked
for, in the worker of its framework.

Their runs part by rounding errors alone, which training hardly amplifies, but for one thing: where
the two largest entries of a pooling window are a rounding error apart, the gradient goes to one in
one framework and to the other in another. (At exact ties all take the first.) From there on the
convolutional network's curves are some 1e-5 apart in float32, and 1e-3 after a few epochs.
"""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from multiact_compare.training.activations import Activation
from multiact_compare.training.batches import Batch
from multiact_compare.training.models import Architecture, Weights

BETAS = (0.9, 0.999)
EPSILON = 1e-7
"""Adam's constants, of Keras: the update is lr·m̂/(√v̂ + ε) with both moments bias-corrected, as
Kingma and Ba's Algorithm 1, PyTorch and optax have it. TensorFlow's kernels and Keras add ε to the
uncorrected √v instead, which in the first steps is as if ε were 30 times as large."""


class Taken(NamedTuple):
    """What a training step tells: the batch's mean loss, before the update, and the Euclidean
    norm of its gradient by each layer's kernel.
    """

    loss: float
    norms: NDArray[np.floating]


class Evaluated(NamedTuple):
    """What images not trained on tell, without dropout: the mean loss, the share that is
    classified rightly, and for each hidden layer which units are 0 with derivative 0 throughout.
    """

    loss: float
    accuracy: float
    dead: tuple[NDArray[np.bool_], ...]


class Network(Protocol):
    """A network in one framework."""

    def load(self, weights: Weights) -> None:
        """Start from these weights, with the optimizer's state new."""

    def weights(self) -> Weights:
        """The weights, in NumPy and in the layout of :mod:`multiact_compare.training.models`."""

    def step(self, batch: Batch) -> Taken:
        """Train on a batch."""

    def evaluate(self, images: NDArray[np.floating], labels: NDArray[np.int64]) -> Evaluated:
        """Judge images."""


def network(
    framework: str,
    architecture: Architecture,
    activation: Activation,
    dtype: str,
    learning_rate: float,
) -> Network:
    """A network of a framework, of which the class ``Network`` in the module of its name is one.

    It has no weights until some are loaded.
    """
    module: Any = importlib.import_module(f"{__name__}.{framework}")
    return cast(Network, module.Network(architecture, activation, dtype, learning_rate))
