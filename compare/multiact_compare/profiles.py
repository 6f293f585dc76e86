"""Where along x results are wrong, and what comes out at the special points: the stuff of curves.

The bins are equally wide in asinh(x / :data:`LINEAR`): as wide as one another near 0, and of a
constant ratio, some eight to a decade, further out. The outermost hold everything beyond them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from multiact_compare.dtypes import Doubles

BINS = 91
"""Odd, so that the middle one lies around 0."""

LINEAR = 0.1
REACH = 1e4
"""The outer end of the outermost bins, where the default tier's contract ends."""

DIGITS = 2
"""A curve of errors needs no more, and a file with thousands of them should stay small."""

EXACT = 0.001
"""A share of an ULP that is as good as none."""

_TOP = math.asinh(REACH / LINEAR)

EDGES: Doubles = LINEAR * np.sinh(np.linspace(-_TOP, _TOP, BINS + 1))
"""The ends of the bins."""


def bins(x: Doubles) -> NDArray[np.intp]:
    """The bin of each x; NaN has none, and is put into the last."""
    found: NDArray[np.intp] = np.searchsorted(EDGES[1:-1], x, side="right")
    return found


def profile(ulps: Doubles, judged: NDArray[np.bool_], at: NDArray[np.intp]) -> list[float | None]:
    """The worst error of the judged results in each bin, ``None`` where none lies."""
    worst = np.full(BINS, -1.0)
    np.maximum.at(worst, at, np.where(judged, ulps, -1.0))
    worst[(worst >= 0) & (worst < EXACT)] = 0.0
    return [None if one < 0 else _short(one) for one in worst.tolist()]


def _short(value: float) -> float:
    rounded = float(f"{value:.{DIGITS}g}")
    # JSON writes 31 shorter than 31.0; both are the same number.
    return int(rounded) if rounded.is_integer() and rounded < 1e6 else rounded


def special(x: Doubles, kinks: Iterable[float]) -> dict[str, int]:
    """Where −0, +0, NaN and the kinks are among the points, under their names."""
    zero = np.flatnonzero(x == 0)
    named = [("-0", zero[np.signbit(x[zero])]), ("0", zero[~np.signbit(x[zero])])]
    named += [(f"{kink:g}", np.flatnonzero(x == kink)) for kink in kinks if kink]
    named.append(("nan", np.flatnonzero(np.isnan(x))))
    return {name: int(places[0]) for name, places in named if places.size}


def share(x: float) -> float:
    """How far x is along the bins, from 0 to 1."""
    return 0.5 + 0.5 * math.asinh(x / LINEAR) / _TOP
