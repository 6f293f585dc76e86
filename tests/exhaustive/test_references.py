"""The float64 oracle stays within its own bound of the truth, for every function and parameter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from flint import arb
from multiact_compare import oracle
from multiact_compare.dtypes import DTYPES
from multiact_compare.exhaustive import space
from multiact_compare.exhaustive.check import OracleError, check
from multiact_compare.exhaustive.definitions import DEFINITIONS, Definition, logistic
from multiact_compare.exhaustive.polynomial import Approximation
from multiact_compare.exhaustive.reference import Oracle
from multiact_compare.plan import Case

from tests.exhaustive.cases import CASES, first_case, label

SINGLE = DTYPES["float32"]
BOTH = ("value", "derivative")


def test_every_elementwise_function_has_a_definition() -> None:
    assert set(DEFINITIONS) == {case.function for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=label)
def test_references_are_within_their_bound(case: Case) -> None:
    points, worst = check(case, SINGLE, BOTH, runs=120)
    assert points > 1000
    assert worst <= 1


@pytest.mark.parametrize("case", CASES, ids=label)
def test_bounds_are_small_where_results_are_judged(case: Case) -> None:
    # A bound that nothing ever exceeds because it is huge would leave all to arb.
    segments = space.segments(
        SINGLE,
        0,
        1 << 32,
        reach=1e4,
        infinities=False,
        kinks=case.kinks,
        joints=DEFINITIONS[case.function](**case.params).joints,
    )
    cheap = Oracle(DEFINITIONS[case.function](**case.params), SINGLE, BOTH)
    good = total = 0
    for segment in segments:
        if segment.alone or not segment.judged or segment.where == "nan":
            continue
        for share in np.linspace(0.02, 0.98, 12):
            start = segment.start + int(share * (segment.stop - segment.start))
            start = max(start // 65536 * 65536, segment.start)
            stop = min(start + 4096, segment.stop)
            for run in cheap.runs(segment, start, stop):
                total += 2
                if run.references is None:
                    continue
                for reference in run.references:
                    values = reference.values(
                        0, run.stop - run.start, np.empty(run.stop - run.start)
                    )
                    ulp = np.maximum(np.median(np.abs(values)) * 2.0**-24, 2.0**-149)
                    good += reference.error <= ulp * 2.0**-20
    assert good >= 0.9 * total


@pytest.mark.parametrize(
    ("low", "high"), [(0.9, 1.1), (-4.1, -3.9), (1e-40, 1.3e-38), (15.9, 16.2)]
)
@pytest.mark.parametrize("name", ["sigmoid", "mish", "sine", "tanhshrink", "sparse_plus"])
def test_runs_across_powers_of_two_and_joints(name: str, low: float, high: float) -> None:
    case = first_case(name)
    definition = DEFINITIONS[name](**case.params)
    start, stop = space.first_from(SINGLE, low), space.last_until(SINGLE, high) + 1
    start = max(start, stop - (1 << 18))
    segments = space.segments(
        SINGLE, start, stop, reach=1e4, infinities=False, kinks=(), joints=definition.joints
    )
    cheap = Oracle(definition, SINGLE, BOTH)
    covered = start
    for segment in segments:
        for run in cheap.runs(segment, segment.start, segment.stop):
            assert run.start == covered
            covered = run.stop
            if run.references is None:
                continue
            size = run.stop - run.start
            chosen = np.unique([0, size // 3, size - 1])
            x = np.array([space.number(SINGLE, run.start + int(i)) for i in chosen])
            truth = oracle.elementwise(name, case.params, x, second=False)
            for part, reference in enumerate(run.references):
                values = reference.values(0, size, np.empty(size))[chosen]
                errors = np.abs(values - truth[2 * part] - truth[2 * part + 1])
                assert (errors <= reference.error).all()
    assert covered == stop


def test_a_wrong_definition_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    spoiled = Definition(lambda x, about: logistic(x, about > 0) * (1 + arb(2) ** -40))
    monkeypatch.setitem(DEFINITIONS, "sigmoid", lambda: spoiled)  # type: ignore[arg-type]
    with pytest.raises(OracleError, match="sigmoid"):
        check(first_case("sigmoid"), SINGLE, BOTH)


def test_exact_polynomials_have_no_error_bound() -> None:
    parabola = Approximation(DEFINITIONS["squared_relu"]())
    (found,) = parabola.on(1.5, 2.0**-8, 2.0**-16, 1.5, ("value",)) or ()
    assert found.error == 0
    assert found.coefficients == (2.25, 3 * 2.0**-8, 2.0**-16)
    # With steps this fine the squares no longer fit into float64.
    (found,) = parabola.on(1.5, 2.0**-8, 2.0**-30, 1.5, ("value",)) or ()
    assert found.error > 0


def test_too_wide_an_interval_has_no_polynomial() -> None:
    assert Approximation(DEFINITIONS["sine"]()).on(1e6, 1e3, 1e-3, 1e6, BOTH) is None
    assert Approximation(DEFINITIONS["sigmoid"]()).on(1.0, 4.0, 1e-3, 1.0, BOTH) is None


def test_far_sines_are_within_their_bound() -> None:
    for name, params in (("sine", {"omega": 2.3}), ("snake", {"a": -11.0})):
        definition = DEFINITIONS[name](**params)
        assert definition.far is not None
        x = SINGLE.decode(SINGLE.encode(np.geomspace(definition.far.start, 3e38, 500)))
        truth = oracle.elementwise(name, params, x, second=False)
        for part, values in enumerate(definition.far.evaluate(x)):
            errors = np.abs(values - truth[2 * part] - truth[2 * part + 1])
            bounds = [definition.far.errors(float(point))[part] for point in x]
            assert (errors <= bounds).all()
            assert not math.isnan(float(errors.sum()))
