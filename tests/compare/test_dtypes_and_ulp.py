"""Formats, ULP and distances against cases worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from multiact_compare import ulp
from multiact_compare.dtypes import DTYPES, DType

ALL = list(DTYPES.values())
F16, BF16, F32, F64 = ALL


def _ulps(got: float, high: float, dtype: DType, low: float = 0.0) -> float:
    arrays = [np.array([value]) for value in (got, high, low)]
    errors = ulp.absolute_errors(*arrays, dtype)
    return float(ulp.in_ulps(errors, ulp.spacing_exponents(arrays[1], arrays[2], dtype))[0])


def test_formats() -> None:
    assert [dtype.eps for dtype in ALL] == [2.0**-10, 2.0**-7, 2.0**-23, 2.0**-52]
    assert [dtype.width for dtype in ALL] == [16, 16, 32, 64]
    assert F16.largest == 65504.0
    assert F32.largest == float(np.finfo(np.float32).max)
    assert F64.largest == float(np.finfo(np.float64).max)
    assert [dtype.infinity_bits for dtype in ALL] == [
        *(0x7C00, 0x7F80, 0x7F800000, 0x7FF0000000000000)
    ]


@pytest.mark.parametrize("dtype", [F16, BF16])
def test_every_16_bit_value_survives_the_way_to_float64(dtype: DType) -> None:
    bits = np.arange(1 << 16, dtype=np.uint16)
    values = dtype.decode(bits)
    again = dtype.encode(values)
    finite = ~np.isnan(values)
    assert (again[finite] == bits[finite]).all()
    assert np.isnan(dtype.decode(again[~finite])).all()
    assert np.isnan(values).sum() == 2 * ((1 << (dtype.precision - 1)) - 1)


@pytest.mark.parametrize("dtype", ALL)
def test_ordinals_count_values(dtype: DType) -> None:
    tiny = 2.0**dtype.spacing_exponent
    values = np.array([-dtype.largest, -1.0, -tiny, -0.0, 0.0, tiny, 1.0, 1.0 + dtype.eps])
    ordinals = dtype.ordinals(dtype.encode(values))
    assert ordinals[2:6].tolist() == [-1, 0, 0, 1]
    assert ordinals[7] - ordinals[6] == 1
    assert (np.diff(ordinals) >= 0).all()
    nonzero = values != 0
    assert (dtype.from_ordinals(ordinals)[nonzero] == dtype.encode(values)[nonzero]).all()


def test_ulp_of_plain_numbers() -> None:
    assert _ulps(1.0 + 2.0**-23, 1.0, F32) == 1.0
    assert _ulps(1.0, 1.0 + 2.0**-24, F32) == 0.5
    assert _ulps(3.0, 3.0 + 2.0**-22, F32) == 1.0
    assert _ulps(-2.5, -2.5, BF16) == 0.0


def test_the_ulp_below_a_power_of_two_is_the_finer_one() -> None:
    # 1 − 2**-80 is below 1, where float64 numbers are 2**-53 apart.
    assert _ulps(1.0 - 2.0**-53, 1.0, F64, low=-(2.0**-80)) == pytest.approx(1.0)
    assert _ulps(1.0 - 2.0**-53, 1.0, F64, low=2.0**-80) == pytest.approx(0.5)


def test_low_parts_decide_between_neighbours() -> None:
    assert _ulps(1.0, 1.0, F64, low=2.0**-60) == 2.0**-60 / 2.0**-52


def test_subnormal_ulp() -> None:
    assert _ulps(3 * 2.0**-24, 2.0**-24, F16) == 2.0
    assert _ulps(0.0, 2.0**-149, F32) == 1.0
    assert _ulps(5e-324, 1e-323, F64) == 1.0
    assert _ulps(0.0, 2.0**-160, F32) == 2.0**-11
    assert _ulps(5e-324, 0.0, F64) == 1.0


def test_overflow_is_the_next_number() -> None:
    assert _ulps(math.inf, 70000.0, F16) == 0.0
    assert _ulps(math.inf, 65504.0, F16) == 1.0
    assert _ulps(math.inf, -70000.0, F16) > 1e3
    assert _ulps(math.inf, math.inf, F64) == 0.0
    assert _ulps(1.0, math.inf, F64) == math.inf
    assert _ulps(math.inf, 1e308, F64) == math.inf
    assert _ulps(65504.0, 1e9, F16) > 1e6


def test_nan_is_infinitely_wrong() -> None:
    assert _ulps(math.nan, 1.0, F32) == math.inf


@given(st.floats(width=32, allow_nan=False, allow_infinity=False), st.integers(0, 1000))
def test_steps_are_ulps(x: float, steps: int) -> None:
    start = F32.ordinals(F32.encode(np.array([x])))
    there = F32.decode(F32.from_ordinals(start + steps))
    assert ulp.spread([F32.from_ordinals(start), F32.from_ordinals(start + steps)], F32)[0] == steps
    one = float(F32.decode(F32.from_ordinals(start))[0])
    if np.isfinite(there[0]) and np.frexp(one)[1] == np.frexp(there[0])[1]:
        assert _ulps(float(there[0]), one, F32) == steps


def test_spread() -> None:
    first = F64.encode(np.array([1.0, -0.0, 1e308, np.nan, 5e-324, np.nan]))
    second = F64.encode(np.array([1.0 + 2.0**-52, 0.0, -1e308, 1.0, -5e-324, np.nan]))
    third = F64.encode(np.array([1.0 - 2.0**-53, 0.0, 1.0, 1.0 + 2.0**-50, 0.0, np.nan]))
    apart, nan = ulp.spread([first, second, third], F64)
    assert apart[[0, 1, 3, 4, 5]].tolist() == [2, 0, 4, 2, 0]
    assert apart[2] >= 2**62 - 2
    assert nan.sum(axis=0).tolist() == [0, 0, 0, 1, 0, 3]
