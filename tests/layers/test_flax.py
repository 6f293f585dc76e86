"""The layers at home in Flax."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx
from jax import export

import multiact
import multiact.layers.flax as layers

X = jnp.linspace(-3, 3, 30).reshape(10, 3)


class Network(nnx.Module):
    """Every kind of layer."""

    def __init__(self, rngs: nnx.Rngs) -> None:
        self.gate = layers.SwiGLU(3, 4, rngs=rngs)
        self.maxout = layers.Maxout(4, 4, 3, rngs=rngs)
        self.swish = layers.Swish(channels=4)
        self.rrelu = layers.RReLU(rngs=rngs)
        self.prelu = layers.PReLU()
        self.gelu = layers.Activation("gelu", "tanh")

    def __call__(self, x: jax.Array) -> jax.Array:
        hidden = self.swish(self.maxout(self.gate(x)))
        return self.gelu(self.prelu(self.rrelu(hidden)))


def paths(model: nnx.Module) -> set[str]:
    return {"/".join(path) for path, _ in nnx.to_flat_state(nnx.state(model, nnx.Param))}


def test_state() -> None:
    assert paths(Network(nnx.Rngs(0))) == {
        "gate/affine/kernel", "gate/affine/bias", "maxout/affine/kernel", "maxout/affine/bias",
        "swish/beta", "prelu/slope",
    }  # fmt: skip
    assert layers.PReLU(param_dtype=jnp.bfloat16).slope[...].dtype == jnp.bfloat16
    assert paths(layers.SiLU(beta=2.0)) == set()


def test_training_under_jit() -> None:
    model = Network(nnx.Rngs(0))
    optimiser = nnx.Optimizer(model, optax.sgd(0.05), wrt=nnx.Param)
    target = jax.random.normal(jax.random.key(1), (10, 4))
    # A copy, since the steps may reuse the buffers.
    before = jax.tree.map(np.array, nnx.state(model, nnx.Param))

    @nnx.jit
    def step(model: Network, optimiser: Any) -> jax.Array:
        def loss(model: Network) -> jax.Array:
            return ((model(X) - target) ** 2).mean()

        value, gradients = nnx.value_and_grad(loss)(model)
        optimiser.update(model, gradients)
        return value

    losses = [float(step(model, optimiser)) for _ in range(20)]
    assert losses[-1] < losses[0]
    moved = jax.tree.map(lambda a, b: bool((a != b).any()), before, nnx.state(model, nnx.Param))
    assert all(jax.tree.leaves(moved))


def test_split_and_merge() -> None:
    model = Network(nnx.Rngs(0))
    model.eval()
    graph, state = nnx.split(model)
    hash(graph)
    np.testing.assert_array_equal(nnx.merge(graph, state)(X), model(X))


@pytest.mark.parametrize("other", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies(other: Any) -> None:
    model = Network(nnx.Rngs(0))
    model.eval()
    np.testing.assert_array_equal(other(model)(X), model(X))


def test_rrelu_in_training_and_evaluation() -> None:
    layer, x = layers.RReLU(rngs=nnx.Rngs(0)), -jnp.ones(1000)
    first, second = layer(x), layer(x)
    assert (first != second).any()
    assert ((-first >= 1 / 8) & (-first <= 1 / 3)).all()
    np.testing.assert_array_equal(layers.RReLU(rngs=nnx.Rngs(0))(x), first)
    np.testing.assert_array_equal(layer(x, deterministic=True), multiact.rrelu(x))
    layer.eval()
    np.testing.assert_array_equal(layer(x), multiact.rrelu(x))
    assert (layer(x, deterministic=False) != layer(x)).any()


def test_an_explicit_slope_needs_no_rngs() -> None:
    np.testing.assert_array_equal(layers.RReLU(slope=0.25)(X), multiact.prelu(X, 0.25))


def test_rngs_at_the_call() -> None:
    layer = layers.GumbelSoftmax()
    key = jax.random.key(5)
    expected = multiact.gumbel_softmax(X, rng=key)
    np.testing.assert_array_equal(layer(X, rngs=key), expected)
    np.testing.assert_array_equal(layer(X, rngs=nnx.Rngs(1)), layer(X, rngs=nnx.Rngs(1)))


def test_missing_rngs() -> None:
    with pytest.raises(ValueError, match=r"RReLU draws random numbers.*deterministic=True"):
        layers.RReLU()(X)
    with pytest.raises(ValueError, match=r"GumbelSoftmax draws random numbers.*to the call\."):
        layers.GumbelSoftmax()(X)
    with pytest.raises(TypeError, match="RReLU got rngs of type int"):
        layers.RReLU(rngs=3)


@pytest.mark.parametrize("name", ["Maxout", "GEGLU"])
def test_each_map_is_drawn_by_itself(name: str) -> None:
    pieces = (2,) if name == "Maxout" else ()
    start = nnx.initializers.glorot_uniform()
    layer = getattr(layers, name)(300, 200, *pieces, kernel_init=start, rngs=nnx.Rngs(0))
    kernel = np.asarray(layer.affine.kernel[...])
    maps = (kernel[:, 0::2], kernel[:, 1::2]) if pieces else (kernel[:, :200], kernel[:, 200:])
    # Glorot's bound for one map of 300 by 200; for the matrix of both it would be smaller.
    bound = (6 / 500) ** 0.5
    for one in maps:
        assert 0.999 * bound < np.abs(one).max() <= bound
    assert abs(np.corrcoef(maps[0].ravel(), maps[1].ravel())[0, 1]) < 0.02


def test_options_of_linear() -> None:
    layer = layers.SwiGLU(3, 4, use_bias=False, param_dtype=jnp.bfloat16, rngs=nnx.Rngs(0))
    assert paths(layer) == {"affine/kernel"}
    assert layer.affine.kernel[...].dtype == jnp.bfloat16


def test_jax_export() -> None:
    model = Network(nnx.Rngs(0))
    model.eval()
    graph, state = nnx.split(model)

    def apply(state: Any, x: jax.Array) -> jax.Array:
        return nnx.merge(graph, state)(x)

    leaves, tree = jax.tree.flatten(state)

    def flat(leaves: list[jax.Array], x: jax.Array) -> jax.Array:
        return apply(jax.tree.unflatten(tree, leaves), x)

    rows = jax.ShapeDtypeStruct(export.symbolic_shape("rows, 3"), jnp.float32)
    kinds = [jax.ShapeDtypeStruct(leaf.shape, leaf.dtype) for leaf in leaves]
    stored = export.export(jax.jit(flat))(kinds, rows).serialize()
    loaded = export.deserialize(bytearray(stored))
    for x in (X, X[:4]):
        np.testing.assert_allclose(loaded.call(leaves, x), model(x), rtol=1e-6, atol=1e-7)
