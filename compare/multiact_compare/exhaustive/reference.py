"""The float64 oracle: references at consecutive keys, each within a bound of the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from multiact_compare.dtypes import Doubles, DType
from multiact_compare.exhaustive import space
from multiact_compare.exhaustive.definitions import Definition, Far
from multiact_compare.exhaustive.polynomial import Approximation, Polynomial
from multiact_compare.exhaustive.space import Segment
from multiact_compare.plan import Quantity

FEW = 64
"""So few points are not worth a polynomial."""


class Reference(Protocol):
    """A quantity on a run of keys, within ``error`` of the truth."""

    @property
    def error(self) -> float:
        """The bound."""

    def values(self, start: int, count: int, out: Doubles) -> Doubles:
        """The values from the run's entry ``start`` on."""


@dataclass(frozen=True)
class Run:
    """Consecutive keys with one reference for each quantity; none where only the oracle will do."""

    start: int
    stop: int
    references: Sequence[Reference] | None


@dataclass(frozen=True)
class OnPolynomial:
    """Evenly spaced numbers: the run's entry k is at (2k − last)/2^bits of the polynomial."""

    polynomial: Polynomial
    last: int
    scale: float

    @property
    def error(self) -> float:
        return self.polynomial.error

    def values(self, start: int, count: int, out: Doubles) -> Doubles:
        ramp = _ramp(count, self.scale)
        # Exact: fewer bits than float64 has.
        t = ramp + (2 * start - self.last) * self.scale
        return self.polynomial.evaluate(t, out)


@dataclass(frozen=True)
class Computed:
    """Values that are there already."""

    array: Doubles
    error: float

    def values(self, start: int, count: int, out: Doubles) -> Doubles:
        np.copyto(out, self.array[start : start + count])
        return out


class Oracle:
    """References for the results of one function in one dtype."""

    def __init__(
        self, definition: Definition, dtype: DType, quantities: Sequence[Quantity]
    ) -> None:
        self._dtype = dtype
        self._quantities = tuple(quantities)
        self._far = definition.far
        # Numbers of 16 bits are too far apart for polynomials, and few.
        self._approximation = Approximation(definition) if dtype.width == 32 else None

    def runs(self, segment: Segment, start: int, stop: int) -> Iterator[Run]:
        """The keys of a part of a segment, in order."""
        if segment.alone or self._approximation is None or stop - start < FEW:
            yield Run(start, stop, None)
            return
        # Numbers are evenly spaced from one power of two to the next.
        binade = 1 << (self._dtype.precision - 1)
        border = (start // binade + 1) * binade
        if border < stop:
            yield from self.runs(segment, start, border)
            yield from self.runs(segment, border, stop)
            return
        first, second, last = (
            space.number(self._dtype, key) for key in (start, start + 1, stop - 1)
        )
        if self._far is not None and min(abs(first), abs(last)) >= self._far.start:
            yield Run(start, stop, self._computed(self._far, start, stop))
            return
        scale = 2.0 ** -(stop - start - 1).bit_length()
        middle, half = (first + last) / 2, (second - first) / (2 * scale)
        found = self._approximation.on(middle, half, scale, segment.about, self._quantities)
        if found is not None:
            size = stop - start
            yield Run(start, stop, [OnPolynomial(one, size - 1, scale) for one in found])
            return
        centre = (start + stop) // 2
        yield from self.runs(segment, start, centre)
        yield from self.runs(segment, centre, stop)

    def _computed(self, far: Far, start: int, stop: int) -> list[Reference]:
        x = self._dtype.decode(space.bits_between(self._dtype, start, stop))
        largest = float(np.abs(x).max())
        both = zip(far.evaluate(x), far.errors(largest), strict=True)
        parts = dict(zip(("value", "derivative"), both, strict=True))
        return [Computed(*parts[quantity]) for quantity in self._quantities]


_ramps: dict[tuple[int, float], Doubles] = {}


def _ramp(count: int, scale: float) -> Doubles:
    """0, 2, 4, … times the scale; there are few different ones, used again and again."""
    key = (count, scale)
    if key not in _ramps:
        if len(_ramps) > 64:
            _ramps.clear()
        _ramps[key] = 2 * scale * np.arange(count, dtype=np.float64)
    return _ramps[key]
