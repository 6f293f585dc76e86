"""The same weights give the same outputs and gradients in every framework.

Each is held to NumPy's closed form in float64 with the bounds of the contract, so two of them are
at most twice that apart: 8 ULP, or 2 eps at the scale of the parameters. Sums add a rounding for
each of their terms, of the size of the terms' absolute sum.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import multiact
from multiact.layers._names import gated, named
from tests.layers.frameworks import Framework

EPS = float(np.finfo(np.float32).eps)
NEEDED: dict[str, dict[str, Any]] = {
    "ClippedReLU": {"max_value": 1.5},
    "Threshold": {"threshold": 0.5, "value": -1.0},
}
# Drawn anew at every call: in test_randomness.
PLAIN = [(name, record) for name, record in named() if name != "GumbelSoftmax"]
LEARNING = [(name, record) for name, record in PLAIN if record.tensor_parameters]

X = np.random.default_rng(0).normal(0, 2, (3, 5, 4)).astype(np.float32)
# Kinks and zeros as well.
X[0, 0] = [0.0, -0.0, 1.0, -1.0]


def powers(shape: tuple[int, ...]) -> Any:
    """Powers of two of both signs: products with them are exact."""
    rng = np.random.default_rng(len(shape))
    return rng.choice(np.array([-2.0, -1.0, 0.5, 1.0, 2.0], np.float32), shape)


def close(found: Any, expected: Any, bound: Any) -> None:
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    error = np.abs(found.astype(np.float64) - expected)
    assert (error <= bound).all(), (error / np.maximum(bound, 1e-300)).max()


def contract(expected: Any, scale: Any) -> Any:
    return 8 * EPS * np.abs(expected) + 2 * EPS * scale


@pytest.mark.parametrize(("name", "record"), PLAIN, ids=[name for name, _ in PLAIN])
def test_fixed_parameters(framework: Framework, name: str, record: multiact.Record) -> None:
    params = NEEDED.get(name, {})
    learnable = {"learnable": False} if record.tensor_parameters else {}
    layer = framework.make(name, **params, **learnable)
    if name == "PReLU":
        params = {"slope": 0.25}
    if name == "RReLU" and framework is Framework.TORCH:
        layer.eval()
    if name == "RReLU" and framework is Framework.FLAX:
        layer.eval()
    expected = record.function(X.astype(np.float64), **params)
    cotangent = powers(expected.shape)
    gradients = multiact.vjp(
        record.function, X.astype(np.float64), cotangent.astype(float), **params
    )
    run = framework.run(layer, X, cotangent, {})
    # A row's gradient is a sum of products, whose terms are of the size of x and the cotangents.
    scale = 1.0 if record.kind == "elementwise" else max(1.0, float(np.abs(X).max()))
    close(run.y, expected, contract(expected, scale))
    close(run.x, gradients.x, contract(gradients.x, 2 * scale))


@pytest.mark.parametrize("axis", [None, 1, -1])
@pytest.mark.parametrize(("name", "record"), LEARNING, ids=[name for name, _ in LEARNING])
def test_learnt_parameters(
    framework: Framework, name: str, record: multiact.Record, axis: int | None
) -> None:
    starts = dict.fromkeys(record.tensor_parameters, 0.5)
    channels = None if axis is None else X.shape[axis]
    where = {} if axis is None else {"axis": axis}
    layer = framework.make(name, **starts, learnable=True, channels=channels, **where)
    rng = np.random.default_rng(1)
    weights = {
        parameter: rng.uniform(0.25, 1.5, channels or 1).astype(np.float32) for parameter in starts
    }
    # One entry per element, so that the gradient comes element by element.
    shape = (1, 1, 1) if axis is None else tuple(
        channels if i == axis % 3 else 1 for i in range(3)
    )  # fmt: skip
    full = {
        parameter: np.broadcast_to(value.astype(np.float64).reshape(shape), X.shape).copy()
        for parameter, value in weights.items()
    }
    x = X.astype(np.float64)
    cotangent = powers(X.shape)
    expected = record.function(x, **full)
    gradients = multiact.vjp(record.function, x, cotangent.astype(np.float64), **full)
    run = framework.run(layer, X, cotangent, weights)
    scale = max(1.0, *(float(value.max()) for value in weights.values()))
    close(run.y, expected, contract(expected, scale))
    close(run.x, gradients.x, contract(gradients.x, 2 * scale))
    summed = (0, 1, 2) if axis is None else tuple(i for i in range(3) if i != axis % 3)
    for parameter in starts:
        terms = gradients.params[parameter]
        total = np.atleast_1d(terms.sum(summed))
        size = np.atleast_1d(np.abs(terms).sum(summed))
        count = X.size // len(total)
        close(run.weights[parameter], total, (count + 8) * EPS * size + 2 * EPS * scale * count)


AFFINE = [*((name, record, ()) for name, record in gated()),
          ("Maxout", multiact.records["maxout"], (3,))]  # fmt: skip


@pytest.mark.parametrize(("name", "record", "args"), AFFINE, ids=[row[0] for row in AFFINE])
def test_affine_maps(
    framework: Framework, name: str, record: multiact.Record, args: tuple[int, ...]
) -> None:
    pieces = args[0] if args else 2
    rng = np.random.default_rng(2)

    def eighths(*shape: int) -> Any:
        """Numbers whose products and sums are exact: only the function itself rounds."""
        return (rng.integers(-8, 9, shape) / 8).astype(np.float32)

    x, kernel, bias = eighths(6, 5), eighths(5, pieces * 4), eighths(pieces * 4)
    weights = {"affine/kernel": kernel, "affine/bias": bias}
    cotangent = powers((6, 4))
    run = framework.run(framework.affine(name, 5, 4, *args), x, cotangent, weights)

    between = x.astype(np.float64) @ kernel + bias
    expected = record.function(between, *args)
    params = {"pieces": pieces} if args else {}
    inner = multiact.vjp(record.function, between, cotangent.astype(np.float64), **params).x
    scale = max(1.0, float(np.abs(between).max()))
    close(run.y, expected, contract(expected, scale))
    slack = contract(inner, 2 * scale)
    for found, left, right in (
        (run.x, None, kernel.T),
        (run.weights["affine/kernel"], x.T, None),
        (run.weights["affine/bias"], np.ones((1, 6)), None),
    ):

        def product(middle: Any, absolute: bool, left: Any = left, right: Any = right) -> Any:
            a, b = (np.abs(side) if absolute and side is not None else side
                    for side in (left, right))  # fmt: skip
            return middle @ b if a is None else a @ middle

        terms = max(inner.shape)
        bound = product(slack + terms * EPS * np.abs(inner), True)
        close(found, product(inner, False).reshape(found.shape), bound.reshape(found.shape))
