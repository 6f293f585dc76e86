"""What training is asked to do, and what came of it, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Model: TypeAlias = Literal["mlp", "cnn"]

FRAMEWORKS: dict[Model, tuple[str, ...]] = {
    "mlp": ("numpy", "torch", "tensorflow", "jax"),
    "cnn": ("torch", "tensorflow", "jax"),
}
"""Where each model is trained. A convolution in NumPy would measure our loops, not NumPy."""


@dataclass(frozen=True, eq=False)
class Data:
    """Images with their labels. Images are float64 in [0, 1], of shape (n, height, width, 1)."""

    name: str
    train_images: NDArray[np.float64]
    train_labels: NDArray[np.int64]
    test_images: NDArray[np.float64]
    test_labels: NDArray[np.int64]


@dataclass(frozen=True)
class Setup:
    """One training run. Equal but for the framework means equal weights, batches and masks."""

    model: Model
    framework: str
    activation: str
    dtype: str
    seed: int
    epochs: int
    batch_size: int
    learning_rate: float


@dataclass(frozen=True)
class Epoch:
    """What an epoch gave.

    ``loss`` is the mean of the training loss over the epoch's batches, as they were trained on;
    ``test_loss`` and ``accuracy`` are taken on the held-out images after it, without dropout.
    ``seconds`` is the time of the training steps alone, without the first compilation, which
    :class:`Run` keeps. ``gradient_norms`` are the Euclidean norms of the loss's gradient by the
    weights of each layer, averaged over the epoch's batches. ``dead_units`` counts, for each hidden
    layer, units whose activation is 0 with derivative 0 on every held-out image.
    """

    loss: float
    test_loss: float
    accuracy: float
    seconds: float
    gradient_norms: tuple[float, ...]
    dead_units: tuple[int, ...]


@dataclass(frozen=True)
class Run:
    """A training run: its setup, the names of its layers, and its epochs.

    ``units`` is the number of units of each hidden layer, to set ``dead_units`` against.
    ``compile_seconds`` is what the first step and the first evaluation took; 0 where an earlier run
    of the same worker, alike but for seed and epochs, had done them already.
    ``failure`` says why it ended early, if it did: the framework is missing, the process died, or
    the loss is no longer a number.
    """

    setup: Setup
    layers: tuple[str, ...]
    hidden: tuple[str, ...]
    units: tuple[int, ...]
    epochs: tuple[Epoch, ...]
    compile_seconds: float = 0.0
    failure: str | None = None


@dataclass(frozen=True)
class Experiment:
    """All runs of one command, the data they saw, and the versions that ran them."""

    data: str
    train_size: int
    test_size: int
    runs: tuple[Run, ...]
    environment: dict[str, str]
