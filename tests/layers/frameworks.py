"""The same layer in each framework: made, given the same weights, and differentiated."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

Arrays = dict[str, Any]


class Run(NamedTuple):
    """What one framework computed: the result, and gradients to x and to every weight."""

    y: Any
    x: Any
    weights: Arrays


class Framework(Enum):
    """One framework with layers; weights go by Keras's names, ``affine/kernel`` for nested ones."""

    TORCH = "torch"
    KERAS = "keras"
    FLAX = "flax"

    @property
    def door(self) -> Any:
        """``multiact.layers.<framework>``."""
        return import_module(f"multiact.layers.{self.value}")

    def make(self, name: str, *args: Any, channels: int | None = None, **params: Any) -> Any:
        """A layer whose learnt parameters have one value per channel, or one in all."""
        if channels is not None:
            params |= {"per_channel": True} if self is Framework.KERAS else {"channels": channels}
        return getattr(self.door, name)(*args, **params)

    def affine(self, name: str, inputs: int, outputs: int, *args: Any) -> Any:
        """Maxout or a gated unit."""
        if self is Framework.KERAS:
            return getattr(self.door, name)(outputs, *args)
        if self is Framework.FLAX:
            from flax import nnx

            return getattr(self.door, name)(inputs, outputs, *args, rngs=nnx.Rngs(0))
        return getattr(self.door, name)(inputs, outputs, *args)

    def run(self, layer: Any, x: Any, cotangent: Any, weights: Mapping[str, Any]) -> Run:
        """The layer with these weights at x, and its gradients."""
        return _RUNS[self](layer, x, cotangent, weights)


def _torch(layer: Any, x: Any, cotangent: Any, weights: Mapping[str, Any]) -> Run:
    import torch

    parameters = {}
    for name, parameter in layer.named_parameters():
        parameters[name.replace(".", "/").replace("weight", "kernel")] = parameter
    assert set(parameters) == set(weights)
    with torch.no_grad():
        for name, value in weights.items():
            parameters[name].copy_(torch.tensor(value.T))
    at = torch.tensor(x, requires_grad=True)
    y = layer(at)
    y.backward(torch.tensor(cotangent))
    found = {name: parameter.grad.numpy().T for name, parameter in parameters.items()}
    return Run(y.detach().numpy(), at.grad.numpy(), found)


def _keras(layer: Any, x: Any, cotangent: Any, weights: Mapping[str, Any]) -> Run:
    import tensorflow as tf

    at = tf.Variable(x)
    layer(x)
    variables = {}
    for variable in layer.trainable_variables:
        own = variable.path.split("/")
        variables["/".join(own[own.index("affine") :] if "affine" in own else own[-1:])] = variable
    assert set(variables) == set(weights)
    for name, value in weights.items():
        variables[name].assign(value)
    with tf.GradientTape() as tape:
        y = layer(tf.convert_to_tensor(at))
    sources = {"x": at, **{name: variable.value for name, variable in variables.items()}}
    found = tape.gradient(y, sources, tf.constant(cotangent))
    gradients = {name: value.numpy() for name, value in found.items()}
    return Run(y.numpy(), gradients.pop("x"), gradients)


def _flax(layer: Any, x: Any, cotangent: Any, weights: Mapping[str, Any]) -> Run:
    import jax
    import jax.numpy as jnp
    from flax import nnx

    graph, state, rest = nnx.split(layer, nnx.Param, ...)
    flat = nnx.to_flat_state(state)
    assert {"/".join(path) for path, _ in flat} == set(weights)
    values = {path: jnp.asarray(weights["/".join(path)]) for path, _ in flat}

    def function(at: Any, values: Any) -> Any:
        parameters = {path: variable.replace(values[path]) for path, variable in flat}
        return nnx.merge(graph, nnx.from_flat_state(parameters), rest)(at)

    y, pull = jax.vjp(function, jnp.asarray(x), values)
    x_gradient, gradients = pull(jnp.asarray(cotangent))
    found = {"/".join(path): np.asarray(value) for path, value in gradients.items()}
    return Run(np.asarray(y), np.asarray(x_gradient), found)


_RUNS = {Framework.TORCH: _torch, Framework.KERAS: _keras, Framework.FLAX: _flax}
