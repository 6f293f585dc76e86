"""Keras on each of its backends, which is chosen once per process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

BACKENDS = ("tensorflow", "jax", "torch")
FOLDERS = [folder for folder in sys.path if folder]

PROGRAM = """
import sys
import keras, numpy as np, multiact
import multiact.layers.keras as layers

folder, backend = sys.argv[1:]
assert keras.config.backend() == backend
x = np.random.default_rng(0).normal(size=(32, 3)).astype("float32")
target = np.random.default_rng(1).normal(size=(32, 4)).astype("float32")
entry = keras.Input((3,))
hidden = keras.layers.Dense(4, activation=multiact.leaky_relu)(entry)
hidden = multiact.gelu(hidden, approximate="tanh")
hidden = layers.Swish(per_channel=True)(layers.Maxout(4, 2)(layers.SwiGLU(4)(hidden)))
hidden = layers.RReLU(seed=0)(layers.PReLU()(hidden))
model = keras.Model(entry, hidden)
# The same weights in every backend.
rng = np.random.default_rng(2)
model.set_weights([
    rng.normal(0, 0.5, w.shape).astype("float32") if w.dtype.kind == "f" else w
    for w in model.get_weights()
])
np.save(f"{folder}/{backend}.npy", model.predict(x, verbose=0))
model.compile(keras.optimizers.SGD(0.05), "mse")
before = [keras.ops.convert_to_numpy(w).copy() for w in model.trainable_weights]
losses = model.fit(x, target, epochs=10, verbose=0, shuffle=False).history["loss"]
assert losses[-1] < losses[0], losses
after = [keras.ops.convert_to_numpy(w) for w in model.trainable_weights]
assert all((a != b).any() for a, b in zip(before, after))
model.save(f"{folder}/{backend}.keras")
loaded = keras.models.load_model(f"{folder}/{backend}.keras")
assert loaded.layers[1].activation is multiact.leaky_relu
assert (loaded.predict(x, verbose=0) == model.predict(x, verbose=0)).all()
np.save(f"{folder}/{backend}-trained.npy", loaded.predict(x, verbose=0))
"""

LOAD = """
import sys
import keras, numpy as np
import multiact.layers.keras

folder, backend = sys.argv[1:]
model = keras.models.load_model(f"{folder}/tensorflow.keras")
x = np.random.default_rng(0).normal(size=(32, 3)).astype("float32")
np.save(f"{folder}/{backend}-loaded.npy", model.predict(x, verbose=0))
"""


def run(program: str, folder: Path, backend: str) -> None:
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": os.pathsep.join(FOLDERS)}
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder), backend],
        env=environment, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where every backend leaves what it computed with the same weights, and its model."""
    folder = tmp_path_factory.mktemp("keras")
    for backend in BACKENDS:
        run(PROGRAM, folder, backend)
    return folder


def test_same_outputs(folder: Path) -> None:
    """Five matrix products of four terms each, and the functions' own 8 ULP."""
    first, *others = (np.load(folder / f"{backend}.npy") for backend in BACKENDS)
    bound = 64 * np.finfo(np.float32).eps * max(1.0, float(np.abs(first).max()))
    for other in others:
        assert np.abs(other - first).max() <= bound


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_a_model_saved_on_one_backend_is_loaded_on_another(folder: Path, backend: str) -> None:
    run(LOAD, folder, backend)
    expected = np.load(folder / "tensorflow-trained.npy")
    bound = 64 * np.finfo(np.float32).eps * max(1.0, float(np.abs(expected).max()))
    assert np.abs(np.load(folder / f"{backend}-loaded.npy") - expected).max() <= bound


# How Keras writes names does not depend on its backend.
@pytest.mark.parametrize(
    "backend",
    [
        name if name == "jax" else pytest.param(name, marks=pytest.mark.thorough)
        for name in BACKENDS
    ],
)
@pytest.mark.parametrize(
    "first",
    ["import keras, multiact", "import multiact; import keras; multiact.relu(keras.ops.ones(1))"],
)
def test_functions_keep_their_names_without_the_door(
    tmp_path: Path, backend: str, first: str
) -> None:
    """Keras has a leaky_relu of its own, with another slope."""
    program = f"""
import sys
{first}
layer = keras.layers.Dense(2, activation=multiact.leaky_relu)
assert layer.get_config()["activation"]["config"] == "multiact>leaky_relu", layer.get_config()
assert keras.layers.Dense.from_config(layer.get_config()).activation is multiact.leaky_relu
"""
    run(program, tmp_path, backend)


def test_the_gap_that_remains(tmp_path: Path) -> None:
    """Keras cannot be told by a module that was imported before it; the documentation says so."""
    program = """
import multiact
import keras
layer = keras.layers.Dense(2, activation=multiact.leaky_relu)
assert layer.get_config()["activation"] == "leaky_relu"
import multiact.layers.keras
assert layer.get_config()["activation"]["config"] == "multiact>leaky_relu"
"""
    run(program, tmp_path, "jax")
