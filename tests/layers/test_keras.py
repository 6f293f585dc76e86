"""The layers at home in Keras, on its TensorFlow backend; test_keras_backends has the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import multiact
import multiact.layers.keras as layers
from multiact.layers import NAMES

# Keras reads its variables in a way that NumPy 2 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

X = np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32)
NEEDED: dict[str, tuple[Any, ...]] = {
    "Activation": ("gelu", "tanh"), "ClippedReLU": (2.0,), "Threshold": (0.5, -1.0),
    "Maxout": (4, 3), **dict.fromkeys(["GLU", "ReGLU", "GEGLU", "SwiGLU", "Bilinear"], (4,)),
}  # fmt: skip


def value(variable: Any) -> Any:
    """A copy of what a variable holds."""
    return keras.ops.convert_to_numpy(variable).copy()


def network() -> keras.Sequential:
    """Every kind of layer."""
    return keras.Sequential([
        keras.Input((3,)),
        layers.SwiGLU(4),
        layers.Maxout(4, 3),
        layers.Swish(per_channel=True),
        layers.RReLU(seed=1),
        layers.PReLU(),
        layers.Activation("gelu", "tanh"),
    ])  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_config(name: str) -> None:
    layer = getattr(layers, name)(*NEEDED.get(name, ()), name="one", dtype="float32")
    config = layer.get_config()
    json.dumps(config)
    again = type(layer).from_config(config)
    assert again.get_config() == config
    assert again.name == "one"
    stored = keras.saving.serialize_keras_object(layer)
    assert stored["registered_name"] == f"multiact>{name}"
    assert type(keras.saving.deserialize_keras_object(stored)) is type(layer)


def test_config_of_learnt_parameters() -> None:
    layer = layers.XIELU(alpha_n=0.5, learnable="alpha_p", per_channel=True, axis=1)
    again = layers.XIELU.from_config(layer.get_config())
    assert again.settings == layer.settings
    assert again.per_channel
    fixed = layers.PReLU.from_config(layers.PReLU(0.1, learnable=False).get_config())
    fixed.build((None, 3))
    assert fixed.weights == []


def test_fit_save_and_load(tmp_path: Path) -> None:
    model = network()
    model.compile(keras.optimizers.SGD(0.05), "mse")
    target = np.random.default_rng(1).normal(size=(64, 4)).astype(np.float32)
    before = [value(weight) for weight in model.trainable_weights]
    losses = model.fit(X, target, epochs=10, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert all((value(w) != b).any() for w, b in zip(model.trainable_weights, before, strict=True))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert [type(layer) for layer in loaded.layers] == [type(layer) for layer in model.layers]
    np.testing.assert_array_equal(loaded.predict(X, verbose=0), model.predict(X, verbose=0))


@pytest.mark.parametrize("name", NAMES)
def test_output_shape_is_that_of_the_result(name: str) -> None:
    x = np.random.default_rng(2).normal(size=(2, 4, 6)).astype(np.float32)
    layer = getattr(layers, name)(*NEEDED.get(name, ()))
    assert layer.compute_output_shape(x.shape) == tuple(layer(x).shape)


def test_unknown_batch() -> None:
    assert layers.CReLU()(keras.Input((None, 3))).shape == (None, None, 6)
    assert layers.LogSumExp()(keras.Input((5, 3))).shape == (None, 5)


def test_masks_pass() -> None:
    sequences = np.array([[1, 2, 0], [3, 0, 0]])
    for name in NAMES:
        embedded = keras.layers.Embedding(4, 6, mask_zero=True)(sequences)
        y = getattr(layers, name)(*NEEDED.get(name, ()))(embedded)
        np.testing.assert_array_equal(keras.src.backend.get_keras_mask(y), sequences != 0)


def test_per_channel() -> None:
    layer = layers.PReLU(per_channel=True, axis=1)
    layer.build((None, 3, 8, 8))
    assert layer.slope.shape == (3,)
    np.testing.assert_array_equal(layer.slope, [0.25] * 3)
    with pytest.raises(ValueError, match=r"axis 1 of inputs of shape \(None, None\).*known length"):
        layers.PReLU(per_channel=True, axis=1).build((None, None))


def test_a_wrong_channel_count() -> None:
    layer = layers.Swish(per_channel=True)
    layer.build((None, 3))
    with pytest.raises(ValueError, match=r"Swish got beta with 3 entries for axis 1.*\(64, 2\)"):
        layer(X[:, :2])
    with pytest.raises(ValueError, match="learns nothing"):
        layers.SiLU(per_channel=True)


def test_trainable_is_kerass() -> None:
    layer = layers.PReLU(trainable=False)
    layer.build((None, 3))
    assert len(layer.non_trainable_weights) == 1


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "float16", "float64"])
def test_dtype_policies(policy: str) -> None:
    for name in ("Swish", "PReLU", "RReLU", "GumbelSoftmax"):
        layer = getattr(layers, name)(dtype=policy)
        assert layer(X, training=True).dtype == layer.compute_dtype
    mixed = layers.Maxout(4, 2, dtype="mixed_bfloat16")
    assert mixed(X).dtype == "bfloat16"
    assert mixed.affine.kernel.dtype == "float32"


def test_rrelu_in_training_and_evaluation() -> None:
    x = -np.ones((1000,), np.float32)
    layer = layers.RReLU(seed=3)
    first = np.array(layer(x, training=True))
    assert (first != np.array(layer(x, training=True))).any()
    assert ((-first >= 1 / 8) & (-first <= 1 / 3)).all()
    np.testing.assert_array_equal(layers.RReLU(seed=3)(x, training=True), first)
    np.testing.assert_array_equal(layer(x), multiact.rrelu(x))
    np.testing.assert_array_equal(layers.RReLU(slope=0.5)(x, training=True), x / 2)


def test_gumbel_softmax_draws() -> None:
    layer = layers.GumbelSoftmax(hard=True, seed=0)
    logits = np.log(np.tile(np.float32([0.2, 0.8]), (4000, 1)))
    share = np.array(layer(logits))[:, 0].mean()
    # Four standard errors.
    assert abs(share - 0.2) < 4 * (0.16 / 4000) ** 0.5


def test_a_seed_for_nothing() -> None:
    with pytest.raises(TypeError, match="GELU got a seed and draws no numbers"):
        layers.GELU(seed=1)


@pytest.mark.parametrize("start", ["glorot_uniform", keras.initializers.GlorotUniform(seed=4)])
@pytest.mark.parametrize("name", ["Maxout", "GEGLU"])
def test_each_map_is_drawn_by_itself(name: str, start: Any) -> None:
    pieces = (2,) if name == "Maxout" else ()
    layer = getattr(layers, name)(200, *pieces, kernel_initializer=start)
    layer.build((None, 300))
    kernel = value(layer.affine.kernel)
    maps = (kernel[:, 0::2], kernel[:, 1::2]) if pieces else (kernel[:, :200], kernel[:, 200:])
    # Glorot's bound for one map of 300 by 200; for the matrix of both it would be smaller.
    bound = np.float32((6 / 500) ** 0.5)
    for one in maps:
        assert 0.999 * bound < np.abs(one).max() <= bound * (1 + 1e-6)
    assert abs(np.corrcoef(maps[0].ravel(), maps[1].ravel())[0, 1]) < 0.02


@pytest.mark.parametrize("units", [0, 2.5, True])
def test_wrong_sizes(units: Any) -> None:
    with pytest.raises(ValueError, match=r"SwiGLU got units="):
        layers.SwiGLU(units)
    with pytest.raises(ValueError, match=r"Maxout got pieces="):
        layers.Maxout(3, units)


def test_regularizers() -> None:
    layer = layers.Maxout(4, 2, kernel_regularizer="l2")
    layer(X)
    expected = 0.01 * (value(layer.affine.kernel) ** 2).sum()
    np.testing.assert_allclose(float(layer.losses[0]), expected, rtol=1e-5)


def test_saved_model(tmp_path: Path) -> None:
    model = network()
    model.export(tmp_path / "saved", verbose=False)
    served = tf.saved_model.load(str(tmp_path / "saved"))
    np.testing.assert_allclose(served.serve(X), model(X), rtol=1e-6, atol=1e-7)
