"""What a user's activation is measured against.

An independent definition in mpmath or arb if there is one; otherwise the formula itself, evaluated
in interval arithmetic and differentiated there: then it is known how much is lost by rounding, and
whether a derivative belongs to its value, but not whether the formula is what was meant.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from flint import arb, arb_series, ctx

from multiact._custom import Custom
from multiact.formulas.custom import Namespace
from multiact_compare import customs
from multiact_compare.oracle.enclosure import Value
from multiact_compare.oracle.point import Point, logistic

ORDER = 3
"""Terms of a Taylor series: value, first and half the second derivative."""

PATIENCE = 512
"""Where an enclosure is still no number with so many bits, there is none."""

SAMPLES = (1e-3, 0.05, 0.3, 0.7, 1.1, 1.9, 3.7, 7.3, 19.0)
"""Magnitudes at which a given derivative is set against that of the value."""

CERTAIN = 2.0**-40


class UndecidedError(ArithmeticError):
    """An enclosure reaches over a bound that it is compared with."""


class Series:
    """A function of x near a point: enclosures of its Taylor coefficients."""

    __slots__ = ("terms",)

    def __init__(self, terms: arb_series) -> None:
        self.terms = terms

    def __neg__(self) -> Series:
        return Series(-self.terms)

    def __pos__(self) -> Series:
        return self

    def __add__(self, other: Any) -> Series:
        return Series(self.terms + _terms(other))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Series:
        return Series(self.terms - _terms(other))

    def __rsub__(self, other: Any) -> Series:
        return Series(_terms(other) - self.terms)

    def __mul__(self, other: Any) -> Series:
        return Series(self.terms * _terms(other))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Series:
        return Series(self.terms / _terms(other))

    def __rtruediv__(self, other: Any) -> Series:
        return Series(_terms(other) / self.terms)

    def __pow__(self, exponent: float) -> Series:
        if float(exponent).is_integer():
            power = Series(self.terms ** abs(int(exponent)))
            return power if exponent >= 0 else 1 / power
        c = self.terms[0]
        e = arb(exponent)
        return self.through(c**e, e * c ** (e - 1), e * (e - 1) * c ** (e - 2))

    # Comparisons are NumPy's booleans, for which ~ is "not".

    def __gt__(self, other: Any) -> Any:
        return self._certainly(other, lambda d: d > 0, lambda d: d <= 0)

    def __ge__(self, other: Any) -> Any:
        return self._certainly(other, lambda d: d >= 0, lambda d: d < 0)

    def __lt__(self, other: Any) -> Any:
        return ~self.__ge__(other)

    def __le__(self, other: Any) -> Any:
        return ~self.__gt__(other)

    def __eq__(self, other: object) -> Any:
        return self._certainly(other, lambda d: d.is_zero(), lambda d: not d.contains(0))

    def __ne__(self, other: object) -> Any:
        return ~self.__eq__(other)

    __hash__ = None  # type: ignore[assignment]

    def _certainly(
        self, other: Any, true: Callable[[arb], bool], false: Callable[[arb], bool]
    ) -> Any:
        # A number is equal to itself, however roughly it is known.
        difference = arb(0) if other is self else (self.terms - _terms(other))[0]
        if true(difference):
            return np.True_
        if false(difference):
            return np.False_
        raise UndecidedError(f"{self.terms[0]} is too near to a bound")

    def through(self, value: arb, first: arb, second: arb) -> Series:
        """A function of this, of which value and derivatives here are known."""
        step = self.terms - arb_series([self.terms[0]], prec=ORDER)
        return Series(
            arb_series([value], prec=ORDER)
            + arb_series([first], prec=ORDER) * step
            + arb_series([second / 2], prec=ORDER) * step * step
        )


class Primitives:
    """The primitives of users' formulas, in interval arithmetic."""

    def exp(self, x: Series) -> Series:
        e = x.terms[0].exp()
        return x.through(e, e, e)

    def expm1(self, x: Series) -> Series:
        e = x.terms[0].exp()
        return x.through(x.terms[0].expm1(), e, e)

    def log(self, x: Series) -> Series:
        inverse = 1 / x.terms[0]
        return x.through(x.terms[0].log(), inverse, -inverse * inverse)

    def log1p(self, x: Series) -> Series:
        inverse = 1 / (1 + x.terms[0])
        return x.through(x.terms[0].log1p(), inverse, -inverse * inverse)

    def sqrt(self, x: Series) -> Series:
        root = x.terms[0].sqrt()
        return x.through(root, 1 / (2 * root), -1 / (4 * root * x.terms[0]))

    def sin(self, x: Series) -> Series:
        s, c = x.terms[0].sin_cos()
        return x.through(s, c, -s)

    def cos(self, x: Series) -> Series:
        s, c = x.terms[0].sin_cos()
        return x.through(c, -s, -c)

    def atan(self, x: Series) -> Series:
        c = x.terms[0]
        slope = 1 / (1 + c * c)
        return x.through(c.atan(), slope, -2 * c * slope * slope)

    def tanh(self, x: Series) -> Series:
        t, slope = x.terms[0].tanh(), x.terms[0].sech() ** 2
        return x.through(t, slope, -2 * t * slope)

    def sigmoid(self, x: Series) -> Series:
        right = bool(x > 0)
        s, r = logistic((-abs(x.terms[0])).exp(), right)
        return x.through(s, s * r, s * r * (r - s))

    def erf(self, x: Series) -> Series:
        c = x.terms[0]
        slope = 2 * arb.pi().rsqrt() * (-c * c).exp()
        return x.through(c.erf(), slope, -2 * c * slope)

    def erfc(self, x: Series) -> Series:
        c = x.terms[0]
        slope = -2 * arb.pi().rsqrt() * (-c * c).exp()
        return x.through(c.erfc(), slope, -2 * c * slope)

    def abs(self, x: Series) -> Series:
        if bool(x > 0):
            return x
        # At the kink the derivative is 0.
        return -x if bool(x < 0) else x.through(arb(0), arb(0), arb(0))

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        return a if condition else b

    def astype_like(self, condition: Any, x: Any) -> float:
        return float(condition)


def definition(name: str) -> Callable[..., Point]:
    """The definition of a user's activation, as those of the catalogue are."""
    custom = customs.load(name)

    def defined(**params: float) -> Point:
        values = _filled(custom, params)
        if custom.reference is None:
            return _as_written(custom, values)
        if custom.arithmetic == "arb":
            return _by_arb(custom.reference, values)
        return _by_mpmath(custom, values)

    return defined


def remark(name: str) -> str | None:
    """What a report must say of the truth about a function, if it is no independent one."""
    if customs.load(name).reference is not None:
        return None
    return (
        f"{name}: no independent definition was given, so it is measured against its own formula, "
        f"evaluated and differentiated in interval arithmetic. That is agreement, and no proof "
        f"that the formula is the right one: pass mpmath= or arb= to multiact.activation."
    )


def contradictions(name: str) -> Iterator[str]:
    """Derivatives that were given and are not those of the value, with an example of each."""
    custom = customs.load(name)
    given = {"x": custom.derivative, **custom.partials}
    for target, slope in given.items():
        if slope is not None:
            for case in custom.record.cases:
                found = _contradiction(custom, target, slope, _filled(custom, case))
                if found:
                    yield f"{name}: {found}"
                    break


def _contradiction(
    custom: Custom, target: str, slope: Callable[..., Any], params: Mapping[str, float]
) -> str | None:
    before, ctx.prec = ctx.prec, PATIENCE
    try:
        for size in SAMPLES:
            for x in (-size, size):
                point = {"x": x, **params}
                try:
                    # With respect to x, or to the parameter.
                    value = _jet(custom.value, point, target)
                    claimed = _jet(slope, point, target)
                except (UndecidedError, ZeroDivisionError):
                    continue
                true, got = value.terms[1], claimed.terms[0]
                if not (true.is_finite() and got.is_finite()):
                    continue
                if abs(true - got) > CERTAIN * (abs(true) + 1):
                    where = ", ".join(f"{name} = {number!r}" for name, number in point.items())
                    what = "derivative" if target == "x" else f"derivative with respect to {target}"
                    return (
                        f"the {what} that was given is not that of the value: at {where} it gives "
                        f"{float(got):.6g}, and the value changes by {float(true):.6g}"
                    )
    finally:
        ctx.prec = before
    return None


def _jet(function: Callable[..., Any], point: Mapping[str, float], target: str) -> Series:
    """A formula near a point, along one of its arguments."""
    arguments = {
        name: Series(arb_series([arb(value), 1 if name == target else 0], prec=ORDER))
        for name, value in point.items()
    }
    y = function(Namespace(Primitives(), arguments["x"]), *arguments.values())
    return y if isinstance(y, Series) else Series(_terms(y))


def _as_written(custom: Custom, params: Mapping[str, float]) -> Point:
    def at(x: float, second: bool) -> tuple[Value, ...]:
        try:
            terms = _jet(custom.value, {"x": x, **params}, "x").terms
        except (UndecidedError, ZeroDivisionError):
            return _unknown(second)
        return _parts(terms, second)

    return _away_from_kinks(custom, at)


def _by_arb(reference: Callable[..., Any], params: Mapping[str, float]) -> Point:
    def at(x: float, second: bool) -> tuple[Value, ...]:
        terms = reference(arb_series([arb(x), 1], prec=ORDER), **params)
        return _parts(terms if isinstance(terms, arb_series) else _terms(terms), second)

    return at


def _by_mpmath(custom: Custom, params: Mapping[str, float]) -> Point:
    """At the current precision and at twice that, whose difference bounds the error."""
    import mpmath

    reference = custom.reference
    assert reference is not None

    def quantities(x: float, second: bool, precision: int) -> list[Any]:
        # A step must be small beside a small x, and must still be seen beside a large one.
        extra = abs(math.frexp(x)[1])
        with mpmath.workprec(precision + extra + 32):
            number = mpmath.mpf(x)
            found = []
            for order in range(3 if second else 2):
                try:
                    if order == 0:
                        y = reference(number, **params)
                    else:
                        y = mpmath.diff(
                            lambda z: reference(z, **params), number, order, relative=0 < abs(x) < 1
                        )
                    found.append(y if isinstance(y, mpmath.mpf) else mpmath.mpf(y))
                except (TypeError, ValueError, ZeroDivisionError):
                    # Complex, or undefined.
                    found.append(mpmath.nan)
            return found

    def at(x: float, second: bool) -> tuple[Value, ...]:
        rough, fine = (quantities(x, second, ctx.prec * k) for k in (1, 2))
        return tuple(
            None if mpmath.isnan(b) else arb(b, arb(abs(a - b)))
            for a, b in zip(rough, fine, strict=True)
        )

    return _away_from_kinks(custom, at)


def _away_from_kinks(custom: Custom, at: Point) -> Point:
    """At a kink there is no second derivative; a numerical definition has no first one either."""
    numerical = custom.reference is not None

    def cautious(x: float, second: bool) -> tuple[Value, ...]:
        if x not in custom.record.kinks:
            return at(x, second)
        value, slope = at(x, False)
        kept = (value, None if numerical else slope)
        return (*kept, None) if second else kept

    return cautious


def _filled(custom: Custom, params: Mapping[str, Any]) -> dict[str, float]:
    """Every parameter, those that a case leaves out at their defaults, in order."""
    _, *parameters = custom.record.signature.parameters.values()
    return {p.name: float(params.get(p.name, p.default)) for p in parameters}


def _terms(value: Any) -> arb_series:
    if isinstance(value, Series):
        return value.terms
    return arb_series([arb(value)], prec=ORDER)


def _parts(terms: arb_series, second: bool) -> tuple[Value, ...]:
    values = (terms[0], terms[1], 2 * terms[2])[: 3 if second else 2]
    if ctx.prec >= PATIENCE:
        return tuple(None if value.is_nan() else value for value in values)
    return values


def _unknown(second: bool) -> tuple[Value, ...]:
    """Nothing that more precision could not tell, up to a point."""
    unknown = None if ctx.prec >= PATIENCE else arb.nan()
    return (unknown,) * (3 if second else 2)
