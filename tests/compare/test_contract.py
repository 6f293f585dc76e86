"""The judgement on made-up results: what is wrong is found, where it is wrong."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from multiact_compare import contract, excuses, inputs, parity
from multiact_compare.contract import Expected
from multiact_compare.deviations import DEVIATIONS, Deviation, excuse
from multiact_compare.dtypes import DTYPES
from multiact_compare.plan import Case
from multiact_compare.results import Cell
from multiact_compare.tiers import DEFAULT

import multiact

F32 = DTYPES["float32"]
X = np.array([-2.0, 0.0, 1e-40, 3.0, math.nan, 2e4, math.inf])
LEAST = 2.0**-126
TRUTH = Expected.of(
    F32,
    np.array([0.5, 0.25, 1.0, 3.0, math.nan, 2e4, math.nan]),
    np.zeros(7),
    judged=np.array([True, True, True, True, True, False, False]),
    must_be_nan=np.isnan(X),
    x=X,
    kinks=(0.0,),
)
RIGHT = np.array([0.5, 0.25, 1.0, 3.0, math.nan, 2e4, math.inf])
BOUND = DEFAULT.absolute_bound("value", F32, 1.0)


def _judge(results: np.ndarray) -> contract.Verdict:
    return contract.judge(F32.encode(results), F32, TRUTH, BOUND)


def _with(index: int, value: float) -> np.ndarray:
    results = RIGHT.copy()
    results[index] = value
    return results


def test_right_results_pass() -> None:
    verdict = _judge(RIGHT)
    assert verdict.judged == 5
    assert verdict.worst_ratio == verdict.worst_ulp == 0
    assert not any(verdict.failures.values())


@pytest.mark.parametrize(
    ("index", "value", "where"),
    [
        (0, 0.5 + 2.0**-20, "finite"),
        (3, math.nan, "finite"),
        (3, math.inf, "finite"),
        (1, 0.0, "kink"),
        (2, 0.0, "subnormal"),
        (4, 1.0, "nan"),
    ],
)
def test_a_wrong_result_is_found_where_it_is(index: int, value: float, where: str) -> None:
    verdict = _judge(_with(index, value))
    assert {key for key, count in verdict.failures.items() if count} == {where}
    if where == "nan":
        assert verdict.nan_failure_at == index
    else:
        assert verdict.worst_ratio > 1
        assert verdict.worst_ratio_at == index


@pytest.mark.parametrize(
    ("x", "truth", "where"),
    [
        (-80.0, 0.75 * LEAST, "underflow"),
        (-80.0, LEAST, "underflow"),
        (-80.0, 2 * LEAST, "finite"),
        (-80.0, 0.0, "finite"),
        (-(2.0**40), 0.75 * LEAST, "underflow"),
        (2.0**970, 1.0, "finite"),
        (0.75 * LEAST, 0.75 * LEAST, "subnormal"),
    ],
)
def test_every_place_has_one_kind(x: float, truth: float, where: str) -> None:
    expected = Expected.of(
        F32,
        np.array([truth]),
        np.zeros(1),
        judged=np.array([True]),
        must_be_nan=np.array([False]),
        x=np.array([x]),
    )
    verdict = contract.judge(F32.encode(np.array([3.0])), F32, expected, 0.0)
    assert {key for key, count in verdict.failures.items() if count} == {where}


def test_what_is_next_to_a_root_is_told_apart() -> None:
    x = -0.75 * (1 + np.array([0.0, 2.0**-19, -(2.0**-17), 2.0**-17]))
    expected = Expected.of(
        DTYPES["float64"],
        np.full(4, 1e-9),
        np.zeros(4),
        judged=np.ones(4, bool),
        must_be_nan=np.zeros(4, bool),
        x=x,
        roots=(-0.75,),
    )
    wrong = DTYPES["float64"].encode(np.full(4, 3.0))
    verdict = contract.judge(wrong, DTYPES["float64"], expected, 0.0, excused={"root"})
    assert {key: n for key, n in verdict.failures.items() if n} == {"root": 2, "finite": 2}
    assert verdict.worst_ratio_at in (2, 3)


def test_a_root_is_looked_for_among_every_number() -> None:
    """Some of float16's NaNs signal; no warning of theirs may reach a user."""
    float16 = DTYPES["float16"]
    x = float16.decode(inputs.every_value(float16))
    expected = Expected.of(
        float16,
        np.where(np.isnan(x), np.nan, x),
        np.zeros(x.size),
        judged=np.isfinite(x),
        must_be_nan=np.isnan(x),
        x=x,
        roots=(-0.75,),
    )
    assert x[expected.root].tolist() == [-0.75]


def test_both_bounds_allow() -> None:
    # 3 ± 8 ULP, and near 0.25 the absolute bound of 2 eps, which is 16 ULP there.
    assert not any(_judge(_with(3, 3.0 + 8 * 2.0**-22)).failures.values())
    assert _judge(_with(3, 3.0 + 9 * 2.0**-22)).failures["finite"] == 1
    assert not any(_judge(_with(1, 0.25 + 2.0**-22)).failures.values())
    assert _judge(_with(1, 0.25 + 2.0**-22 + 2.0**-25)).failures["kink"] == 1


def test_what_is_out_of_range_is_reported_only() -> None:
    verdict = _judge(_with(5, 1.0))
    assert not any(verdict.failures.values())
    assert verdict.unjudged_ulp > 1e6
    assert verdict.unjudged_ulp_at == 5


def test_tiny_results_are_told_apart() -> None:
    high = np.where(X == 0, 1e-12, TRUTH.high)
    truth = Expected.of(F32, high, TRUTH.low, judged=TRUTH.judged, must_be_nan=TRUTH.must_be_nan)
    verdict = contract.judge(F32.encode(_with(1, 0.0)), F32, truth, BOUND)
    assert verdict.worst_ulp > 1e6
    assert verdict.sized_ulp == 0
    assert not any(verdict.failures.values())


def test_scales() -> None:
    assert contract.parameter_scale({}) == 1.0
    assert contract.parameter_scale({"approximate": "tanh", "flag": True}) == 1.0
    assert contract.parameter_scale({"a": -3.0, "b": 0.5}) == 3.0
    assert DEFAULT.absolute_bound("derivative", F32, 3.0) == 6 * 2.0**-23
    assert DEFAULT.absolute_bound("second", F32, 3.0) == 72 * 2.0**-23


def _case(function: str, **params: object) -> Case:
    return Case(f"{function}-0", function, "rowwise", params, ())


def test_scales_of_rows() -> None:
    x = np.array([[8.0, -0.5, 1e4, 3.0], [math.nan, -2.0, 0.0, math.inf]])
    for quantity in ("derivative", "second"):
        scales = contract.row_scales(_case("geglu"), x, quantity)
        assert scales.tolist() == [[1.0, 1.0, 8.0, 1.0], [1.0, 1.0, 1.0, 2.0]]
    assert contract.row_scales(_case("geglu"), x, "value").tolist() == [[8.0, 1.0], [1.0, 2.0]]
    assert contract.row_scales(_case("maxout", pieces=2), x, "value").tolist() == [[1.0] * 2] * 2
    assert contract.row_scales(_case("crelu"), x, "value").shape == (2, 8)
    assert contract.row_scales(_case("logsumexp"), x, "value").shape == (2, 1)
    noisy = _case("gumbel_softmax", temperature=0.5, noise=0.0)
    for quantity, scale in (("value", 1.0), ("derivative", 2.0), ("second", 4.0)):
        assert (contract.row_scales(noisy, x, quantity) == scale).all()


def test_overflow_is_right_where_the_truth_is_beyond() -> None:
    """squared_relu(1e4) is inf in float16, and nothing else."""
    f16 = DTYPES["float16"]
    x = np.array([1e4, 255.875])
    truth = Expected.of(
        f16, x * x, np.zeros(2), judged=np.ones(2, bool), must_be_nan=np.zeros(2, bool), x=x
    )
    bound = DEFAULT.absolute_bound("value", f16, 1.0)
    for results, broken in (
        ([math.inf, 65472.0], 0),
        ([65504.0, 65472.0], 1),
        ([-math.inf, 65472.0], 1),
        ([math.nan, 65472.0], 1),
        ([math.inf, math.inf], 0),
        ([math.inf, 65472.0 - 9 * 32], 1),
    ):
        verdict = contract.judge(f16.encode(np.array(results)), f16, truth, bound)
        assert verdict.failures["finite"] == broken, results


def test_bounds_may_differ_from_place_to_place() -> None:
    results = _with(0, 0.5 + 2.0**-19)
    bounds = np.full(7, BOUND)
    assert contract.judge(F32.encode(results), F32, TRUTH, bounds).failures["finite"] == 1
    bounds[0] *= 8
    assert contract.judge(F32.encode(results), F32, TRUTH, bounds).failures["finite"] == 0


ROW = Deviation("torch", "relu", "*", "derivative", "*", "nan", "passes the cotangent")


def test_a_row_excuses_what_it_describes_and_nothing_else() -> None:
    assert excuse([ROW], "torch", "relu", "float16", "derivative", "eager") == {"nan": ROW}
    assert not excuse([ROW], "torch", "relu", "float16", "value", "eager")
    assert not excuse([ROW], "jax", "relu", "float16", "derivative", "eager")
    cell = _cell(failures={"nan": 1}, excused={"nan": ROW.reason})
    assert cell.ok
    assert not replace(cell, failures={"nan": 1, "kink": 1}).ok
    assert not replace(cell, error="ValueError").ok


def _cell(**facts: object) -> Cell:
    names = {"quantity": "derivative", "mode": "eager", "layout": "long"}
    blank = Cell("relu", "", "torch", "float16", **names)
    return replace(blank, **facts)  # type: ignore[arg-type]


def _request(**facts: object) -> parity.Request:
    request = parity.Request(functions=["relu"], deviations=[ROW])
    return replace(request, **facts)  # type: ignore[arg-type]


def test_a_stale_row_is_a_problem() -> None:
    clean, deviating = _cell(failures={"nan": 0}), _cell(failures={"nan": 2})
    (message,) = excuses.stale(_request(), [clean])
    assert "remove this row" in message
    assert "torch relu" in message
    assert not list(excuses.stale(_request(), [clean, deviating]))


def test_a_partial_run_calls_no_row_stale() -> None:
    clean = _cell(failures={"nan": 0})
    assert not list(excuses.stale(_request(dtypes=["float16"]), [clean]))
    assert not list(excuses.stale(_request(modes=["eager"]), [clean]))
    assert not list(excuses.stale(_request(), []))
    finite = [replace(ROW, where="finite")]
    few = _request(points=DEFAULT.points - 1, deviations=finite)
    assert not list(excuses.stale(few, [clean]))


def test_a_row_for_every_function() -> None:
    everywhere = replace(ROW, function="*", backend="jax", dtype="float64")
    assert excuse([everywhere], "jax", "gelu", "float64", "derivative", "eager")
    assert not excuse([everywhere], "jax", "gelu", "float32", "derivative", "eager")
    clean = replace(_cell(failures={"nan": 0}), backend="jax", dtype="float64")
    request = _request(deviations=[everywhere], thorough=True)
    assert not list(excuses.stale(request, [clean]))
    (message,) = excuses.stale(replace(request, functions=list(multiact.records)), [clean])
    assert "jax * float64" in message


def test_what_only_a_thorough_run_measures_is_stale_in_none_else() -> None:
    """On the slow backends further parameter settings are measured in float32 alone."""
    clean = replace(_cell(failures={"nan": 0}), backend="jax", dtype="float64")
    row = replace(ROW, backend="jax", dtype="float64")
    assert not list(excuses.stale(_request(deviations=[row]), [clean]))
    assert list(excuses.stale(_request(deviations=[row], thorough=True), [clean]))


def test_a_row_about_less_common_functions_compiled_is_stale_in_a_thorough_run_only() -> None:
    """A default run compiles them in float32 alone."""
    clean = replace(_cell(failures={"nan": 0}), function="softsign", mode="compiled")
    row = replace(ROW, function="softsign", mode="compiled", dtype="float16")
    for mode in ("compiled", "*"):
        request = _request(functions=["softsign"], deviations=[replace(row, mode=mode)])
        assert not list(excuses.stale(request, [clean]))
        assert list(excuses.stale(replace(request, thorough=True), [clean]))
    common = replace(row, function="relu")
    assert list(excuses.stale(_request(deviations=[common]), [replace(clean, function="relu")]))
    eager = replace(row, mode="eager")
    request = _request(functions=["softsign"], deviations=[eager])
    assert list(excuses.stale(request, [replace(clean, mode="eager")]))


def test_few_points_call_no_row_about_all_of_them_stale() -> None:
    """Further parameter settings get a tenth of the points."""
    clean = _cell(failures={"nan": 0})
    request = _request(deviations=[replace(ROW, where="finite")])
    assert not list(excuses.stale(request, [clean]))
    assert list(excuses.stale(replace(request, thorough=True), [clean]))


def test_rows_about_roots_are_stale_where_all_points_were_measured() -> None:
    """Parameters in arrays, which make these roots, are measured in every dtype everywhere."""
    row = replace(ROW, function="xielu", backend="jax", dtype="float64", where="root")
    row = replace(row, tier="precise", mode="eager")
    clean = replace(_cell(failures={}), function="xielu", backend="jax", dtype="float64")
    request = _request(functions=["xielu"], deviations=[row], tier_name="precise")
    assert list(excuses.stale(request, [clean]))
    assert not list(excuses.stale(replace(request, points=1000), [clean]))
    failing = replace(clean, failures={"root": 3})
    assert not list(excuses.stale(request, [failing]))


def test_rows_are_unique_and_have_reasons() -> None:
    keys = [
        (d.tier, d.backend, d.function, d.dtype, d.quantity, d.mode, d.where) for d in DEVIATIONS
    ]
    assert len(set(keys)) == len(keys)
    assert all(row.reason for row in DEVIATIONS)
