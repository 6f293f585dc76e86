"""The functions themselves in Keras models: as ``activation=``, and on symbolic tensors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import multiact

# The plugins of pytest import multiact before Keras, and nothing is called before it is saved.
import multiact.layers.keras

# Keras reads its variables in a way that NumPy 2 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

X = np.random.default_rng(0).normal(size=(16, 4)).astype(np.float32)


@pytest.mark.parametrize("name", ["gelu", "leaky_relu", "hard_tanh", "mish", "squareplus"])
@pytest.mark.parametrize("tier", [multiact, multiact.precise])
def test_activation_of_a_layer(tmp_path: Path, name: str, tier: Any) -> None:
    """Keras has functions of these names, some of them with other values."""
    function = getattr(tier, name)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(5, activation=function)])
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.layers[0].activation is function
    np.testing.assert_array_equal(loaded(X), model(X))


def test_a_functional_model(tmp_path: Path) -> None:
    entry = keras.Input((4,))
    hidden = multiact.gelu(entry, approximate="tanh")
    hidden = multiact.maxout(hidden, 2)
    exit_ = multiact.silu(hidden, beta=2.0) + multiact.prelu(hidden, 0.25)
    assert exit_.shape == (None, 2)
    model = keras.Model(entry, exit_)
    inner = multiact.maxout(multiact.gelu(X, approximate="tanh"), 2)
    expected = multiact.silu(inner, beta=2.0) + multiact.prelu(inner, 0.25)
    np.testing.assert_allclose(model.predict(X, verbose=0), expected, rtol=2e-6, atol=1e-6)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict(X, verbose=0), model.predict(X, verbose=0))


@pytest.mark.parametrize("name", list(multiact.records))
def test_every_function_on_a_symbolic_tensor(name: str) -> None:
    needed = {"prelu": (0.25,), "maxout": (2,), "clipped_relu": (1.0,), "threshold": (0.5, 0.0)}
    function, args = getattr(multiact, name), needed.get(name, ())
    y = function(keras.KerasTensor((3, 4)), *args)
    expected = function(np.ones((3, 4), np.float32), *args)
    assert y.shape == expected.shape
    assert y.dtype == "float32"
    assert isinstance(y, keras.KerasTensor)


def test_a_slope_that_is_symbolic() -> None:
    """A dynamic activation: one part of the network decides the slope of another."""
    entry, slope = keras.Input((4,)), keras.Input((4,))
    model = keras.Model([entry, slope], multiact.prelu(entry, slope))
    slopes = np.abs(X)
    np.testing.assert_array_equal(model([X, slopes]), multiact.prelu(X, slopes))


def test_variables() -> None:
    variable = keras.Variable(X)
    np.testing.assert_array_equal(multiact.relu(variable), multiact.relu(X))
    slope = keras.Variable(np.float32([0.25, 0.5, 0.75, 1.0]))
    expected = multiact.prelu(X, np.float32([0.25, 0.5, 0.75, 1.0]))
    np.testing.assert_array_equal(multiact.prelu(variable, slope), expected)
    np.testing.assert_array_equal(multiact.prelu(variable, slope=slope), expected)


def test_wrong_arguments_are_named_at_once() -> None:
    with pytest.raises(ValueError, match="gelu got approximate='erf'"):
        multiact.gelu(keras.Input((4,)), "erf")
    with pytest.raises(TypeError, match="unexpected keyword argument 'slope'"):
        multiact.gelu(keras.Input((4,)), slope=1.0)  # type: ignore[call-arg]


def test_no_gradients_of_symbolic_tensors() -> None:
    with pytest.raises(TypeError, match="has no derivative"):
        multiact.derivative(multiact.gelu, keras.Input((4,)))
    with pytest.raises(TypeError, match="has no precise tier"):
        multiact.precise.gelu(keras.Input((4,)))
