"""What is evaluated, and how far two implementations of one formula may be apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import multiact
from tests.functions.contract import eps, points, scale

NAMES = list(multiact.records)
ELEMENTWISE = [name for name in NAMES if multiact.records[name].kind == "elementwise"]
TENSORS = [
    (name, parameter)
    for name in ELEMENTWISE
    for parameter in multiact.records[name].tensor_parameters
]

every_function = pytest.mark.parametrize("name", NAMES)
every_elementwise = pytest.mark.parametrize("name", ELEMENTWISE)


def defaults(name: str) -> dict[str, Any]:
    """The first setting of a function's record."""
    return dict(multiact.records[name].cases[0])


def operand(name: str, dtype: str, reach: float = 1e4) -> Any:
    """Where a function is evaluated: rows have a length with halves and thirds, and a tie."""
    if multiact.records[name].kind == "elementwise":
        xs = points(dtype, reach)
    else:
        xs = np.linspace(-6, 6, 30).reshape(5, 6) * [[1.0], [0.01], [3.0], [-1.0], [50.0]]
        xs[1, 2:4] = xs[1, 0]
    return xs.astype(dtype).astype(np.float64)


def cotangent_like(y: Any) -> Any:
    """Different multiples of 1/4."""
    return (np.arange(y.size).reshape(y.shape) % 7 - 3) / 4


def assert_close(
    got: Any,
    want: Any,
    dtype: str,
    params: Mapping[str, Any] = {},
    order: int = 0,
) -> None:
    """Both within the contract of the truth, hence within twice of it of each other."""
    assert got.shape == want.shape
    step = np.asarray(np.spacing(np.abs(want).astype(dtype)), np.float64)
    factor, power = (8, 2) if order == 2 else (2, 1)
    allowed = 2 * np.maximum(8 * step, factor * eps(dtype) * scale(params) ** power)
    wrong = ~((np.abs(got - want) <= allowed) | (np.isnan(got) & np.isnan(want)))
    assert not wrong.any(), (got[wrong], want[wrong], ((got - want) / allowed)[wrong])
