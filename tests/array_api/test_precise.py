"""The precise tier: the very bits that NumPy gets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import multiact
from multiact import precise
from tests.array_api.comparison import every_function
from tests.array_api.libraries import Library
from tests.backends import DTYPES


def inputs(name: str, dtype: str, library: Library) -> Any:
    """Every magnitude and both signs; of 16 bits every eleventh number."""
    if dtype == "float32":
        rng = np.random.default_rng(0)
        spread = np.ldexp(rng.uniform(1, 2, 600), rng.integers(-120, 120, 600))
        values = np.concatenate([5 * rng.normal(size=600), spread, -spread]).astype(dtype)
    else:
        bits = np.arange(0, 65536, 11, dtype=np.uint16)
        values = bits[: bits.size - bits.size % 6].view(DTYPES[dtype])
    return values


def assert_same(got: Any, want: Any) -> None:
    assert got.dtype == want.dtype
    assert got.shape == want.shape
    with np.errstate(invalid="ignore"):
        got, want = got.astype(np.float64), want.astype(np.float64)
    wrong = ~((got == want) | (np.isnan(got) & np.isnan(want)))
    assert not wrong.any(), (got[wrong][:5], want[wrong][:5], int(wrong.sum()))


@every_function
def test_the_same_bits(library: Library, name: str) -> None:
    f, record = getattr(precise, name), multiact.records[name]
    for dtype in ("float32", *library.halves):
        values = inputs(name, dtype, library)
        if record.kind == "rowwise":
            # What is infinite in a row is made of Dask's own operations, which warn.
            with np.errstate(invalid="ignore"):
                values = np.sort(values[np.isfinite(values)])
            values = values[: 6 * (len(values) // 6)].reshape(-1, 6)
        x = library.array(values, dtype)
        for params in record.cases[: 2 if dtype == "float32" else 1]:
            results = [f(x, **params)]
            with np.errstate(all="ignore"):
                wanted = [f(values, **params)]
            if record.kind == "elementwise":
                results.append(multiact.derivative(f, x, **params))
                wanted.append(multiact.derivative(f, values, **params))
            for got, want in zip(library.to_numpy(*results), wanted, strict=True):
                assert_same(got, want)


def test_infinity_has_its_limit(library: Library) -> None:
    x = library.array([-np.inf, np.inf], "float32")
    assert library.doubles(precise.silu(x)).tolist() == [0, np.inf]
    assert library.doubles(precise.tanh(x)).tolist() == [-1, 1]
    assert library.doubles(multiact.derivative(precise.gelu, x)).tolist() == [0, 1]


def test_it_is_refused_where_the_default_tier_is(library: Library) -> None:
    with pytest.raises(TypeError, match="complex64"):
        precise.gelu(library.array([1j], "complex64"))
