"""The networks in JAX: pure functions of the weights, ``jax.value_and_grad`` and ``jax.jit``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, NamedTuple

import jax
import numpy as np
from jax import Array, lax
from jax import numpy as jnp
from numpy.typing import NDArray

from multiact_compare.training.activations import Activation
from multiact_compare.training.batches import Batch
from multiact_compare.training.frameworks import BETAS, EPSILON, Evaluated, Taken
from multiact_compare.training.models import POOL, Architecture, Dropout, Layer, Weights

LAYOUT = ("NHWC", "HWIO", "NHWC")

Params = list[tuple[Array, Array]]


class State(NamedTuple):
    """The weights, and Adam's means of gradients and of their squares with the steps taken."""

    params: Params
    means: Params
    squares: Params
    steps: Array


class Network:
    """The state, and the compiled functions that make a new one of it."""

    def __init__(
        self,
        architecture: Architecture,
        activation: Activation,
        dtype: str,
        learning_rate: float,
    ) -> None:
        self._dtype = dtype
        logits = partial(_logits, architecture, activation)
        update = partial(_adam if architecture.optimizer == "adam" else _descend, learning_rate)

        def step(
            state: State, images: Array, labels: Array, masks: Sequence[Array]
        ) -> tuple[State, Array, Array]:
            def loss_of(params: Params) -> Array:
                return _cross_entropy(logits(params, images, masks), labels)

            loss, gradients = jax.value_and_grad(loss_of)(state.params)
            norms = jnp.stack([jnp.linalg.norm(kernel.ravel()) for kernel, _ in gradients])
            return update(state, gradients), loss, norms

        def judge(params: Params, images: Array, labels: Array) -> tuple[Array, Array, list[Array]]:
            dead: list[Array] = []
            found = logits(params, images, dead=dead)
            right = found.argmax(axis=1) == labels
            return _cross_entropy(found, labels), right.sum(), dead

        # The old state is not used again: its memory is the new one's.
        self._step = jax.jit(step, donate_argnums=0)
        self._judge = jax.jit(judge)

    def load(self, weights: Weights) -> None:
        """Start from these weights, with the optimizer's state new."""

        def fresh() -> Params:
            return [
                (jnp.zeros(kernel.shape, self._dtype), jnp.zeros(bias.shape, self._dtype))
                for kernel, bias in weights
            ]

        with self._wide():
            params = [
                (jnp.array(kernel, self._dtype), jnp.array(bias, self._dtype))
                for kernel, bias in weights
            ]
            self._state = State(params, fresh(), fresh(), jnp.zeros((), self._dtype))

    def weights(self) -> Weights:
        """Copies of the weights."""
        return [(np.array(kernel), np.array(bias)) for kernel, bias in self._state.params]

    def step(self, batch: Batch) -> Taken:
        """One step of the optimizer."""
        with self._wide():
            self._state, loss, norms = self._step(
                self._state, batch.images, batch.labels, batch.masks
            )
        return Taken(float(loss), np.asarray(norms))

    def evaluate(self, images: NDArray[np.floating], labels: NDArray[np.int64]) -> Evaluated:
        """Judge images."""
        with self._wide():
            loss, right, dead = self._judge(self._state.params, images, labels)
        accuracy = int(right) / len(labels)
        return Evaluated(float(loss), accuracy, tuple(np.asarray(units) for units in dead))

    def _wide(self) -> AbstractContextManager[Any]:
        """Where 64-bit types exist if they are trained in, and not otherwise, as with a user."""
        context: AbstractContextManager[Any] = jax.enable_x64(self._dtype == "float64")
        return context


def _logits(
    architecture: Architecture,
    activation: Activation,
    params: Params,
    x: Array,
    masks: Sequence[Array] | None = None,
    dead: list[Array] | None = None,
) -> Array:
    """Without masks there is no dropout; ``dead`` is told the dead units."""
    layers = iter(params)
    remaining = iter(masks or ())
    for step in architecture.steps:
        if isinstance(step, Layer):
            kernel, bias = next(layers)
            if step.kind == "conv":
                x = lax.conv_general_dilated(x, kernel, (1, 1), "VALID", dimension_numbers=LAYOUT)
            else:
                x = x @ kernel
            x = x + bias
        elif isinstance(step, Dropout):
            x = x if masks is None else x * next(remaining)
        elif step == "activation":
            y = activation(x)
            if dead is not None:
                slope = activation.pullback(x, jnp.ones_like(y))
                still = (y == 0) & (slope == 0)
                dead.append(still.all(axis=tuple(range(x.ndim - 1))))
            x = y
        elif step == "pool":
            window = (1, POOL, POOL, 1)
            x = lax.reduce_window(x, -math.inf, lax.max, window, window, "VALID")
        else:
            x = x.reshape(len(x), -1)
    return x


def _cross_entropy(logits: Array, labels: Array) -> Array:
    chosen = jnp.take_along_axis(logits, labels[:, None], axis=1)[:, 0]
    return (jax.nn.logsumexp(logits, axis=1) - chosen).mean()


def _descend(rate: float, state: State, gradients: Params) -> State:
    def moved(value: Array, gradient: Array) -> Array:
        return value - rate * gradient

    return state._replace(params=jax.tree.map(moved, state.params, gradients))


def _adam(rate: float, state: State, gradients: Params) -> State:
    """Written out, since JAX itself has no optimizers and optax is no part of it."""
    first, second = BETAS
    steps = state.steps + 1
    # 1 − βᵗ, which in float32 would lose half of its digits for the first t.
    unbias_mean = -jnp.expm1(steps * math.log(first))
    unbias_square = -jnp.expm1(steps * math.log(second))

    def averaged(beta: float, old: Params, new: Params) -> Params:
        averages: Params = jax.tree.map(lambda a, b: beta * a + (1 - beta) * b, old, new)
        return averages

    means = averaged(first, state.means, gradients)
    squares = averaged(second, state.squares, jax.tree.map(jnp.square, gradients))

    def moved(value: Array, mean: Array, square: Array) -> Array:
        deviation = jnp.sqrt(square / unbias_square) + EPSILON
        return value - rate * (mean / unbias_mean) / deviation

    params = jax.tree.map(moved, state.params, means, squares)
    return State(params, means, squares, steps)
