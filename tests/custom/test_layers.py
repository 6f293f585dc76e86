"""Custom activations as layers, learnt parameters included, and in models that are saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import torch

import multiact.layers.flax
import multiact.layers.keras
import multiact.layers.torch
from tests.custom.samples import dynamic, relu_cos

# Keras reads its variables in a way that NumPy 2 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

X = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)


@pytest.mark.filterwarnings("ignore:`torch.jit.script")
def test_torch() -> None:
    layer = multiact.layers.torch.Activation(relu_cos, learnable="amplitude", channels=4)
    assert repr(layer).startswith("Activation('tests.custom.samples:relu_cos', amplitude=0.5")
    layer(torch.tensor(X)).sum().backward()
    expected = torch.tensor(X).cos().sum(0)
    torch.testing.assert_close(dict(layer.named_parameters())["amplitude"].grad, expected)
    fresh = multiact.layers.torch.Activation(relu_cos, learnable="amplitude", channels=4)
    fresh.load_state_dict({"amplitude": torch.arange(4.0)})
    by_hand = relu_cos(torch.tensor(X), torch.arange(4.0))
    torch.testing.assert_close(torch.compile(fresh)(torch.tensor(X)), by_hand)


def test_flax() -> None:
    import jax.numpy as jnp
    from flax import nnx

    layer = multiact.layers.flax.Activation(relu_cos, learnable=True)
    gradient = nnx.grad(lambda model: model(jnp.asarray(X)).sum())(layer)
    assert float(gradient["amplitude"][...][0]) == pytest.approx(np.cos(X).sum(), rel=1e-5)


def test_a_required_parameter_is_needed() -> None:
    with pytest.raises(TypeError, match="needs slope"):
        multiact.layers.torch.Activation(dynamic)
    layer = multiact.layers.torch.Activation(dynamic, slope=0.25, learnable="slope")
    assert [tuple(p.shape) for p in layer.parameters()] == [(1,)]


def test_keras(tmp_path: Path) -> None:
    entry = keras.Input((4,))
    hidden = relu_cos(entry, 0.25)
    hidden = keras.layers.Dense(3, activation=relu_cos)(hidden)
    exit_ = multiact.layers.keras.Activation(relu_cos, learnable=True, per_channel=True)(hidden)
    model = keras.Model(entry, exit_)
    model.compile("sgd", "mse")
    before = model.layers[-1].get_weights()[0]
    model.fit(X, np.ones((6, 3)), verbose=0)
    assert not np.array_equal(before, model.layers[-1].get_weights()[0])
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    (dense,) = (layer for layer in loaded.layers if isinstance(layer, keras.layers.Dense))
    assert dense.activation is relu_cos
    np.testing.assert_array_equal(loaded(X), model(X))


def test_one_that_nobody_has_made() -> None:
    config: dict[str, Any] = multiact.layers.keras.Activation(relu_cos).get_config()
    config["function"] = "tests.custom.nowhere:relu_cos"
    with pytest.raises(TypeError, match=r"import tests\.custom\.nowhere first"):
        multiact.layers.keras.Activation.from_config(config)
