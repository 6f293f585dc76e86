"""What a picture of a function shows: lines with their gaps, kinks, jumps and asymptotes.

Everything is found on NumPy from the function itself, so it is right for every parameter. Rowwise
functions are drawn along one entry of a row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

import multiact
from multiact import Record
from multiact_compare.catalogue import span
from multiact_compare.dtypes import Doubles

POINTS = 801
MARKS = ("", "′", "″")
DIGITS = "₁₂₃₄₅₆₇₈₉"

STEEP = 0.02
"""The share of a curve's height that is suspected of being a jump if it lies between two points."""

HALVINGS = 30
"""How often a suspected interval is halved; if its ends are still apart then, it is a jump."""

CLOSE = 1e-9
"""Where the curve is looked at on either side of a jump, relative to x beyond 1."""

FAR = (1e6, 1e8)
"""Where a function has reached its asymptote as far as a picture can show it."""

UNSEEN = 2e-5
"""What is left of a slow approach there; in a picture it is nothing."""

Curve: TypeAlias = Callable[[Doubles], Doubles]
Dot: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """One curve of a picture.

    ``ys`` is NaN where the curve jumps, and ``xs`` has a point close by on either side. ``dots``
    are values at kinks and jumps, ``rings`` the ends of pieces that do not belong to the curve.
    ``asymptotes`` are pairs of slope and intercept at −∞ and +∞, ``None`` where there is none.
    """

    label: str
    xs: Doubles
    ys: Doubles
    dots: tuple[Dot, ...] = ()
    rings: tuple[Dot, ...] = ()
    asymptotes: tuple[tuple[float, float] | None, tuple[float, float] | None] = (None, None)


@dataclass(frozen=True)
class Panel:
    """Curves that share their axes."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Row:
    """A row of which one entry runs: how it is written, and the rows for values of x.

    ``entry`` is the place of x, and ``others`` names further curves by what else is in the row.
    """

    words: str
    entry: int
    values: Callable[[Doubles], Doubles]


def _entries(*entries: float | None) -> Row:
    """The row with these numbers, where x stands for ``None``."""
    at = entries.index(None)
    words = ", ".join("x" if entry is None else f"{entry:g}" for entry in entries)

    def values(xs: Doubles) -> Doubles:
        rows = np.array([[0.0 if entry is None else entry for entry in entries]])
        rows = np.repeat(rows, xs.size, axis=0)
        rows[:, at] = xs
        return rows

    return Row(f"[{words}]".replace("-", "−"), at, values)


ROW = (_entries(None, 0.0, 1.0),)
ROWS: Mapping[str, tuple[Row, ...]] = {
    "crelu": (_entries(None),),
    "maxout": (_entries(None, 0.0),),
}
GATED = tuple(_entries(a, None) for a in (2.0, 1.0, -1.0))
"""Units of two halves: one curve for each of some values of the first half."""


def panels(
    record: Record, params: Mapping[str, Any], reach: tuple[float, float] | None = None
) -> list[Panel]:
    """One function: its value, first and second derivative; of rows the value and the gradient."""
    low, high = reach or span(record)
    if record.kind == "elementwise":
        curves = [partial(_elementwise, record, params, order) for order in range(3)]
        stack = _stack("", curves, low, high)
        return [
            Panel(f"{record.name}{mark}(x)", (one,)) for mark, one in zip(MARKS, stack, strict=True)
        ]
    rows = GATED if record.family == "gated" else ROWS.get(record.name, ROW)
    words = f"{record.name}({rows[0].words if len(rows) == 1 else '[a, x]'})"
    stacks = [one for row in rows for one in _of_row(record, params, row, low, high)]
    return [
        Panel(title, tuple(stack[order] for stack in stacks))
        for order, title in enumerate((words, f"∂/∂x {words}"))
    ]


def line(label: str, curve: Curve, low: float, high: float) -> Line:
    """A curve with everything that is to be seen of it between two ends."""
    xs = np.linspace(low, high, POINTS)
    ys = curve(xs)
    jumps = _jumps(curve, xs, ys)
    near = [(x - side, x + side) for x in jumps for side in [CLOSE * max(1.0, abs(x))]]
    dots: list[Dot] = []
    rings: list[Dot] = []
    for x, (before, after) in zip(jumps, near, strict=True):
        left, here, right = curve(np.array([before, x, after])).tolist()
        rings += [(x, end) for end in (left, right) if not math.isclose(end, here, abs_tol=1e-6)]
        dots.append((x, here))
    xs = np.union1d(xs, [*jumps, *(x for pair in near for x in pair)])
    ys = np.where(np.isin(xs, jumps), np.nan, curve(xs))
    ends = (asymptote(curve, -1.0), asymptote(curve, 1.0))
    return Line(label, xs, ys, tuple(dots), tuple(rings), ends)


def asymptote(curve: Curve, sign: float) -> tuple[float, float] | None:
    """Slope and intercept of the straight line that a curve tends to on one side."""
    near, far = (float(y) for y in curve(sign * np.array(FAR)))
    if not (math.isfinite(near) and math.isfinite(far)):
        return None
    slope = (far - near) / (sign * (FAR[1] - FAR[0]))
    intercept = near - slope * sign * FAR[0]
    middle = float(curve(np.array([sign * FAR[1] / 7]))[0])
    straight = intercept + slope * sign * FAR[1] / 7
    if not math.isclose(middle, straight, rel_tol=1e-9, abs_tol=UNSEEN):
        return None
    slope, intercept = (0.0 if abs(part) < UNSEEN else part for part in (slope, intercept))
    return slope, intercept


def _stack(label: str, curves: Sequence[Curve], low: float, high: float) -> list[Line]:
    """A curve and its derivatives, each with dots where the next one jumps: at its kinks."""
    lines = [line(label, curve, low, high) for curve in curves]
    for index, (one, after) in enumerate(pairwise(lines)):
        known = {x for x, _ in one.dots}
        kinks = np.array([x for x, _ in after.dots if x not in known])
        if kinks.size:
            heights = curves[index](kinks).tolist()
            dots = (*one.dots, *zip(kinks.tolist(), heights, strict=True))
            lines[index] = replace(one, dots=dots)
    return lines


def _elementwise(record: Record, params: Mapping[str, Any], order: int, xs: Doubles) -> Doubles:
    """The value, or a derivative."""
    if not order:
        value: Doubles = record.function(xs, **params)
        return value
    slope: Doubles = multiact.derivative(record.function, xs, order=order, **params)
    return slope


def _of_row(
    record: Record, params: Mapping[str, Any], row: Row, low: float, high: float
) -> list[list[Line]]:
    """For every entry of the result, its line and that of its derivative with respect to x."""
    results = _row_values(record, params, row, np.zeros(1)).shape[1]

    def entry(index: int, xs: Doubles) -> Doubles:
        return _row_values(record, params, row, xs)[:, index]

    def slope(index: int, xs: Doubles) -> Doubles:
        rows = row.values(xs)
        cotangent = np.zeros((xs.size, results))
        cotangent[:, index] = 1.0
        shape = np.shape(record.function(rows, **params))
        gradient = multiact.vjp(record.function, rows, cotangent.reshape(shape), **params).x
        found: Doubles = gradient[:, row.entry]
        return found

    if record.family == "gated":
        labels = [f"a = {row.words.strip('[]').partition(',')[0]}"]
    else:
        labels = [f"y{digit}" for digit in DIGITS[:results]] if results > 1 else [""]
    return [
        _stack(label, [partial(entry, index), partial(slope, index)], low, high)
        for index, label in enumerate(labels)
    ]


def _row_values(record: Record, params: Mapping[str, Any], row: Row, xs: Doubles) -> Doubles:
    found: Doubles = np.asarray(record.function(row.values(xs), **params)).reshape(xs.size, -1)
    return found


def _jumps(curve: Curve, xs: Doubles, ys: Doubles) -> list[float]:
    """Where a curve is not continuous: suspected intervals are halved until they are points."""
    height = float(np.ptp(ys[np.isfinite(ys)])) or 1.0
    suspects = np.flatnonzero(np.abs(np.diff(ys)) > STEEP * height)
    left, right = xs[suspects], xs[suspects + 1]
    if not suspects.size:
        return []
    for _ in range(HALVINGS):
        middle = (left + right) / 2
        at = curve(middle)
        go_left = np.abs(at - curve(left)) >= np.abs(curve(right) - at)
        left, right = np.where(go_left, left, middle), np.where(go_left, middle, right)
    apart = np.abs(curve(right) - curve(left)) > 1e-6 * height
    # Jumps lie at numbers that a person wrote; the halving ends a little beside them.
    return sorted({round(x, 7) + 0.0 for x in ((left + right) / 2)[apart].tolist()})
