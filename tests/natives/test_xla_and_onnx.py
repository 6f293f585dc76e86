"""What is known of a compiler and of a file format, which no call of ``multiact natives`` shows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import multiact

Formula = Callable[..., object]


def _jax(formula: Formula, *arrays: object) -> object:
    import jax

    return np.asarray(jax.jit(formula)(*arrays))


def _tensorflow(formula: Formula, *arrays: object) -> object:
    import tensorflow as tf

    return tf.function(formula, jit_compile=True)(*map(tf.constant, arrays)).numpy()


@pytest.mark.parametrize("compiled", [_jax, _tensorflow])
def test_xla_folds_differences_and_quotients(compiled: Callable[..., object]) -> None:
    """(x − c₁) − c₂ becomes x − (c₁ + c₂), and a/b/c becomes a/(b·c)."""
    x = np.linspace(-1e-3, 1e-3, 4097, dtype=np.float32)
    first, second = np.float32(0.1), np.float32(0.7)
    written, folded = (x - first) - second, x - (first + second)
    assert (written != folded).any()
    np.testing.assert_array_equal(compiled(lambda x: (x - first) - second, x), folded)
    a, b = np.linspace(1, 2, 4097, dtype=np.float32), np.linspace(3, 2, 4097, dtype=np.float32)
    c = np.sqrt(b)
    written, folded = a / b / c, a / (b * c)
    assert (written != folded).any()
    np.testing.assert_array_equal(compiled(lambda a, b, c: a / b / c, a, b, c), folded)


def test_onnx_has_defaults_of_its_own() -> None:
    """A leaky slope of 0.01 as torch and JAX, and a hard_sigmoid that is nobody else's."""
    onnx = pytest.importorskip("onnx")
    from onnx.reference import ReferenceEvaluator

    x = np.linspace(-4, 4, 161, dtype=np.float32)
    of = {
        "LeakyRelu": np.where(x < 0, np.float32(0.01) * x, x),
        "HardSigmoid": np.clip(np.float32(0.2) * x + np.float32(0.5), 0, 1),
    }
    for name, expected in of.items():
        ends = [
            onnx.helper.make_tensor_value_info(end, onnx.TensorProto.FLOAT, x.shape)
            for end in ("x", "y")
        ]
        graph = onnx.helper.make_graph(
            [onnx.helper.make_node(name, ["x"], ["y"])], name, ends[:1], ends[1:]
        )
        (got,) = ReferenceEvaluator(onnx.helper.make_model(graph)).run(None, {"x": x})
        np.testing.assert_allclose(np.asarray(got), expected, rtol=3e-7, atol=1e-7)
    # At ±2.5, where the steeper one has ended: (5.5)/6 beside 1.
    assert np.abs(multiact.hard_sigmoid(x) - of["HardSigmoid"]).max() > 0.08
