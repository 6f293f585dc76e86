"""The precise tier over rows: NumPy's gradients and zeros, where sums cancel to the bit."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from multiact_compare import rows
from multiact_compare.dtypes import DTYPES as PARITY_DTYPES

import multiact
from tests.backends import Backend
from tests.precise.test_tier import ROWWISE_NAMES, assert_same_bits, bits

ROWWISE = [
    pytest.param(name, dict(params), id=f"{name}-{index}")
    for name in ROWWISE_NAMES
    for index, params in enumerate(multiact.records[name].cases)
]


# Row functions whose gradients are differences or zeros of either sign, and their parameters; the
# last have half as many results as features.
CANCELLING = [
    *((name, {}, False) for name in ("softmax", "softmin", "log_softmax", "sparsemax", "entmax15")),
    ("gumbel_softmax", {"noise": 0.0, "temperature": 0.5}, False),
    *((name, {}, True) for name in ("glu", "geglu", "swiglu")),
]


@pytest.mark.parametrize(("name", "params"), ROWWISE)
@pytest.mark.parametrize("dtype", ["float32"], indirect=True)
def test_gradients_of_rows(
    differentiating: Backend, dtype: str, name: str, params: dict[str, Any]
) -> None:
    """Those of the frameworks' automatic differentiation are NumPy's closed forms."""
    function = getattr(multiact.precise, name)
    values = np.random.default_rng(0).normal(size=(3, 12)).astype(np.float32)
    cotangent = np.random.default_rng(1).normal(size=function(values, **params).shape)
    expected = multiact.vjp(function, values, cotangent.astype(np.float32), **params).x
    x, c = (differentiating.array(part, dtype) for part in (values, cotangent))
    got = differentiating.doubles(multiact.vjp(function, x, c, **params).x)
    np.testing.assert_allclose(got, expected, rtol=2**-23, atol=2**-30)


@pytest.mark.parametrize(
    ("name", "params"), [("crelu", {}), ("reglu", {}), ("maxout", {"pieces": 2})]
)
def test_zeros_of_rows_have_the_sign_of_numpy(
    differentiating: Backend, name: str, params: dict[str, Any]
) -> None:
    zero = (0.0, -0.0, -1.0, 1.0)
    # Long enough for vectorised loops, whose maximum may differ from that of single numbers.
    rows = np.array(list(product(zero, repeat=4)) * 4, np.float32)

    def evaluate(x: Any) -> Any:
        return getattr(multiact.precise, name)(x, **params)

    for run in (evaluate, differentiating.compile(evaluate)):
        got = differentiating.to_numpy(run(differentiating.array(rows, "float32")))
        assert_same_bits(rows.ravel(), got.ravel(), evaluate(rows).ravel())


def test_gradients_that_cancel_have_the_bits_of_numpy(differentiating: Backend) -> None:
    """On parity's rows: ties, constants, one entry that rules, and gradients of exactly 0."""
    block = rows.blocks(PARITY_DTYPES["float32"])[1]
    finite = np.isfinite(block.values).all(axis=1)
    x, c = (part[finite].astype(np.float32) for part in (block.values, block.cotangents))

    def gradients(x: Any, c: Any, half: Any) -> list[Any]:
        return [
            multiact.vjp(getattr(multiact.precise, name), x, half if by_halves else c, **params).x
            for name, params, by_halves in CANCELLING
        ]

    operands = (x, c, c[:, : c.shape[1] // 2])
    arrays = [differentiating.array(part, "float32") for part in operands]
    # Outside of jit JAX would compile function by function; XLA is slow, and JAX has it.
    runs = [] if differentiating is Backend.JAX else [gradients]
    if differentiating is not Backend.TENSORFLOW:
        runs.append(differentiating.compile(gradients))
    expected = gradients(*operands)
    for run in runs:
        for (name, *_), got, want in zip(CANCELLING, run(*arrays), expected, strict=True):
            differ = np.argwhere(bits(differentiating.to_numpy(got)) != bits(want))
            assert differ.size == 0, (name, len(differ), differ[:3])
