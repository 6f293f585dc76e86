"""The perceptron in NumPy, forward and backward by hand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from multiact_compare.training.activations import Activation
from multiact_compare.training.batches import Batch
from multiact_compare.training.frameworks import Evaluated, Taken
from multiact_compare.training.models import Architecture, Weights


class Network:
    """Two dense layers with the activation between them, trained by gradient descent."""

    def __init__(
        self,
        architecture: Architecture,
        activation: Activation,
        dtype: str,
        learning_rate: float,
    ) -> None:
        if architecture.model != "mlp":
            raise ValueError(f"NumPy trains the model mlp alone, not {architecture.model}")
        self._activation = activation
        self._dtype = dtype
        self._learning_rate = learning_rate

    def load(self, weights: Weights) -> None:
        """Start from these weights."""
        (self._w1, self._b1), (self._w2, self._b2) = (
            (kernel.astype(self._dtype), bias.astype(self._dtype)) for kernel, bias in weights
        )

    def weights(self) -> Weights:
        """Copies of the weights."""
        layers = ((self._w1, self._b1), (self._w2, self._b2))
        return [(kernel.copy(), bias.copy()) for kernel, bias in layers]

    def step(self, batch: Batch) -> Taken:
        """One step of gradient descent; the chain rule, from the logits back."""
        size = len(batch.labels)
        x = batch.images.reshape(size, -1)
        z = x @ self._w1 + self._b1
        h = self._activation(z)
        logits = h @ self._w2 + self._b2
        loss, probabilities = _cross_entropy(logits, batch.labels)
        # The derivative of the mean cross-entropy by the logits: softmax minus the one-hot label.
        error = probabilities
        error[np.arange(size), batch.labels] -= 1
        error /= size
        hidden_error = self._activation.pullback(z, error @ self._w2.T)
        dw2, db2 = h.T @ error, error.sum(axis=0)
        dw1, db1 = x.T @ hidden_error, hidden_error.sum(axis=0)
        for value, gradient in (
            (self._w1, dw1),
            (self._b1, db1),
            (self._w2, dw2),
            (self._b2, db2),
        ):
            value -= self._learning_rate * gradient
        return Taken(loss, np.array([np.linalg.norm(dw1), np.linalg.norm(dw2)]))

    def evaluate(self, images: NDArray[np.floating], labels: NDArray[np.int64]) -> Evaluated:
        """Judge images."""
        z = images.reshape(len(labels), -1) @ self._w1 + self._b1
        h = self._activation(z)
        slope = self._activation.pullback(z, np.ones_like(h))
        logits = h @ self._w2 + self._b2
        loss, _ = _cross_entropy(logits, labels)
        right = logits.argmax(axis=1) == labels
        dead = ((h == 0) & (slope == 0)).all(axis=0)
        return Evaluated(loss, float(right.mean()), (dead,))


def _cross_entropy(
    logits: NDArray[np.floating], labels: NDArray[np.int64]
) -> tuple[float, NDArray[np.floating]]:
    """The mean of −ln softmax at the labels, and the softmax."""
    # The largest logit becomes 0: nothing overflows, and the sum is at least 1.
    shifted = logits - logits.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    sums = exponentials.sum(axis=1, keepdims=True)
    chosen = shifted[np.arange(len(labels)), labels]
    losses = np.log(sums[:, 0]) - chosen
    return float(losses.mean()), exponentials / sums
