"""A polynomial with a proven error bound that stands for a function on a short interval.

The Taylor coefficients at the middle come from interval arithmetic, and so does the remainder: the
next coefficient, evaluated for the whole interval at once, encloses it (Lagrange). What float64
adds when it evaluates the polynomial is bounded by the coefficients' magnitudes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, arb_series, ctx

from multiact_compare.dtypes import Doubles
from multiact_compare.exhaustive.definitions import Definition
from multiact_compare.plan import Quantity

START_TERMS, MORE_TERMS, MAX_TERMS = 4, 4, 16
"""How many coefficients are computed at first, how many more if they do not do, and at most."""

START_PRECISION, MAX_PRECISION = 128, 4096

CERTAIN = 2.0**-64
"""How exactly the coefficients are to be known, relative to the first one that is of use."""

DROPPED = 2.0**-58
"""What may be left out, beside the sum of all coefficients."""

GOOD = 2.0**-50
"""The largest remainder, beside the sum of all coefficients, with which a polynomial is of use."""

TINY = 2.0**-220
"""Beside the smallest number of a 32-bit dtype, this is nothing."""

ROUNDING = 2.0**-50
"""Eight rounding errors: for each step of Horner's rule there are two, and two for the coefficient;
the difference from what is judged has one more."""


@dataclass(frozen=True)
class Polynomial:
    """Σ aₖtᵏ for |t| ≤ 1, within ``error`` of the function."""

    coefficients: tuple[float, ...]
    error: float

    def evaluate(self, t: Doubles, out: Doubles) -> Doubles:
        """Its values at every t, by Horner's rule."""
        *lower, last = self.coefficients
        if not lower:
            out.fill(last)
            return out
        np.multiply(t, last, out=out)
        for coefficient in reversed(lower[1:]):
            np.add(out, coefficient, out=out)
            np.multiply(out, t, out=out)
        return np.add(out, lower[0], out=out)


@dataclass(frozen=True)
class Expansion:
    """Taylor coefficients in units of half the interval, rounded to float64.

    ``doubts`` bound the uncertainty of the first one and of all the others together, apart from
    rounding, ``rest`` the remainder. ``exact`` if there is none of all that.
    """

    coefficients: list[float]
    doubts: tuple[float, float]
    rest: float
    exact: bool

    def polynomial(self, quantity: Quantity, half: float, step: float) -> Polynomial | None:
        """That of the function or of its derivative; ``None`` if the remainder is too large."""
        if quantity == "value":
            return self._made(self.coefficients, sum(self.doubts), self.rest, step)
        size = len(self.coefficients)
        scaled = [k * a / half for k, a in enumerate(self.coefficients)][1:]
        doubt, rest = size * self.doubts[1] / half, size * self.rest / half
        return self._made(scaled, doubt, rest, step)

    def _made(
        self, coefficients: list[float], doubt: float, rest: float, step: float
    ) -> Polynomial | None:
        found = _shortened(coefficients, doubt, rest)
        if found and self.exact and not any(coefficients[len(found.coefficients) :]):
            return Polynomial(found.coefficients, 0.0) if _is_exact(found, step) else found
        return found


class Approximation:
    """Makes the polynomials of one function."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        # Neighbouring intervals need about the same.
        self._precision = START_PRECISION
        self._terms = START_TERMS

    def on(
        self,
        middle: float,
        half: float,
        step: float,
        about: float,
        quantities: Sequence[Quantity],
    ) -> list[Polynomial] | None:
        """Polynomials for the interval around ``middle``; ``about`` says on which piece it lies.

        They are to be evaluated at multiples of ``step``, a power of two.
        ``None`` if the interval is too wide for them, or the function cannot be evaluated there.
        """
        before = ctx.prec, ctx.cap
        try:
            self._terms = max(self._terms - MORE_TERMS, START_TERMS)
            while True:
                try:
                    found = self._expansion(middle, half, about)
                except (ValueError, ZeroDivisionError):
                    # The interval is so wide that a denominator may be 0.
                    return None
                polynomials = [
                    found.polynomial(q, half, step) if found else None for q in quantities
                ]
                good = [one for one in polynomials if one is not None]
                if len(good) == len(polynomials):
                    return good
                if self._terms >= MAX_TERMS:
                    return None
                self._terms += MORE_TERMS
        finally:
            ctx.prec, ctx.cap = before

    def _expansion(self, middle: float, half: float, about: float) -> Expansion | None:
        count = self._terms
        ctx.cap = count + 1
        self._precision = max(self._precision // 2, START_PRECISION)
        while True:
            ctx.prec = self._precision
            terms = self._coefficients(arb(middle), half, about)
            first, *others = (float(term.rad()) for term in terms[:count])
            value, slope = (float(abs(term).upper()) for term in terms[:2])
            more = sum(others)
            if first + more <= max(CERTAIN * value, TINY) and more <= max(
                CERTAIN * slope, TINY * half
            ):
                break
            if self._precision >= MAX_PRECISION:
                break
            self._precision *= 2
        coefficients = [float(term.mid()) for term in terms[:count]]
        pairs = zip(terms, coefficients, strict=False)
        exact = first + more == 0 and all(term.mid() == number for term, number in pairs)
        ctx.prec = START_PRECISION
        rest = float(abs(self._coefficients(arb(middle, half), half, about)[count]).upper())
        if not all(map(math.isfinite, (*coefficients, first, more, rest))):
            return None
        return Expansion(coefficients, (first, more), rest, exact and rest == 0)

    def _coefficients(self, point: arb, half: float, about: float) -> Any:
        """As many coefficients as the series has by now, and one for the remainder."""
        series = self._definition.at(arb_series([point, arb(half)]), about)
        return [series[k] for k in range(self._terms + 1)]


def _shortened(coefficients: list[float], doubt: float, rest: float) -> Polynomial | None:
    """The polynomial without what does not matter, or ``None`` if the remainder matters."""
    magnitudes = [abs(a) for a in coefficients]
    scale = sum(magnitudes)
    left_out, degree = rest, len(coefficients) - 1
    while degree and left_out + magnitudes[degree] <= max(DROPPED * scale, TINY):
        left_out += magnitudes[degree]
        degree -= 1
    if left_out > max(GOOD * scale, TINY):
        return None
    kept = coefficients[: degree + 1]
    rounding = ROUNDING * sum((k + 1) * abs(a) for k, a in enumerate(kept))
    return Polynomial(tuple(kept), rounding + doubt + left_out + TINY)


def _is_exact(polynomial: Polynomial, step: float) -> bool:
    """Whether Horner's rule is exact for every multiple of ``step``, a power of two, up to 1.

    So it is if all that is added and multiplied are multiples of one number, and less than 2**53
    of it: pieces of lines and parabolas mostly are.
    """
    finest, largest = math.inf, 0.0
    for a in reversed(polynomial.coefficients):
        finest, largest = min(finest * step, _lowest_bit(a)), largest + abs(a)
        if largest >= finest * 2.0**53:
            return False
    return True


def _lowest_bit(a: float) -> float:
    """The largest power of two of which the number is a multiple."""
    if a == 0:
        return math.inf
    _, denominator = a.as_integer_ratio()
    numerator = int(a * denominator)
    return (numerator & -numerator) / denominator
