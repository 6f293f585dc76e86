"""The networks in TensorFlow: variables, a gradient tape and ``tf.function``.

Without ``jit_compile``: XLA's steps of cnn on digits took 1.4 (float32) and 7 times (float64) as
long as those of TensorFlow's own kernels, measured on one core, and compiling them 10 to 20 times.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from multiact_compare.training.activations import Activation
from multiact_compare.training.batches import Batch
from multiact_compare.training.frameworks import BETAS, EPSILON, Evaluated, Taken
from multiact_compare.training.models import POOL, Architecture, Dropout, Layer, Weights


class Network:
    """Variables with the compiled functions that train and judge them."""

    def __init__(
        self,
        architecture: Architecture,
        activation: Activation,
        dtype: str,
        learning_rate: float,
    ) -> None:
        self._steps = architecture.steps
        self._activation = activation
        self._dtype = tf.as_dtype(dtype)
        self._rate = learning_rate
        shapes = [shape for layer in architecture.layers for shape in (layer.shape, (layer.units,))]
        self._variables = self._zeros(shapes)
        adam = architecture.optimizer == "adam"
        self._means, self._squares = (self._zeros(shapes if adam else []) for _ in range(2))
        self._count = tf.Variable(tf.zeros([], self._dtype))
        self._update = self._adam if adam else self._descend
        self._compiled_step = tf.function(self._step, autograph=False)
        self._compiled_judge = tf.function(self._judge, autograph=False)

    def load(self, weights: Weights) -> None:
        """Start from these weights, with the optimizer's state new."""
        flat = [part for layer in weights for part in layer]
        for variable, value in zip(self._variables, flat, strict=True):
            variable.assign(value.astype(self._dtype.as_numpy_dtype))
        for state in (*self._means, *self._squares, self._count):
            state.assign(tf.zeros_like(state))

    def weights(self) -> Weights:
        """Copies of the weights."""
        flat = [variable.numpy() for variable in self._variables]
        return list(zip(flat[::2], flat[1::2], strict=True))

    def step(self, batch: Batch) -> Taken:
        """One step of the optimizer."""
        masks = [tf.constant(mask) for mask in batch.masks]
        loss, norms = self._compiled_step(
            tf.constant(batch.images), tf.constant(batch.labels), masks
        )
        return Taken(float(loss), norms.numpy())

    def evaluate(self, images: NDArray[np.floating], labels: NDArray[np.int64]) -> Evaluated:
        """Judge images."""
        loss, right, dead = self._compiled_judge(tf.constant(images), tf.constant(labels))
        return Evaluated(float(loss), float(right), tuple(units.numpy() for units in dead))

    # Compiled

    def _step(self, images: Any, labels: Any, masks: Sequence[Any]) -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            logits = self._logits(images, masks)
            loss = _cross_entropy(logits, labels)
        gradients = tape.gradient(loss, self._variables)
        self._update(gradients)
        return loss, tf.stack([tf.norm(gradient) for gradient in gradients[::2]])

    def _judge(self, images: Any, labels: Any) -> tuple[Any, Any, list[Any]]:
        dead: list[Any] = []
        logits = self._logits(images, dead=dead)
        right = tf.argmax(logits, axis=1) == labels
        share = tf.reduce_mean(tf.cast(right, tf.float64))
        return _cross_entropy(logits, labels), share, dead

    def _logits(
        self, x: Any, masks: Sequence[Any] | None = None, dead: list[Any] | None = None
    ) -> Any:
        """Without masks there is no dropout; ``dead`` is told the dead units."""
        variables = iter(self._variables)
        remaining = iter(masks or ())
        for step in self._steps:
            if isinstance(step, Layer):
                kernel, bias = next(variables), next(variables)
                if step.kind == "conv":
                    x = tf.nn.bias_add(tf.nn.conv2d(x, kernel, strides=1, padding="VALID"), bias)
                else:
                    x = tf.nn.bias_add(tf.matmul(x, kernel), bias)
            elif isinstance(step, Dropout):
                x = x if masks is None else x * next(remaining)
            elif step == "activation":
                y = self._activation(x)
                if dead is not None:
                    slope = self._activation.pullback(x, tf.ones_like(y))
                    still = tf.logical_and(y == 0, slope == 0)
                    dead.append(tf.reduce_all(still, axis=list(range(x.shape.rank - 1))))
                x = y
            elif step == "pool":
                x = tf.nn.max_pool2d(x, POOL, POOL, "VALID")
            else:
                x = tf.reshape(x, [x.shape[0], -1])
        return x

    def _descend(self, gradients: Sequence[Any]) -> None:
        for variable, gradient in zip(self._variables, gradients, strict=True):
            variable.assign_sub(self._rate * gradient)

    def _adam(self, gradients: Sequence[Any]) -> None:
        """Written out: TensorFlow's own kernel adds ε elsewhere, see ``EPSILON``."""
        first, second = BETAS
        self._count.assign_add(1)
        # 1 − βᵗ, which in float32 would lose half of its digits for the first t.
        unbias_mean = -tf.math.expm1(self._count * np.log(first))
        unbias_square = -tf.math.expm1(self._count * np.log(second))
        for variable, mean, square, gradient in zip(
            self._variables, self._means, self._squares, gradients, strict=True
        ):
            mean.assign(first * mean + (1 - first) * gradient)
            square.assign(second * square + (1 - second) * gradient**2)
            deviation = tf.sqrt(square / unbias_square) + EPSILON
            variable.assign_sub(self._rate * (mean / unbias_mean) / deviation)

    def _zeros(self, shapes: Sequence[tuple[int, ...]]) -> list[Any]:
        return [tf.Variable(tf.zeros(shape, self._dtype)) for shape in shapes]


def _cross_entropy(logits: Any, labels: Any) -> Any:
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    return tf.reduce_mean(losses)
