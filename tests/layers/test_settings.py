"""What a layer may be asked for, and what it says otherwise: the same in every framework."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import multiact
from multiact.layers import NAMES
from multiact.layers._names import class_name, find
from multiact.layers._shapes import output_shape
from tests.layers.frameworks import Framework

X = np.linspace(-2, 2, 12, dtype=np.float32).reshape(3, 4)


def call(framework: Framework, layer: Any, x: Any, *args: Any) -> Any:
    """The layer at an array of NumPy."""
    if framework is Framework.TORCH:
        import torch

        return layer(torch.tensor(x), *args).detach().numpy()
    if framework is Framework.FLAX:
        import jax.numpy as jnp

        return np.asarray(layer(jnp.asarray(x), *args))
    return np.asarray(layer(x, *args))


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("gelu", "GELU"), ("leaky_relu", "LeakyReLU"), ("hard_swish", "HardSwish"),
        ("log_softmax", "LogSoftmax"), ("acon_c", "AconC"), ("gelu_10", "GELU10"),
        ("swiglu", "SwiGLU"), ("thresholded_relu", "ThresholdedReLU"), ("xielu", "XIELU"),
    ],
)  # fmt: skip
def test_class_names(function: str, expected: str) -> None:
    assert class_name(function) == expected
    assert expected in NAMES


def test_every_function_has_a_layer() -> None:
    names = {class_name(name) for name in multiact.records}
    assert names <= set(NAMES)
    # linear is an affine map where layers are concerned.
    assert "Linear" not in NAMES


def test_the_doors_have_the_same_layers(framework: Framework) -> None:
    assert sorted(framework.door.__all__) == list(NAMES)
    for name in NAMES:
        layer = getattr(framework.door, name)
        assert layer.__name__ == name
        assert layer.__module__ == f"multiact.layers.{framework.value}"
        assert inspect.getdoc(layer)


@pytest.mark.parametrize(
    ("door", "others"),
    [("torch", ("jax", "flax", "keras", "tensorflow")), ("flax", ("torch", "keras", "tensorflow"))],
)
def test_a_door_imports_its_framework_only(door: str, others: tuple[str, ...]) -> None:
    program = (
        f"import sys, multiact.layers\n"
        f"assert not {{'torch', 'jax', 'keras', 'tensorflow', 'numpy'}} & set(sys.modules)\n"
        f"import multiact.layers.{door} as layers\n"
        f"layers.GELU()\n"
        f"assert not set({others!r}) & set(sys.modules)\n"
    )
    folders = os.pathsep.join(folder for folder in sys.path if folder)
    subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": folders}, check=True
    )


def test_unknown_layers(framework: Framework) -> None:
    with pytest.raises(AttributeError, match=r"no layer 'Gelu'.*Allowed: .*GELU"):
        framework.door.Gelu  # noqa: B018


def test_help_shows_the_parameters(framework: Framework) -> None:
    shown = inspect.signature(framework.door.PReLU).parameters
    assert shown["slope"].default == 0.25
    assert {"axis", "learnable"} <= set(shown)
    assert "learnable" not in inspect.signature(framework.door.GELU).parameters
    assert inspect.signature(framework.door.ClippedReLU).parameters["max_value"].default is (
        inspect.Parameter.empty
    )


@pytest.mark.parametrize("function", ["swish", "silu", multiact.silu])
def test_activation_by_name_or_function(framework: Framework, function: Any) -> None:
    layer = framework.make("Activation", function, beta=2.0)
    expected = multiact.silu(X, beta=2.0)
    np.testing.assert_allclose(call(framework, layer, X), expected, rtol=1e-6)


def test_the_gate_alone(framework: Framework) -> None:
    layer = framework.make("Activation", "swiglu", axis=0)
    x = np.concatenate([X, X[::-1]])
    np.testing.assert_allclose(call(framework, layer, x), multiact.swiglu(x, axis=0), rtol=1e-6)


@pytest.mark.parametrize("value", ["gelus", "multiact.gelu", np.tanh, X, None])
def test_unknown_functions(framework: Framework, value: Any) -> None:
    with pytest.raises(ValueError, match=r"(?s)Activation got .* or its name"):
        framework.make("Activation", value)


def test_find_prefers_nothing_but_the_catalogue() -> None:
    assert find("expit") is multiact.records["sigmoid"]
    assert find(multiact.hard_swish) is multiact.records["hard_silu"]


@pytest.mark.parametrize(
    ("name", "args", "params", "error", "message"),
    [
        ("SiLU", (), {"gamma": 1.0}, TypeError, "unknown parameter 'gamma'. Allowed: beta, axis"),
        ("ReLU", (), {"slope": 1.0}, TypeError, "unknown parameter 'slope'.*no parameters"),
        ("SiLU", (1.0, 2.0), {}, TypeError, "2 values by position. Allowed: beta"),
        ("SiLU", (1.0,), {"beta": 2.0}, TypeError, "beta twice"),
        ("ClippedReLU", (), {}, TypeError, "needs max_value"),
        ("GELU", (), {"learnable": "approximate"}, ValueError, "nothing, for none of its"),
        ("GELU", (), {"learnable": True}, ValueError, "nothing, for none of its"),
        ("XIELU", (), {"learnable": ("beta",)}, ValueError, "Allowed: 'alpha_p', 'alpha_n'"),
        ("SiLU", (), {"learnable": 1}, ValueError, "learnable=1. Allowed: 'beta'"),
        ("RReLU", (), {"learnable": "slope"}, ValueError, "slope=None as the initial value"),
        ("Swish", (float("nan"),), {}, ValueError, "beta=nan as the initial value"),
        ("Swish", ([],), {}, ValueError, "as the initial value"),
        ("Swish", ("one",), {}, ValueError, "beta='one' as the initial value"),
        ("SiLU", ([1.0, 2.0],), {}, TypeError, "beta of type list and keeps it fixed"),
        ("SiLU", (True,), {}, TypeError, "beta of type bool and keeps it fixed"),
        ("SiLU", (), {"axis": 0.5}, TypeError, "axis=0.5 of type float"),
        # What the functions themselves refuse is refused when the layer is made.
        ("LeakyReLU", ("steep",), {}, TypeError, "leaky_relu got negative_slope of type str"),
        ("GELU", ("erf",), {}, ValueError, "gelu got approximate='erf'"),
        ("RReLU", (0.5, 0.25), {}, ValueError, "rrelu got lower=0.5"),
    ],
)
def test_wrong_parameters(
    framework: Framework, name: str, args: Any, params: Any, error: Any, message: str
) -> None:
    with pytest.raises(error, match=message):
        framework.make(name, *args, **params)


@pytest.mark.parametrize("channels", [0, -3, 2.5, True, "all"])
@pytest.mark.parametrize("framework", [Framework.TORCH, Framework.FLAX])
def test_wrong_counts(framework: Framework, channels: Any) -> None:
    with pytest.raises(ValueError, match=r"got channels=.*positive integer"):
        framework.make("PReLU", channels=channels)


def test_channels_for_nothing(framework: Framework) -> None:
    with pytest.raises(ValueError, match="learns nothing"):
        framework.make("SiLU", channels=3)


@pytest.mark.parametrize("framework", [Framework.TORCH, Framework.FLAX])
@pytest.mark.parametrize("name", ["PReLU", "Swish"])
def test_a_wrong_channel_count(framework: Framework, name: str) -> None:
    layer = framework.make(name, channels=3)
    with pytest.raises(ValueError, match=rf"{name} got .* with 3 entries for axis 1.*\(3, 4\)"):
        call(framework, layer, X)
    assert call(framework, framework.make(name, channels=3, axis=0), X).shape == (3, 4)


def test_initial_values_per_channel(framework: Framework) -> None:
    start = np.array([0.5, 0.25, 1.0, 2.0], np.float32)
    layer = framework.make("PReLU", start)
    np.testing.assert_array_equal(call(framework, layer, X), multiact.prelu(X, start))


def test_as_many_initial_values_as_channels(framework: Framework) -> None:
    with pytest.raises(ValueError, match="PReLU got slope with 3 initial values for 4 channels"):
        call(framework, framework.make("PReLU", [1.0, 2.0, 3.0], channels=4), X)


def test_a_mask(framework: Framework) -> None:
    mask = np.array([True, False, True, True])
    if framework is Framework.TORCH:
        import torch

        found = framework.make("Softmax")(torch.tensor(X), torch.tensor(mask)).numpy()
    elif framework is Framework.FLAX:
        found = framework.make("Softmax")(np.asarray(X), where=mask)
    else:
        found = framework.make("Softmax")(X, where=mask)
    np.testing.assert_allclose(np.asarray(found), multiact.softmax(X, where=mask), rtol=1e-6)


def test_a_mask_for_nothing(framework: Framework) -> None:
    with pytest.raises(TypeError, match="GELU got where, which gelu does not have"):
        framework.make("GELU")(X if framework is not Framework.TORCH else None, where=X > 0)


@pytest.mark.parametrize(
    ("name", "params", "shape", "expected"),
    [
        ("gelu", {}, (None, 3), (None, 3)),
        ("glu", {"axis": 1}, (None, 6, 2), (None, 3, 2)),
        ("glu", {}, (2, None), (2, None)),
        ("maxout", {"pieces": 3}, (None, 6), (None, 2)),
        ("maxout", {"pieces": 3}, (5, None), (5, None)),
        ("crelu", {}, (4, 3), (4, 6)),
        ("logsumexp", {}, (None, 7), (None,)),
        ("logsumexp", {"keepdims": True}, (None, None), (None, 1)),
        ("softmax", {"axis": 0}, (3, None), (3, None)),
        ("relu", {}, (), ()),
    ],
)
def test_output_shapes(name: str, params: Any, shape: Any, expected: Any) -> None:
    assert output_shape(multiact.records[name], shape, params) == expected
