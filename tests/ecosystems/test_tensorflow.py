"""TensorFlow's SavedModel: saved, loaded where there is no multiact, and differentiated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import multiact
from tests.ecosystems.catalogue import calls
from tests.ecosystems.processes import run_without_multiact

# AutoGraph cannot read what multiact has made at run time, and need not.
pytestmark = pytest.mark.filterwarnings("ignore:.*AutoGraph could not transform")

X = np.random.default_rng(1).normal(0, 2, (7, 6)).astype(np.float32)
COTANGENT = np.random.default_rng(2).normal(size=(7, 3)).astype(np.float32)


class Network(tf.Module):
    """Kernels of TensorFlow, lifted formulas and functions of rows, with learnt parameters."""

    def __init__(self) -> None:
        super().__init__()
        weights = np.random.default_rng(0).normal(size=(6, 6))
        self.weights = tf.Variable(weights.astype(np.float32))
        self.slope = tf.Variable(np.linspace(0.1, 0.6, 6, dtype=np.float32))
        self.beta = tf.Variable(1.5)

    @tf.function(input_signature=[tf.TensorSpec([None, 6], tf.float32)])
    def __call__(self, x: Any) -> Any:
        hidden = multiact.prelu(x @ self.weights, self.slope)
        hidden = multiact.silu(hidden, beta=self.beta) + multiact.gelu(hidden)
        hidden = multiact.mish(multiact.elu(hidden)) + multiact.leaky_relu(hidden)
        return multiact.maxout(multiact.entmax15(hidden) + multiact.softmax(hidden), 2)


def gradients(model: Any) -> list[Any]:
    """Those of a weighted sum of the outputs, with respect to the input and every variable."""
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(model(x) * COTANGENT)
    found = tape.gradient(total, [x, model.weights, model.slope, model.beta])
    return [gradient.numpy() for gradient in found]


def test_a_module(tmp_path: Path) -> None:
    model = Network()
    tf.saved_model.save(model, str(tmp_path / "saved"))
    np.save(tmp_path / "x.npy", X)
    run_without_multiact(
        """
        import numpy as np, tensorflow as tf
        model = tf.saved_model.load("saved")
        np.save("y.npy", model(tf.constant(np.load("x.npy"))).numpy())
        """,
        tmp_path,
    )
    np.testing.assert_array_equal(np.load(tmp_path / "y.npy"), model(X))


def test_gradients_of_what_was_loaded(tmp_path: Path) -> None:
    model = Network()
    tf.saved_model.save(model, str(tmp_path / "saved"))
    loaded = tf.saved_model.load(str(tmp_path / "saved"))
    for found, expected in zip(gradients(loaded), gradients(model), strict=True):
        assert np.abs(expected).max() > 0
        np.testing.assert_array_equal(found, expected)


@pytest.mark.thorough
def test_every_function(tmp_path: Path) -> None:
    class Catalogue(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 6], tf.float32)])
        def __call__(self, x: Any) -> Any:
            return {call.name: call.function(x, **call.params) for call in calls()}

    model = Catalogue()
    tf.saved_model.save(model, str(tmp_path / "saved"))
    loaded = tf.saved_model.load(str(tmp_path / "saved"))
    x = tf.constant(X)
    results = []
    for program in (model, loaded):
        with tf.GradientTape() as tape:
            tape.watch(x)
            values = program(x)
            total = tf.add_n([tf.reduce_sum(value**2) for value in values.values()])
        results.append((values, tape.gradient(total, x)))
    (expected, slope), (found, loaded_slope) = results
    assert set(found) == set(multiact.records)
    for name, value in found.items():
        np.testing.assert_array_equal(value, expected[name], err_msg=name)
    np.testing.assert_array_equal(loaded_slope, slope)
