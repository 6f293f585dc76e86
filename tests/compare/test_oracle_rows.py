"""The oracle on whole rows against the bare definitions, differentiated by mpmath."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mpf
from multiact_compare import oracle
from multiact_compare.oracle.rowwise import ROW_FORMULAS
from multiact_compare.rows import Block, shape

import multiact
from tests.functions.definitions import DEFINITIONS

Vector = list[Any]
BENT = np.array([[0.5, -1.0, 2.0, 1.75, -0.25, 0.625]])


def _softmax(x: Vector, temperature: float = 1.0, noise: Any = 0.0) -> Vector:
    added = np.broadcast_to(noise, len(x)).tolist()
    parts = [mpmath.exp((a + mpf(b)) / mpf(temperature)) for a, b in zip(x, added, strict=True)]
    return [part / sum(parts) for part in parts]


def _logsumexp(x: Vector) -> Any:
    return mpmath.log(sum(map(mpmath.exp, x)))


def _threshold(z: Vector, power: int) -> Vector:
    """max(z − τ, 0)^power with a sum of 1, by trying how many entries exceed τ."""
    ordered = sorted(z, reverse=True)
    for count in range(len(z), 0, -1):
        top = ordered[:count]
        mean = sum(top) / count
        if power == 1:
            tau = mean - mpf(1) / count
        else:
            room = (1 - sum((a - mean) ** 2 for a in top)) / count
            tau = mean - mpmath.sqrt(room) if room >= 0 else top[-1]
        if top[-1] > tau:
            break
    return [max(a - tau, mpf(0)) ** power for a in z]


def _gated_by(gate: str) -> Callable[[Vector], Vector]:
    def bare(x: Vector) -> Vector:
        half = len(x) // 2
        return [a * DEFINITIONS[gate](b) for a, b in zip(x[:half], x[half:], strict=True)]

    return bare


NOISE = (0.25, -1.5, 2.0, 0.0, 0.125, -0.75)

BARE: list[tuple[str, dict[str, Any], Callable[[Vector], Vector]]] = [
    ("softmax", {}, _softmax),
    ("softmin", {}, lambda x: _softmax([-a for a in x])),
    ("log_softmax", {}, lambda x: [a - _logsumexp(x) for a in x]),
    ("logsumexp", {}, lambda x: [_logsumexp(x)]),
    ("logsumexp", {"keepdims": True}, lambda x: [_logsumexp(x)]),
    ("hardmax", {}, lambda x: [mpf(a == max(x)) for a in x]),
    ("sparsemax", {}, lambda x: _threshold(x, 1)),
    ("entmax15", {}, lambda x: _threshold([a / 2 for a in x], 2)),
    ("gumbel_softmax", {"noise": 0.0}, _softmax),
    ("gumbel_softmax", {"temperature": 0.25}, lambda x: _softmax(x, 0.25)),
    ("gumbel_softmax", {"noise": NOISE}, lambda x: _softmax(x, noise=NOISE)),
    ("maxout", {"pieces": 2}, lambda x: [max(x[i : i + 2]) for i in range(0, len(x), 2)]),
    ("crelu", {}, lambda x: [max(a, mpf(0)) for a in (*x, *(-a for a in x))]),
    ("glu", {}, _gated_by("sigmoid")),
    ("reglu", {}, _gated_by("relu")),
    ("geglu", {}, _gated_by("gelu")),
    ("swiglu", {}, _gated_by("silu")),
    ("bilinear", {}, _gated_by("identity")),
]


def _block(values: Any, cotangents: Any, directions: Any) -> Block:
    return Block(
        *(np.atleast_2d(np.array(part, float)) for part in (values, cotangents, directions))
    )


def _blank(name: str, params: dict[str, Any], row: list[float]) -> Block:
    """A row with all cotangents and directions 1."""
    results = shape(name, params).results_of(len(row))
    return _block(row, [1.0] * results, [1.0] * len(row))


def test_every_rowwise_function_is_here() -> None:
    assert {name for name, *_ in BARE} == set(ROW_FORMULAS)
    rowwise = {record.name for record in multiact.records.values() if record.kind == "rowwise"}
    assert rowwise <= set(ROW_FORMULAS)


@pytest.mark.parametrize("x", [BENT, BENT / 8, BENT * 7], ids=["bent", "narrow", "wide"])
@pytest.mark.parametrize(("name", "params", "bare"), BARE)
def test_values_and_gradients(
    name: str, params: dict[str, Any], bare: Callable[[Vector], Vector], x: Any
) -> None:
    row = x[0].tolist()
    results = shape(name, params).results_of(len(row))
    c = [1.0, -0.5, 0.25, 0.75, -1.0, 0.125, 0.375, -0.625, 0.5, 0.875, -0.25, 1.0][:results]
    v = [0.125, 1.0, -0.75, 0.5, -0.375, 0.25]
    value, gradient, second = oracle.rowwise(name, params, _block(row, c, v))

    def objective(shift: list[Any]) -> Any:
        moved = bare([mpf(a) + b for a, b in zip(row, shift, strict=True)])
        return sum(a * b for a, b in zip(c, moved, strict=True))

    with mpmath.workdps(60):
        want = [float(a) for a in bare(list(map(mpf, row)))]
        assert value[0, 0].tolist() == pytest.approx(want, rel=1e-15, abs=1e-300)
        for i in range(len(row)):

            def along(t: Any, s: Any, i: int = i) -> Any:
                return objective([t * (i == j) + s * b for j, b in enumerate(v)])

            slope = mpmath.diff(lambda t, along=along: along(t, 0), 0, h=mpf(10) ** -20)
            assert gradient[0, 0, i] == pytest.approx(float(slope), rel=1e-15, abs=1e-17)
            mixed = mpmath.diff(along, (0, 0), (1, 1), h=mpf(10) ** -15)
            assert second[0, 0, i] == pytest.approx(float(mixed), rel=1e-12, abs=1e-14)


def test_masked_and_impossible_rows() -> None:
    row = [0.0, -math.inf]
    for name in ("softmax", "sparsemax", "entmax15", "gumbel_softmax", "hardmax"):
        value, gradient, _ = oracle.rowwise(name, {}, _blank(name, {}, row))
        assert value[0].tolist() == [[1.0, 0.0]]
        assert gradient[0].tolist() == [[0.0, 0.0]]
    for name in ("softmax", "softmin", "log_softmax", "sparsemax", "entmax15"):
        for bad in ([-math.inf] * 2, [math.inf] * 2, [math.nan, 0.0], [0.0, math.nan]):
            value, *_ = oracle.rowwise(name, {}, _blank(name, {}, bad))
            assert np.isnan(value[0]).all()


def test_logarithms_of_masked_rows() -> None:
    value, *_ = oracle.rowwise("log_softmax", {}, _blank("log_softmax", {}, [0.0, -math.inf, 0.0]))
    assert value[0, 0].tolist() == [-math.log(2), -math.inf, -math.log(2)]
    for row, want in (
        ([0.0, -math.inf], 0.0),
        ([-math.inf, -math.inf], -math.inf),
        ([math.inf, 0.0], math.inf),
        ([math.nan, 0.0], math.nan),
    ):
        value, *_ = oracle.rowwise("logsumexp", {}, _blank("logsumexp", {}, row))
        assert value.shape == (2, 1, 1)
        assert value[0, 0, 0] == want or math.isnan(value[0, 0, 0]) == math.isnan(want)


def test_logarithms_keep_what_is_tiny() -> None:
    value, *_ = oracle.rowwise("log_softmax", {}, _blank("log_softmax", {}, [0.0, -300.0]))
    assert value[0, 0, 0] == pytest.approx(-math.exp(-300.0), rel=1e-15)


def test_maxout_shares_ties() -> None:
    row = [1.0, 3.0, 3.0, 2.0, 2.0, 2.0]
    block = _block(row, [1.0, 0.5], [0.0] * 6)
    value, gradient, second = oracle.rowwise("maxout", {"pieces": 3}, block)
    assert value[0].tolist() == [[3.0, 2.0]]
    assert gradient[0, 0].tolist() == [0.0, 0.5, 0.5] + [0.5 / 3] * 3
    assert np.isnan(second[0]).all()


@pytest.mark.parametrize(
    ("name", "row"), [("sparsemax", [2.0, 1.0, 0.5]), ("entmax15", [2.0, 0.0, -0.5])]
)
def test_an_entry_on_the_threshold_is_flat(name: str, row: list[float]) -> None:
    block = _block(row, [1.0, -0.5, 0.25], [1.0, 0.5, -1.0])
    value, gradient, second = oracle.rowwise(name, {}, block)
    assert value[0].tolist() == [[1.0, 0.0, 0.0]]
    assert gradient[0].tolist() == [[0.0, 0.0, 0.0]]
    assert np.isnan(second[0]).all()


@pytest.mark.parametrize("name", ["sparsemax", "entmax15"])
def test_ties_share_alike(name: str) -> None:
    block = _block([0.1] * 3, [1.0, 0.5, 0.0], [0.0] * 3)
    value, gradient, _ = oracle.rowwise(name, {}, block)
    assert value[0, 0].tolist() == [1 / 3] * 3
    root = 1.0 if name == "sparsemax" else math.sqrt(1 / 3)
    assert gradient[0, 0].tolist() == pytest.approx([root / 2, 0.0, -root / 2])


def test_the_first_of_several_maxima_is_the_hard_one() -> None:
    row = [1.0, 3.0, 3.0]
    value, gradient, _ = oracle.rowwise("hardmax", {}, _blank("hardmax", {}, row))
    assert value[0].tolist() == [[0.0, 1.0, 0.0]]
    assert gradient[0].tolist() == [[0.0, 0.0, 0.0]]
    block = _block(row, [1.0, 0.5, 0.0], [0.5, 0.25, -1.0])
    hard = oracle.rowwise("gumbel_softmax", {"hard": True}, block)
    soft = oracle.rowwise("softmax", {}, block)
    assert hard[0].tolist() == value.tolist()
    for ours, theirs in zip(hard[1:], soft[1:], strict=True):
        assert ours.tolist() == theirs.tolist()


def test_noise_decides_exactly() -> None:
    # In float64 both sums are 1.
    params = {"hard": True, "noise": (2.0**-60, 2.0**-59)}
    value, *_ = oracle.rowwise("gumbel_softmax", params, _blank("gumbel_softmax", {}, [1.0, 1.0]))
    assert value[0].tolist() == [[0.0, 1.0]]


def test_kinks_within_rows() -> None:
    block = _block([-1.0, 0.0, 2.0], [1.0, 0.5, 0.25, -1.0, -0.5, -0.25], [1.0] * 3)
    value, gradient, second = oracle.rowwise("crelu", {}, block)
    assert value[0].tolist() == [[0.0, 0.0, 2.0, 1.0, 0.0, 0.0]]
    assert gradient[0].tolist() == [[1.0, 0.0, 0.25]]
    assert np.isnan(second[0, 0]).tolist() == [False, True, False]
    block = _block([3.0, 0.0], [0.5], [1.0, 1.0])
    value, gradient, second = oracle.rowwise("reglu", {}, block)
    assert (value[0].tolist(), gradient[0].tolist()) == ([[0.0]], [[0.0, 0.0]])
    assert np.isnan(second[0, 0]).tolist() == [False, True]


def test_nan_stays_where_it_is() -> None:
    row = [1.0, math.nan, 2.0, 3.0]
    value, gradient, _ = oracle.rowwise("crelu", {}, _blank("crelu", {}, row))
    assert np.isnan(value[0, 0]).tolist() == [False, True, False, False] * 2
    value, gradient, _ = oracle.rowwise("glu", {}, _blank("glu", {}, row))
    assert np.isnan(value[0, 0]).tolist() == [False, True]
    assert np.isnan(gradient[0, 0]).tolist() == [False, True, False, True]
