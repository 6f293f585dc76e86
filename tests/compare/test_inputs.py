"""The points and rows: deterministic, complete where they claim to be, rich where it matters."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from multiact_compare import inputs, oracle, rows
from multiact_compare.dtypes import DTYPES, DType

ALL = list(DTYPES.values())
WIDE = [DTYPES["float32"], DTYPES["float64"]]
KINKS = (-3.0, 0.0, 1.0)


@pytest.mark.parametrize("dtype", ALL)
def test_points_are_distinct_and_repeatable(dtype: DType) -> None:
    size = inputs.count(dtype, 20_000)
    bits = inputs.points(dtype, size, KINKS)
    assert np.unique(bits).size == bits.size >= size
    assert (bits == inputs.points(dtype, size, KINKS)).all()


@pytest.mark.parametrize("dtype", ALL)
def test_edges_are_among_the_points(dtype: DType) -> None:
    bits = inputs.points(dtype, inputs.count(dtype, 5_000), KINKS)
    x = dtype.decode(bits)
    smallest, normal = 2.0**dtype.spacing_exponent, 2.0**dtype.min_exponent
    wanted = [0.0, smallest, normal, normal - smallest, dtype.largest, math.inf, 1.0]
    for value in wanted:
        assert (x == value).any(), value
        assert (x == -value).any(), value
    assert {math.copysign(1.0, zero) for zero in x[x == 0]} == {-1.0, 1.0}
    assert np.isnan(x).any()


@pytest.mark.parametrize("dtype", ALL)
def test_kinks_come_with_their_neighbours(dtype: DType) -> None:
    found = dtype.ordinals(inputs.edges(dtype, KINKS)).tolist()
    for kink in KINKS:
        at = int(dtype.ordinals(dtype.encode(np.array([kink])))[0])
        assert set(range(at - 4, at + 5)) <= set(found)


@pytest.mark.parametrize("dtype", WIDE)
def test_the_sweep_reaches_every_binade_of_both_signs(dtype: DType) -> None:
    bits = inputs.sweep(dtype, inputs.count(dtype, 200_000))
    exponents = bits >> dtype.carrier.type(dtype.precision - 1)
    finite = dtype.infinity_bits >> (dtype.precision - 1)
    sign = 1 << (dtype.width - dtype.precision)
    assert set(exponents.tolist()) == {e + s for e in range(finite) for s in (0, sign)}


@pytest.mark.parametrize("dtype", WIDE)
def test_the_sweep_is_dense_where_functions_bend(dtype: DType) -> None:
    x = dtype.decode(inputs.sweep(dtype, inputs.count(dtype, 200_000), KINKS))
    assert (np.abs(x) < 8).mean() > 0.25
    assert ((x > -110) & (x < -3)).mean() > 0.03
    for centre in (*KINKS, *(root.x for root in inputs.ROOTS)):
        assert (np.abs(x - centre) < 1e-4).sum() >= 10


def test_points_scale_with_the_option() -> None:
    assert [inputs.count(dtype, 400) for dtype in ALL] == [65_536, 65_536, 400, 40]
    assert inputs.count(DTYPES["float64"], 1) == 1
    for size in (1, 7):
        assert inputs.sweep(DTYPES["float32"], size).size >= size


@pytest.mark.parametrize("dtype", ALL)
def test_the_short_selection(dtype: DType) -> None:
    bits = inputs.points(dtype, inputs.count(dtype, 20_000), KINKS)
    chosen = inputs.short_selection(dtype, bits, KINKS)
    assert np.unique(chosen).size == chosen.size == inputs.SHORT_POINTS
    assert np.isin(inputs.edges(dtype, KINKS, neighbours=1), bits[chosen]).all()


@pytest.mark.parametrize("dtype", ALL, ids=str)
def test_the_few_points_are_among_all_and_hold_every_edge(dtype: DType) -> None:
    bits = inputs.points(dtype, inputs.count(dtype, 20_000), KINKS)
    chosen = inputs.few(dtype, bits, KINKS)
    assert np.unique(chosen).size == chosen.size
    assert np.isin(chosen, bits).all()
    assert np.isin(inputs.edges(dtype, KINKS), chosen).all()
    share = bits.size // inputs.FEW_SHARES[dtype.width]
    assert share <= chosen.size <= share + inputs.edges(dtype, KINKS).size
    if dtype.width == 16:
        assert np.unique(chosen & 7).size == 8, "bits at the end that never change"


def test_beyond_the_reach_the_truth_is_sampled_from_both_ends() -> None:
    values = np.arange(-40.0, 41.0)
    asked = inputs.asked(values, 10.0, np.array([-3.0, 12.0, 24.0]))
    assert (asked[np.abs(values) <= 10] != inputs.NEVER).all()
    beyond = values[(asked != inputs.NEVER) & (np.abs(values) > 10)]
    assert beyond.tolist() == [-40.0, -32.0, -24.0, -16.0, 16.0, 24.0, 32.0, 40.0]
    assert values[asked == inputs.TWICE].tolist() == [-3.0]
    assert values[asked == inputs.COMMONLY_TWICE].size == 20
    assert (inputs.asked(values, 100.0, values) == inputs.TWICE).all()


@pytest.mark.parametrize("root", inputs.ROOTS, ids=lambda r: f"{r.function}-{r.order}-{r.x:.3g}")
def test_roots_are_roots(root: inputs.Root) -> None:
    x = root.x + np.array([-1e-6, -1e-14, 1e-14, 1e-6])
    left, near_left, near_right, right = oracle.elementwise(root.function, root.params, x)[
        2 * root.order
    ]
    if (root.function, root.order) == ("snake", 1):
        assert min(left, right) > 0
    else:
        assert near_left * near_right < 0
    assert max(abs(near_left), abs(near_right)) < 1e-6 * max(abs(left), abs(right))


def test_distinct_values_are_sorted_finite_and_shared() -> None:
    values = inputs.distinct_values(
        [np.array([1.0, -0.0, math.inf]), np.array([math.nan, 0.0, -2.0, 1.0])]
    )
    assert values.tolist() == [-2.0, 0.0, 1.0]
    assert not np.signbit(values[1])


@pytest.mark.parametrize("dtype", ALL)
@pytest.mark.parametrize(
    ("function", "params", "group", "results"),
    [
        ("softmax", {}, 1, lambda n: (n,)),
        ("maxout", {"pieces": 3}, 3, lambda n: (n // 3,)),
        ("glu", {}, 2, lambda n: (n // 2,)),
        ("crelu", {}, 1, lambda n: (2 * n,)),
        ("logsumexp", {}, 1, lambda n: ()),
        ("logsumexp", {"keepdims": True}, 1, lambda n: (1,)),
    ],
)
def test_rows(
    dtype: DType, function: str, params: dict[str, Any], group: int, results: Callable[[int], Any]
) -> None:
    shape = rows.shape(function, params)
    found = rows.blocks(dtype, shape)
    assert [block.values.shape[1] for block in found] == [n * group for n in rows.LENGTHS]
    for block in found:
        count, length = block.values.shape
        assert shape.result(length) == results(length)
        assert block.cotangents.shape == (count, math.prod(results(length)))
        assert block.directions.shape == (count, length)
        assert (shape.names(length) < length).all()
        for part in (block.values, block.cotangents, block.directions):
            exact = dtype.decode(dtype.encode(part))
            assert ((exact == part) | np.isnan(part)).all()
        assert np.abs(block.cotangents).max() <= 1
        assert np.isneginf(block.values).any()
        assert np.isnan(block.values).any()
        finite = block.values[np.isfinite(block.values).all(axis=1)]
        assert np.abs(finite).max() <= 1e4
