"""The oracle of custom activations, against the catalogue's own definitions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from multiact_compare import oracle
from multiact_compare.oracle import custom

import multiact
from tests.custom.samples import everything

XS = np.array([-700.0, -40.0, -3.3, -0.5, -1e-9, -1e-300, 1e-300, 0.25, 1.0, 7.5, 33.0, 1e4])


def _name(**options: Any) -> str:
    function = multiact.activation(**options)
    return f"{function.__module__}:{function.__qualname__}"


def _silu(xp: Any, x: Any) -> Any:
    return x * xp.sigmoid(x)


def _mish(xp: Any, x: Any) -> Any:
    return x * xp.tanh(xp.log1p(xp.exp(x)))


def _gelu(xp: Any, x: Any) -> Any:
    return 0.5 * x * xp.erfc(-x / math.sqrt(2))


def _arctan(xp: Any, x: Any) -> Any:
    return xp.atan(x)


def _elu(xp: Any, x: Any) -> Any:
    return xp.where(x > 0, x, xp.expm1(x))


def _hard_tanh(xp: Any, x: Any) -> Any:
    return xp.clip(x, -1.0, 1.0)


FORMULAS: dict[str, Callable[..., Any]] = {
    "silu": _silu, "mish": _mish, "arctan": _arctan, "elu": _elu, "hard_tanh": _hard_tanh,
}  # fmt: skip


@pytest.mark.parametrize("name", list(FORMULAS))
def test_formulas_in_interval_arithmetic(name: str) -> None:
    """As written, they are the catalogue's definitions."""
    own = multiact.activation(FORMULAS[name])
    kinks = oracle.kinks(name, {})
    got = oracle.elementwise(f"{own.__module__}:{own.__qualname__}", {}, XS)
    expected = oracle.elementwise(name, {}, XS)
    # Where the derivative jumps the catalogue has no second derivative.
    smooth = ~np.isin(XS, (0.0, *kinks))
    np.testing.assert_array_equal(got[:5:2, smooth], expected[:5:2, smooth])


def test_mpmath() -> None:
    own = multiact.activation(mpmath=lambda x: x / (1 + mpmath.exp(-x)))(_silu)
    got = oracle.elementwise(f"{own.__module__}:{own.__qualname__}", {}, XS)
    expected = oracle.elementwise("silu", {}, XS)
    np.testing.assert_allclose(got[:4:2], expected[:4:2], rtol=2**-52, atol=0)
    near = np.abs(XS) <= oracle.SECOND_REACH
    np.testing.assert_allclose(got[4, near], expected[4, near], rtol=2**-52, atol=0)


def test_arb() -> None:
    own = multiact.activation(arb=lambda x: x / (1 + (-x).exp()))(_silu)
    got = oracle.elementwise(f"{own.__module__}:{own.__qualname__}", {}, XS)
    expected = oracle.elementwise("silu", {}, XS)
    np.testing.assert_array_equal(got[:5:2], expected[:5:2])


def test_every_primitive() -> None:
    """The oracle has all that formulas may use, with the values that NumPy gets."""
    name = f"{everything.__module__}:{everything.__qualname__}"
    xs = np.array([-2.75, -0.5, 0.125, 1.5, 2.5])
    table = oracle.elementwise(name, {}, xs)
    for row, order in ((0, 0), (2, 1), (4, 2)):
        found = everything(xs) if order == 0 else multiact.derivative(everything, xs, order=order)
        np.testing.assert_allclose(found, table[row], rtol=1e-13)


def test_what_is_undefined_is_not_judged() -> None:
    @multiact.activation
    def root(xp: Any, x: Any) -> Any:
        return xp.sqrt(x)

    table = oracle.elementwise(f"{root.__module__}:{root.__qualname__}", {}, np.array([-1.0, 4.0]))
    assert np.isnan(table[0, 0])
    assert table[0, 1] == 2.0
    assert table[2, 1] == 0.25


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, 0),
        ({"derivative": lambda xp, x, a: a * xp.sigmoid(x)}, 1),
        ({"partials": {"a": lambda xp, x, a: x}}, 1),
        ({"partials": {"a": lambda xp, x, a: x * xp.sigmoid(x)}}, 0),
    ],
)
def test_contradictions(options: dict[str, Any], found: int) -> None:
    def scaled(xp: Any, x: Any, a: Any = 1.5) -> Any:
        return a * x * xp.sigmoid(x)

    own = multiact.activation(**options)(scaled)
    problems = list(custom.contradictions(f"{own.__module__}:{own.__qualname__}"))
    assert len(problems) == found
    for problem in problems:
        assert "that was given is not that of the value: at x = " in problem
