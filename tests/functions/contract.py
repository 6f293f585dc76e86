"""The contract of the default tier: 8 ULP, or 2·eps·max(1, parameter scale)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ml_dtypes
import mpmath
import numpy as np
from mpmath import mpf

import multiact
from tests.backends import DTYPES
from tests.functions.definitions import truth

Params = Mapping[str, Any]

# Tails, roots, minima and neighbourhoods of 0, where naive formulas lose everything.
POINTS = (
    -1e4, -746.0, -104.5, -90.0, -88.0, -37.5, -17.25, -12.0, -8.3, -5.4, -3.0, -1.2785, -1.1924,
    -0.7518, -0.5, -1e-3, -3e-8, -1e-30, -0.0, 0.0, 1e-30, 2e-8, 1e-3, 0.125, 1.0, 2.0, 6.5, 17.0,
    21.0, 55.0, 89.0, 746.0, 1e4,
)  # fmt: skip
SECOND_REACH = 50.0


def eps(dtype: str) -> float:
    """The distance from 1 to the next larger number."""
    return float(ml_dtypes.finfo(DTYPES[dtype]).eps)


def points(dtype: str, reach: float = 1e4) -> Any:
    """:data:`POINTS` as ``dtype`` has them, in float64."""
    rounded = np.array(POINTS).astype(DTYPES[dtype]).astype(np.float64)
    return rounded[np.abs(rounded) <= reach]


def scale(params: Params) -> float:
    """The largest magnitude among the numeric parameters, at least 1."""
    numbers = [abs(value) for value in params.values() if isinstance(value, (int, float))]
    return float(max([1.0, *numbers]))


def ulp(value: mpf, dtype: str) -> mpf:
    """One unit in the last place of a true value."""
    info = ml_dtypes.finfo(DTYPES[dtype])
    smallest = mpf(float(info.smallest_subnormal))
    if value == 0:
        return smallest
    binade = mpmath.frexp(value)[1] - 1
    return max(mpmath.ldexp(mpf(float(info.eps)), binade), smallest)


def allowed(value: mpf, dtype: str, params: Params = {}, order: int = 0) -> mpf:  # noqa: B006
    """How far a result may be from the true value."""
    factor, power = (8, 2) if order == 2 else (2, 1)
    return max(8 * ulp(value, dtype), mpf(factor * eps(dtype)) * mpf(scale(params)) ** power)


def assert_close(got: Any, want: Any, dtype: str, params: Params = {}) -> None:  # noqa: B006
    """Arrays of numbers within the contract of each other; ``want`` holds floats or mpf."""
    pairs = zip(np.ravel(got).tolist(), np.ravel(np.asarray(want, object)).tolist(), strict=True)
    for index, (a, b) in enumerate(pairs):
        assert np.isfinite(a), (index, a, b)
        assert abs(mpf(a) - mpf(b)) <= allowed(mpf(b), dtype, params), (index, a, float(b))


def assert_contract(
    got: Any, name: str, params: Params, xs: Any, dtype: str, order: int = 0
) -> None:
    """Every result is as close to the truth as the contract wants; kinks included."""
    assert got.shape == xs.shape
    for x, result in zip(xs.tolist(), got.tolist(), strict=True):
        value = truth(name, params, x, order)
        if value is None:
            continue
        if abs(value) > float(ml_dtypes.finfo(DTYPES[dtype]).max):
            assert result == np.copysign(np.inf, float(value)), (x, result, float(value))
            continue
        assert np.isfinite(result), (x, result, float(value))
        error = abs(mpf(result) - value)
        assert error <= allowed(value, dtype, params, order), (x, result, float(value))


def elementwise_cases(first_only: bool = False) -> list[tuple[str, dict[str, Any]]]:
    """Each elementwise function with the settings its record asks for."""
    return [
        (record.name, dict(case))
        for record in multiact.records.values()
        if record.kind == "elementwise"
        for case in record.cases[: 1 if first_only else None]
    ]


def default_cases() -> list[tuple[str, dict[str, Any]]]:
    """Every function of the catalogue, with the first setting of its record."""
    return [(record.name, dict(record.cases[0])) for record in multiact.records.values()]


def dtype_cases(*all_of: str) -> list[tuple[str, tuple[str, dict[str, Any]]]]:
    """(dtype, case): every case in the dtypes named, the first of each function in the others.

    The formula is the same for every case, and ``multiact parity`` measures them all.
    """
    first = elementwise_cases(first_only=True)
    return [
        (dtype, case)
        for dtype in DTYPES
        for case in (elementwise_cases() if dtype in all_of else first)
    ]


def dtype_case_id(value: Any) -> str:
    """``float32`` or ``gelu-approximate=tanh``."""
    return value if isinstance(value, str) else case_id(value)


def case_id(case: tuple[str, dict[str, Any]]) -> str:
    """``gelu-approximate=tanh``."""
    name, params = case
    return "-".join([name, *(f"{key}={value}" for key, value in params.items())])
