"""What a sweep counts: for a function on a backend, one tally per quantity.

Tallies of parts add up to the same whole in whatever order they come.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from multiact_compare.plan import WHERES, Where

BINS_PER_ULP = 4
BINS = 8 * BINS_PER_ULP + 1
"""Quarters of an ULP up to 8, and one more for all that is beyond."""


@dataclass(frozen=True)
class Place:
    """Where something is largest: how much at most, the input's key, and the result's bits."""

    amount: float
    key: int
    bits: int

    def before(self, other: Place | None) -> bool:
        """Whether this one goes on record: the larger one, of equals the first in order."""
        return other is None or (self.amount, -self.key) > (other.amount, -other.key)


PEAKS = ("ulp", "sized", "ratio", "beyond")
"""Worst error in ULP; among results above the absolute bound; as a share of what is allowed; and
in ULP where nothing is promised."""


@dataclass
class Tally:
    """Counts of inputs, of errors by their size, and of failures; where the largest ones are.

    ``histogram`` counts judged results by the quarter of an ULP in which their error lies, the last
    entry those beyond 8. ``fallbacks`` counts the inputs at which the oracle itself was asked.
    ``ends`` are the bits of the results at −inf and +inf, ``nan_failure`` is the first place where
    NaN did not come out.
    """

    inputs: int = 0
    judged: int = 0
    misrounded: int = 0
    fallbacks: int = 0
    histogram: NDArray[np.int64] = field(default_factory=lambda: np.zeros(BINS, np.int64))
    failures: dict[Where, int] = field(default_factory=lambda: dict.fromkeys(WHERES, 0))
    peaks: dict[str, Place] = field(default_factory=dict)
    nan_failure: Place | None = None
    ends: dict[str, int] = field(default_factory=dict)

    def see(self, peak: str, amount: float, key: int, bits: int) -> None:
        """A candidate for one of the peaks."""
        place = Place(amount, key, bits)
        if place.before(self.peaks.get(peak)):
            self.peaks[peak] = place

    def see_not_nan(self, key: int, bits: int) -> None:
        """A result that is none although NaN went in."""
        place = Place(0.0, key, bits)
        if place.before(self.nan_failure):
            self.nan_failure = place

    def size_of(self, peak: str) -> float:
        """The amount of a peak, below every other if there is none."""
        return self.peaks[peak].amount if peak in self.peaks else -math.inf

    def add(self, other: Tally) -> None:
        """The other's counts too."""
        self.inputs += other.inputs
        self.judged += other.judged
        self.misrounded += other.misrounded
        self.fallbacks += other.fallbacks
        self.histogram += other.histogram
        for where, count in other.failures.items():
            self.failures[where] += count
        for peak, place in other.peaks.items():
            self.see(peak, place.amount, place.key, place.bits)
        if other.nan_failure is not None:
            self.see_not_nan(other.nan_failure.key, other.nan_failure.bits)
        self.ends.update(other.ends)

    def to_data(self) -> dict[str, Any]:
        """Plain data for JSON; amounts exactly, as hexadecimal."""
        return {
            "inputs": self.inputs,
            "judged": self.judged,
            "misrounded": self.misrounded,
            "fallbacks": self.fallbacks,
            "histogram": self.histogram.tolist(),
            "failures": self.failures,
            "peaks": {peak: _place_data(place) for peak, place in self.peaks.items()},
            "nan_failure": self.nan_failure and _place_data(self.nan_failure),
            "ends": self.ends,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_data`."""
        nowhere = data["nan_failure"]
        return cls(
            inputs=int(data["inputs"]),
            judged=int(data["judged"]),
            misrounded=int(data["misrounded"]),
            fallbacks=int(data["fallbacks"]),
            histogram=_histogram(data["histogram"]),
            failures={where: int(data["failures"][where]) for where in WHERES},
            peaks={peak: _place(place) for peak, place in data["peaks"].items()},
            nan_failure=None if nowhere is None else _place(nowhere),
            ends={end: int(bits) for end, bits in data["ends"].items()},
        )


def _histogram(counts: list[int]) -> NDArray[np.int64]:
    array = np.array(counts, np.int64)
    if array.shape != (BINS,):
        raise ValueError(f"{array.size} bins instead of {BINS}")
    return array


def _place_data(place: Place) -> list[Any]:
    return [place.amount.hex(), place.key, place.bits]


def _place(data: list[Any]) -> Place:
    amount, key, bits = data
    return Place(float.fromhex(amount), int(key), int(bits))
