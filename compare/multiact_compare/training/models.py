"""The networks: their layers, with sizes derived from the data, and their initial weights.

``mlp`` is the tutorials' perceptron with 128 hidden units, ``cnn`` the convolutional network of
Keras' well-known MNIST example. Each framework builds what an :class:`Architecture` lists, in its
own layout; here channels come last and a dense layer's matrix is inputs × outputs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from multiact_compare.training.results import FRAMEWORKS, Data, Model

Weights: TypeAlias = list[tuple[NDArray[np.floating], NDArray[np.floating]]]
"""Kernel and bias of each layer."""

LEARNING_RATES: dict[Model, float] = {"mlp": 0.01, "cnn": 1e-3}
"""Of the tutorials: SGD's for the perceptron, Adam's for the convolutional network."""

CLASSES = 10
"""The fewest outputs: a part of the data may lack a digit. More labels get more outputs."""

HIDDEN = 128
KERNEL = 3
POOL = 2

WEIGHTS, ORDER, MASKS = range(3)
"""What randomness is for: streams of one seed, so that no draw depends on how many others did."""


@dataclass(frozen=True)
class Layer:
    """A layer with weights: a convolution (3×3, no padding) or a dense one."""

    name: str
    kind: Literal["conv", "dense"]
    shape: tuple[int, ...]

    @property
    def units(self) -> int:
        """Outputs; a convolution's channels."""
        return self.shape[-1]


@dataclass(frozen=True)
class Dropout:
    """A dropout in front of which one image is an array of this shape."""

    rate: float
    shape: tuple[int, ...]


Step: TypeAlias = Layer | Dropout | Literal["activation", "pool", "flatten"]


@dataclass(frozen=True)
class Architecture:
    """A network, step by step, for images of shape ``image``.

    ``flattened`` is the shape that one image has where it is flattened: frameworks with channels
    first have to reorder the weights behind it.
    """

    model: Model
    image: tuple[int, ...]
    steps: tuple[Step, ...]
    flattened: tuple[int, ...]
    optimizer: Literal["sgd", "adam"]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers with weights."""
        return tuple(step for step in self.steps if isinstance(step, Layer))

    @property
    def hidden(self) -> tuple[Layer, ...]:
        """The layers that the activation follows: all but the last."""
        return self.layers[:-1]

    @property
    def dropouts(self) -> tuple[Dropout, ...]:
        """The dropouts, in the order of their masks."""
        return tuple(step for step in self.steps if isinstance(step, Dropout))


def architecture(model: Model, data: Data) -> Architecture:
    """The network of a model for the data.

    Raises
    ------
    ValueError
        There is no such model, or the images are too small for it.
    """
    if model not in FRAMEWORKS:
        raise ValueError(f"model {model!r} is not known; allowed are {', '.join(FRAMEWORKS)}")
    height, width, depth = image = data.train_images.shape[1:]
    labels = (data.train_labels, data.test_labels)
    classes = max(CLASSES, *(int(part.max(initial=0)) + 1 for part in labels))
    if model == "mlp":
        return _mlp(image, classes)
    smallest = 2 * (KERNEL - 1) + POOL
    if min(height, width) < smallest:
        raise ValueError(
            f"model cnn needs images of {smallest}×{smallest} pixels at least, and these are "
            f"{height}×{width}; model mlp takes images of any size"
        )
    return _cnn((height, width, depth), classes)


def _mlp(image: tuple[int, ...], classes: int) -> Architecture:
    inputs = math.prod(image)
    hidden = Layer("hidden", "dense", (inputs, HIDDEN))
    output = Layer("output", "dense", (HIDDEN, classes))
    return Architecture("mlp", image, ("flatten", hidden, "activation", output), image, "sgd")


def _cnn(image: tuple[int, int, int], classes: int) -> Architecture:
    height, width, depth = image
    first, second = 32, 64
    # Each convolution without padding takes a border away; pooling leaves out an odd last line.
    pooled = tuple((size - 2 * (KERNEL - 1)) // POOL for size in (height, width))
    flattened = (*pooled, second)
    steps: tuple[Step, ...] = (
        Layer("conv 1", "conv", (KERNEL, KERNEL, depth, first)),
        "activation",
        Layer("conv 2", "conv", (KERNEL, KERNEL, first, second)),
        "activation",
        "pool",
        Dropout(0.25, flattened),
        "flatten",
        Layer("dense", "dense", (math.prod(flattened), HIDDEN)),
        "activation",
        Dropout(0.5, (HIDDEN,)),
        Layer("output", "dense", (HIDDEN, classes)),
    )
    return Architecture("cnn", image, steps, flattened, "adam")


def initial_weights(layers: Sequence[Layer], seed: int) -> Weights:
    """The weights that every framework starts from, float64; biases are 0.

    Glorot's uniform distribution: it is what Keras and hence the tutorials' networks start from,
    and its variance is derived for units that are linear around 0. He's would be twice as large for
    a hidden layer of equal sides because rectifiers lose half of it, a gain chosen for one kind of
    activation. All get the same here, so that they are compared and not their gains.
    """
    generator = np.random.default_rng((seed, WEIGHTS))
    weights: Weights = []
    for layer in layers:
        *window, inputs, outputs = layer.shape
        reach = math.prod(window)
        limit = math.sqrt(6 / (reach * (inputs + outputs)))
        kernel = generator.uniform(-limit, limit, layer.shape)
        weights.append((kernel, np.zeros(layer.units)))
    return weights
