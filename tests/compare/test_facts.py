"""Every fact of a record, measured anew on the oracle: certified arithmetic, not multiact.

A sign of the oracle's is certain, since its enclosures are tight to 100 bits: two neighbouring
numbers with derivatives of opposite signs have a root of it, or a jump across 0, between them.
"""

from __future__ import annotations

import itertools
import math
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from multiact_compare import oracle
from multiact_compare.dtypes import Doubles

import multiact
from multiact import Record

RECORDS = [r for r in multiact.records.values() if r.kind == "elementwise" and oracle.knows(r.name)]
every_record = pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)

STEP = 1 / 64
GRID: Doubles = np.arange(-16, 16 + STEP, STEP)
FAR = np.array([17.0, 20.0, 28.0, 36.0, 44.0, 50.0, 1e2, 1e3, 1e4, 1e8])
EVERYWHERE: Doubles = np.concatenate([-FAR[::-1], GRID, FAR])

VALUE, SLOPE, BEND = 0, 1, 2
CLASSES = ("discontinuous", "C0", "C1", "C2", "C∞")


class Curve(NamedTuple):
    """A function as its record knows it: with the parameters of one of the cases."""

    name: str
    case: int = 0

    def at(self, xs: Doubles | list[float]) -> Doubles:
        """Value, derivative and second derivative (NaN far out and at kinks), a row each."""
        params = multiact.records[self.name].cases[self.case]
        return oracle.elementwise(self.name, params, np.asarray(xs, np.float64))[::2]


@cache
def everywhere(curve: Curve) -> Doubles:
    return curve.at(EVERYWHERE)


@cache
def at_infinity(name: str) -> list[tuple[float, float]]:
    """The limits of value and derivative at −inf and +inf, NaN where there is none."""
    ends = oracle.limits(name, multiact.records[name].cases[0])
    return [ends[-math.inf], ends[math.inf]]


@cache
def crossings(curve: Curve, order: int) -> list[float]:
    """Where a derivative goes from one sign to the other, to neighbouring numbers."""
    row = everywhere(curve)[order]
    signed = [i for i in range(row.size) if row[i] != 0 and not math.isnan(row[i])]
    found = []
    for i, j in itertools.pairwise(signed):
        # Signs that a flat stretch parts are no crossing.
        if row[i] * row[j] < 0 and j - i <= 2:
            found.append(_crossing(curve, order, float(EVERYWHERE[i]), float(EVERYWHERE[j])))
    return found


@cache
def jumps(curve: Curve, order: int) -> set[float]:
    """The points where the function (0) or a derivative (up to 3) has two one-sided limits."""
    record = multiact.records[curve.name]
    known = oracle.kinks(curve.name, record.cases[curve.case])
    centres = np.unique([*GRID[:: int(1 / STEP / 8)], *record.kinks, *known])
    if order < 3:
        left, right = (curve.at(_beside(centres, end))[order] for end in (-math.inf, math.inf))
        return set(centres[abs(right - left) > 1e-9].tolist())
    width = 2.0**-20
    quotients = []
    for side in (-width, width):
        near, far = (curve.at(centres + share * side)[BEND] for share in (1, 2))
        quotients.append((far - near) / side)
    return set(centres[abs(quotients[1] - quotients[0]) > 1e-3].tolist())


def extremes(curve: Curve, order: int) -> tuple[float, float]:
    """Infimum and supremum of the function or its derivative."""
    kinks = np.array(multiact.records[curve.name].kinks)
    places = [*crossings(curve, order + 1), *_beside(kinks, -math.inf), *_beside(kinks, math.inf)]
    candidates = [*everywhere(curve)[order], *curve.at(places)[order]]
    candidates += [end[order] for end in at_infinity(curve.name) if not math.isnan(end[order])]
    return min(candidates), max(candidates)


def _beside(xs: Doubles, end: float) -> Doubles:
    # Beside 0 not the smallest number, whose powers would vanish.
    return np.where(xs == 0, math.copysign(2.0**-60, end), np.nextafter(xs, end))


def _crossing(curve: Curve, order: int, left: float, right: float) -> float:
    """The number at which a sign changes, given that it does between these two."""
    sign = curve.at([left])[order, 0] > 0
    while True:
        middle = left + (right - left) / 2
        if middle in (left, right):
            return min((left, right), key=lambda x: abs(curve.at([x])[order, 0]))
        here = curve.at([middle])[order, 0]
        if here == 0 or math.isnan(here):
            return middle
        left, right = (middle, right) if (here > 0) == sign else (left, middle)


@every_record
def test_limits(record: Record) -> None:
    assert record.limits is not None
    for limit, end, (measured, _) in zip(
        record.limits, (-1, 1), at_infinity(record.name), strict=True
    ):
        if math.isnan(limit):
            assert math.isnan(measured)
            far = Curve(record.name).at(end * np.linspace(1e6, 1e6 + 20, 101))[VALUE]
            assert np.ptp(far) > 0.1, "it does not oscillate"
        else:
            assert measured == pytest.approx(limit, rel=1e-15, abs=1e-20)


@every_record
def test_range(record: Record) -> None:
    assert extremes(Curve(record.name), VALUE) == pytest.approx(record.range, rel=1e-15, abs=1e-20)


@every_record
def test_bounded_and_saturating(record: Record) -> None:
    low, high = extremes(Curve(record.name), VALUE)
    assert record.bounded == (math.isfinite(low) and math.isfinite(high))
    assert record.limits is not None
    sides = zip(("left", "right"), (-1, 1), at_infinity(record.name), strict=True)
    flat = tuple(
        side
        for side, end, (limit, _) in sides
        if abs(Curve(record.name).at([end * 1e12])[VALUE, 0] - limit) < 1e-6
    )
    assert record.saturates == flat


@every_record
def test_monotonic(record: Record) -> None:
    """Correct rounding keeps an order, so the steps between rounded values are as the true ones."""
    value, slope, _ = everywhere(Curve(record.name))
    steps = np.diff(value)
    rises = bool((slope >= 0).all() and (steps >= 0).all())
    falls = bool((slope <= 0).all() and (steps <= 0).all())
    assert record.monotonic == (rises or falls)


@every_record
def test_zero_centred(record: Record) -> None:
    value = everywhere(Curve(record.name))[VALUE]
    assert record.zero_centred == bool((value == -value[::-1]).all())


@every_record
def test_smoothness(record: Record) -> None:
    """The first of value and derivatives to jump somewhere."""
    orders = [order for order in range(4) if jumps(Curve(record.name), order)]
    assert record.smoothness == CLASSES[min(orders, default=4)]


@every_record
def test_kinks(record: Record) -> None:
    """Every jump of value or derivative is one; and each is needed, for one of the cases: elu has
    none with its default alpha, but with every other.
    """
    assert set(record.kinks) == set(oracle.kinks(record.name, record.cases[0]))
    measured = jumps(Curve(record.name), VALUE) | jumps(Curve(record.name), SLOPE)
    assert measured <= set(record.kinks)
    cases = [Curve(record.name, case) for case in range(len(record.cases))]
    somewhere = {x for curve in cases for order in range(3) for x in jumps(curve, order)}
    assert set(record.kinks) <= somewhere


@every_record
def test_kinks_of_every_case(record: Record) -> None:
    """Those that the oracle knows, which depend on the parameters, are all there are."""
    for case, params in enumerate(record.cases):
        measured = {x for order in (VALUE, SLOPE) for x in jumps(Curve(record.name, case), order)}
        assert measured <= set(oracle.kinks(record.name, params)), params


@every_record
def test_nothing_jumps_between_the_points_that_are_tested(record: Record) -> None:
    """The change from one point of the grid to the next is what the derivatives allow."""
    inside = slice(FAR.size, -FAR.size)
    value, slope, bend = (row[inside] for row in everywhere(Curve(record.name)))
    bend = np.nan_to_num(bend)
    smooth = ~np.isin(GRID, record.kinks)
    smooth = smooth[1:] & smooth[:-1]
    for row, rate in ((value, slope), (slope, bend)):
        allowed = STEP * (np.maximum(abs(rate[1:]), abs(rate[:-1])) + 3 * abs(np.diff(rate)))
        assert (abs(np.diff(row)) <= allowed + STEP**2)[smooth].all()


@every_record
def test_share_of_zeros(record: Record) -> None:
    """The standard normal measure of the stretches on which the value is exactly 0."""
    curve = Curve(record.name)
    xs = GRID[abs(GRID) <= 9]  # where no value has underflown, and all but 1e-19 of the measure is
    value = curve.at(xs)[VALUE]
    share = 0.0
    for i in range(xs.size - 1):
        if value[i] == value[i + 1] == 0:
            share += _normal(xs[i + 1]) - _normal(xs[i])
        elif (value[i] == 0) != (value[i + 1] == 0):
            inner, outer = sorted((i, i + 1), key=lambda j: bool(value[j]))
            edge = _edge_of_zeros(curve, float(xs[inner]), float(xs[outer]))
            share += abs(_normal(edge) - _normal(xs[inner]))
    assert record.zeros == pytest.approx(share, abs=1e-12)


def _edge_of_zeros(curve: Curve, inner: float, outer: float) -> float:
    while True:
        middle = inner + (outer - inner) / 2
        if middle in (inner, outer) or outer - inner < 1e-300:
            return inner
        if curve.at([middle])[VALUE, 0] == 0:
            inner = middle
        else:
            outer = middle


def _normal(x: float) -> float:
    return math.erfc(-x / math.sqrt(2)) / 2


@every_record
def test_derivative_range(record: Record) -> None:
    measured = extremes(Curve(record.name), SLOPE)
    assert measured == pytest.approx(record.derivative_range, rel=1e-15, abs=1e-20)


@every_record
def test_roots_of_the_derivative_are_roots(record: Record) -> None:
    curve = Curve(record.name)
    for root in record.derivative_roots:
        around = _beside(np.array([root]), -math.inf)[0], _beside(np.array([root]), math.inf)[0]
        left, right = curve.at([*around])[SLOPE]
        if left * right >= 0:
            # It touches 0: its own derivative changes sign there, and it is 0 to the second order.
            bend = curve.at([*around])[BEND]
            assert bend[0] * bend[1] < 0
            assert abs(curve.at([root])[SLOPE, 0]) <= 4 * math.ulp(root or 2.0**-100) ** 2


@every_record
def test_no_root_of_the_derivative_is_missing(record: Record) -> None:
    curve = Curve(record.name)
    touching = [
        x
        for x in crossings(curve, BEND)
        if x not in record.kinks
        and abs(curve.at([x])[SLOPE, 0]) <= 4 * math.ulp(x or 2.0**-100) ** 2
        and curve.at([x - STEP, x + STEP])[SLOPE].all()
    ]
    measured = sorted({*crossings(curve, SLOPE), *touching})
    listed = list(record.derivative_roots)
    if len(measured) > len(listed):
        # Infinitely many: consecutive ones are listed, the others follow at the same distance.
        measured = [x for x in measured if GRID[0] < x < GRID[-1]]
        distances = np.diff(measured)
        assert len(listed) > 1, measured
        assert np.allclose(distances, listed[1] - listed[0], rtol=1e-12), measured
        start = int(np.argmin(abs(np.array(measured) - listed[0])))
        measured = measured[start : start + len(listed)]
    assert listed == pytest.approx(measured, rel=4e-16, abs=1e-300)
