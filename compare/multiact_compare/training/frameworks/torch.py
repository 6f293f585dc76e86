"""The networks in PyTorch: a module, autograd and ``torch.optim``, run eagerly.

Through ``torch.compile`` the steps on digits were no faster, measured on one core, and a network
compiled for 16 seconds (mlp) or 44 (cnn), more than a hundred epochs take.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from multiact_compare.training.activations import Activation
from multiact_compare.training.batches import Batch
from multiact_compare.training.frameworks import BETAS, EPSILON, Evaluated, Taken
from multiact_compare.training.models import POOL, Architecture, Dropout, Layer, Weights

CHANNELS = 1
"""The axis of the channels, which PyTorch has in front of height and width."""


class Module(nn.Module):
    """The steps of an architecture."""

    def __init__(
        self, architecture: Architecture, activation: Activation, dtype: torch.dtype
    ) -> None:
        super().__init__()
        self._steps = architecture.steps
        self._activation = activation
        self.layers = nn.ModuleList(_layer(layer, dtype) for layer in architecture.layers)

    def forward(
        self, x: Tensor, masks: Sequence[Tensor] | None = None, dead: list[Tensor] | None = None
    ) -> Tensor:
        """The logits. Without masks there is no dropout; ``dead`` is told the dead units."""
        layers = iter(self.layers)
        remaining = iter(masks or ())
        for step in self._steps:
            if isinstance(step, Layer):
                x = next(layers)(x)
            elif isinstance(step, Dropout):
                x = x if masks is None else x * next(remaining)
            elif step == "activation":
                y = self._activation(x, CHANNELS)
                if dead is not None:
                    slope = self._activation.pullback(x, torch.ones_like(y), CHANNELS)
                    elsewhere = [axis for axis in range(x.ndim) if axis != CHANNELS]
                    dead.append(((y == 0) & (slope == 0)).all(elsewhere))
                x = y
            elif step == "pool":
                x = functional.max_pool2d(x, POOL)
            else:
                x = x.flatten(1)
        return x


class Network:
    """A module with its optimizer."""

    def __init__(
        self,
        architecture: Architecture,
        activation: Activation,
        dtype: str,
        learning_rate: float,
    ) -> None:
        self._kind = architecture.optimizer
        self._learning_rate = learning_rate
        self._windows = _windows(architecture)
        self._module = Module(architecture, activation, getattr(torch, dtype))

    def load(self, weights: Weights) -> None:
        """Start from these weights, with a new optimizer."""
        with torch.no_grad():
            for parameters, window, (kernel, start) in zip(
                self._layers(), self._windows, weights, strict=True
            ):
                weight, bias = parameters
                weight.copy_(torch.from_numpy(_from_channels_last(kernel, window)))
                bias.copy_(torch.from_numpy(start))
        everything, rate = self._module.parameters(), self._learning_rate
        self._optimizer: torch.optim.Optimizer
        if self._kind == "sgd":
            self._optimizer = torch.optim.SGD(everything, rate)
        else:
            self._optimizer = torch.optim.Adam(everything, rate, BETAS, EPSILON)

    def weights(self) -> Weights:
        """Copies of the weights."""
        return [
            (_to_channels_last(weight.detach().numpy(), window), bias.detach().numpy().copy())
            for (weight, bias), window in zip(self._layers(), self._windows, strict=True)
        ]

    def step(self, batch: Batch) -> Taken:
        """One step of the optimizer."""
        self._optimizer.zero_grad()
        masks = [_array(mask) for mask in batch.masks]
        logits = self._module(_array(batch.images), masks)
        loss = functional.cross_entropy(logits, torch.from_numpy(batch.labels))
        torch.autograd.backward(loss)
        self._optimizer.step()
        gradients = [weight.grad for weight, _ in self._layers()]
        norms = [torch.linalg.vector_norm(g).item() for g in gradients if g is not None]
        return Taken(loss.item(), np.array(norms))

    @torch.no_grad()
    def evaluate(self, images: NDArray[np.floating], labels: NDArray[np.int64]) -> Evaluated:
        """Judge images."""
        dead: list[Tensor] = []
        logits = self._module(_array(images), dead=dead)
        expected = torch.from_numpy(labels)
        loss = functional.cross_entropy(logits, expected)
        right = (logits.argmax(1) == expected).double().mean()
        return Evaluated(loss.item(), right.item(), tuple(units.numpy() for units in dead))

    def _layers(self) -> Iterator[tuple[Tensor, Tensor]]:
        for layer in self._module.layers:
            assert isinstance(layer, nn.Conv2d | nn.Linear)
            assert layer.bias is not None
            yield layer.weight, layer.bias


def _layer(layer: Layer, dtype: torch.dtype) -> nn.Module:
    if layer.kind == "conv":
        height, width, inputs, outputs = layer.shape
        return nn.Conv2d(inputs, outputs, (height, width), dtype=dtype)
    inputs, outputs = layer.shape
    return nn.Linear(inputs, outputs, dtype=dtype)


def _array(values: NDArray[np.floating]) -> Tensor:
    """Images or a mask; channels go to the front."""
    tensor = torch.from_numpy(values)
    return tensor.permute(0, 3, 1, 2) if tensor.ndim == 4 else tensor


def _windows(architecture: Architecture) -> list[tuple[int, ...]]:
    """The shape height × width × inputs × outputs in which each layer's kernel is transposed.

    A dense layer behind the flattening reads height, width and channels in PyTorch's order; for
    those behind it, height and width are 1.
    """
    shapes = []
    place: tuple[int, ...] = architecture.flattened
    for layer in architecture.layers:
        if layer.kind == "conv":
            shapes.append(layer.shape)
        else:
            shapes.append((*place, layer.units))
            place = (1, 1, layer.units)
    return shapes


def _from_channels_last(kernel: NDArray[Any], window: tuple[int, ...]) -> NDArray[Any]:
    """A kernel, height × width × inputs × outputs, as PyTorch's outputs × inputs × …."""
    transposed = kernel.reshape(window).transpose(3, 2, 0, 1)
    return transposed if kernel.ndim == 4 else transposed.reshape(len(transposed), -1)


def _to_channels_last(weight: NDArray[Any], window: tuple[int, ...]) -> NDArray[Any]:
    """The inverse."""
    height, width, inputs, outputs = window
    kernel = weight.reshape(outputs, inputs, height, width).transpose(2, 3, 1, 0)
    # A copy in any case: the weight goes on being trained.
    return np.array(kernel if weight.ndim == 4 else kernel.reshape(-1, outputs))
