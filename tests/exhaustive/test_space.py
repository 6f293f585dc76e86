"""Keys put all numbers of a dtype in order, and segments cover them without gap or overlap."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from multiact_compare.dtypes import DTYPES
from multiact_compare.exhaustive import space

HALF, SINGLE = DTYPES["float16"], DTYPES["float32"]


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
def test_every_pattern_has_one_key_in_the_order_of_numbers(name: str) -> None:
    dtype = DTYPES[name]
    half = 1 << (dtype.width - 1)
    left = space.bits_between(dtype, 0, half)
    right = space.bits_between(dtype, half, 2 * half)
    bits = np.concatenate([left, right])
    assert np.unique(bits).size == 2 * half
    assert [space.key_of(dtype, int(one)) for one in bits[::97]] == list(range(0, 2 * half, 97))
    x = dtype.decode(bits)
    numbers = x[~np.isnan(x)]
    assert (np.diff(numbers[np.isfinite(numbers)]) >= 0).all()
    assert numbers[0] == -math.inf
    assert numbers[-1] == math.inf


@pytest.mark.parametrize("x", [-math.inf, -2.5, -1e-45, 0.1, 1.0, 1e4, math.inf])
def test_neighbours_of_any_number(x: float) -> None:
    first, last = space.first_from(SINGLE, x), space.last_until(SINGLE, x)
    assert space.number(SINGLE, first) >= x >= space.number(SINGLE, last)
    if math.isfinite(x):
        assert space.number(SINGLE, first - 1) < x < space.number(SINGLE, last + 1)
    assert first in (last, last + 1)


def test_both_zeros_belong_to_a_range_that_ends_at_0() -> None:
    low, high = space.first_from(SINGLE, 0.0), space.last_until(SINGLE, 0.0)
    assert high == low + 1
    assert np.signbit(space.number(SINGLE, low))
    assert not np.signbit(space.number(SINGLE, high))
    assert (space.first_from(SINGLE, -0.0), space.last_until(SINGLE, -0.0)) == (low, high)


def test_segments_cover_everything_once() -> None:
    parts = space.segments(
        HALF, 0, 1 << 16, reach=1e4, infinities=False, kinks=(1.0,), joints=(-0.3,)
    )
    assert parts[0].start == 0
    assert parts[-1].stop == 1 << 16
    for before, after in itertools.pairwise(parts):
        assert before.stop == after.start
    for part in parts:
        half = 1 << 15
        ends = sorted({part.start, part.stop - 1})
        for x in (space.number(HALF, key) for key in ends):
            assert (part.where == "nan") == math.isnan(x)
            assert (part.where == "kink") == (x == 1.0)
            assert (part.where == "subnormal") == (0 < abs(x) < 2.0**-14)
            assert part.judged or abs(x) > 1e4
            assert part.alone == (x in (0.0, 1.0, math.inf, -math.inf))
            assert (part.stop <= half) or (part.start >= half) or part.alone
