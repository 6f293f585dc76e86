"""Compute ``multiact/formulas/precise/_coefficients.py``: run it to write the file anew.

Each polynomial is the interpolant in Chebyshev nodes, at 60 digits, of the lowest degree that
leaves a relative error below :data:`GOAL`. Around the root of a derivative the polynomial is in
the distance from the root's nearest float64, and its constant term is the value there: so the
result is relatively accurate arbitrarily close to the root.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import mpmath
from mpmath import mpf

Function = Callable[[mpf], mpf]

mpmath.mp.dps = 60
TARGET = Path(__file__).parent.parent / "multiact/formulas/precise/_coefficients.py"
# A quarter of the relative error of one rounding.
GOAL = mpf(2) ** -55
SAMPLES = 400
# 0/0 is avoided by going so far beside it: the result is right to half of the 60 digits.
BESIDE = mpf(10) ** -25

# Beyond this the normal distribution's tail is 1e-150 times the smallest subnormal number.
FARTHEST = mpf(47)
PIVOT = mpf(5)
DENSITY = 1 / mpmath.sqrt(2 * mpmath.pi)
TANH_FORM = 2 * mpmath.sqrt(2 / mpmath.pi)
CUBIC = mpf("0.044715")


def interpolant(function: Function, degree: int, low: mpf, top: mpf) -> list[mpf]:
    """Coefficients, constant term first, on [low, top]."""
    count = degree + 1
    nodes = [mpmath.cos(mpmath.pi * (2 * i + 1) / (2 * count)) for i in range(count)]
    points = [(top - low) / 2 * node + (low + top) / 2 for node in nodes]
    system = mpmath.matrix(count, count)
    for i, point in enumerate(points):
        for j in range(count):
            system[i, j] = point**j
    return list(mpmath.lu_solve(system, mpmath.matrix([function(p) for p in points])))


def fitted(function: Function, low: mpf, top: mpf, goal: mpf = GOAL) -> tuple[list[mpf], mpf]:
    """The coefficients of the lowest sufficient degree, and their relative error."""
    samples = [low + (top - low) * mpf(2 * i + 1) / (2 * SAMPLES) for i in range(SAMPLES)]
    truth = [function(t) for t in samples]
    for degree in range(2, 60):
        found = interpolant(function, degree, low, top)
        worst = max(
            abs(mpmath.polyval(found[::-1], t) / value - 1)
            for t, value in zip(samples, truth, strict=True)
        )
        if worst < goal:
            return found, worst
    raise ArithmeticError("no polynomial below degree 60 is good enough")


def floats(coefficients: list[mpf]) -> str:
    return "".join(f"    {float(c)!r},\n" for c in coefficients)


def polynomial(name: str, text: str, function: Function, low: str, top: str) -> str:
    coefficients, worst = fitted(function, mpf(low), mpf(top))
    error = mpmath.nstr(worst, 2)
    return f"# {text}: relative error {error}.\n{name} = (\n{floats(coefficients)})\n"


def root(name: str, text: str, function: Function, start: str, reach: str) -> str:
    """The function near its root, as a polynomial in the distance from the nearest float64."""
    at = mpf(float(mpmath.findroot(function, mpf(start))))
    constant = function(at)
    slope = mpmath.diff(function, at)

    def quotient(d: mpf) -> mpf:
        return slope if abs(d) < BESIDE else (function(at + d) - constant) / d

    coefficients, worst = fitted(quotient, -mpf(reach), mpf(reach))
    body = "".join(f"        {float(c)!r},\n" for c in [constant, *coefficients])
    return (
        f"# {text}: relative error {mpmath.nstr(worst, 2)}.\n"
        f"{name} = Root(\n    at={float(at)!r},\n    reach={float(mpf(reach))!r},\n"
        f"    coefficients=(\n{body}    ),\n)\n"
    )


def pair(name: str, text: str, value: mpf) -> str:
    high = float(value)
    return f"# {text}\n{name} = ({high!r}, {float(value - mpf(high))!r})\n"


def short(value: mpf) -> float:
    """The number cut off after 26 bits."""
    bits = struct.unpack("<q", struct.pack("<d", float(value)))[0]
    high: float = struct.unpack("<d", struct.pack("<q", bits & -(1 << 27)))[0]
    return high


def short_pair(name: str, text: str, value: mpf) -> str:
    """The high part has 26 bits, so that its product with another such number is exact."""
    high = short(value)
    return f"# {text}\n{name} = ({high!r}, {float(value - mpf(high))!r})\n"


def beside_root(name: str, quotient: Function, at: mpf) -> str:
    """The root's float64, and what (float64 − a)·quotient(a) lacks there."""
    high = float(at)
    lacking = float((at - mpf(high)) * quotient(at))
    text = "The root, and the product (root − a)·polynomial there."
    return f"# {text}\n{name} = ({high!r}, {lacking!r})\n"


def factorials() -> str:
    """1/k! for k = 1 … 6, the high parts with 26 bits."""
    found = [1 / mpmath.factorial(k) for k in range(1, 7)]
    body = "".join(f"    ({short(v)!r}, {float(v - mpf(short(v)))!r}),\n" for v in found)
    text = "1/k! from k = 1 on, in two parts of which the first has 26 bits."
    return f"# {text}\nLONG_EXPM1 = (\n{body})\n"


def shift() -> str:
    """The multiple of 1/8 whose e^−c lies nearest to a float64."""

    def error(eighths: int) -> mpf:
        value = mpmath.exp(-mpf(eighths) / 8)
        return abs(mpf(float(value)) / value - 1)

    best = min(range(8 * 380, 8 * 440), key=error)
    return (
        f"# e^−SHIFT and its float64: relative distance {mpmath.nstr(error(best), 2)}.\n"
        f"SHIFT = {best / 8!r}\nUNSHIFT = {float(mpmath.exp(-mpf(best) / 8))!r}\n"
    )


def mills(a: mpf) -> mpf:
    """Φ(−a)·e^(a²/2)."""
    return mpmath.exp(a * a / 2) * mpmath.erfc(a / mpmath.sqrt(2)) / 2


def away(t: mpf) -> mpf:
    """The argument that (a − PIVOT)/(a + PIVOT) = t comes from."""
    return PIVOT * (1 + t) / (1 - t)


def without_root(weight: int, start: str) -> tuple[Function, mpf]:
    """(weight·Φ(−a) − a·φ(a))·e^(a²/2) over (root − a), and the root."""

    def whole(a: mpf) -> mpf:
        return weight * mills(a) - DENSITY * a

    at = mpmath.findroot(whole, mpf(start))

    def quotient(a: mpf) -> mpf:
        a = at + BESIDE if abs(a - at) < BESIDE else a
        return whole(a) / (at - a)

    return quotient, at


def shifted_exponential(x: mpf) -> mpf:
    x = BESIDE if abs(x) < BESIDE else x
    return (mpmath.expm1(x) - x) / (x * x)


def log1p_rest(square: mpf) -> mpf:
    """2·artanh(s) = 2s + s·z·rest(z), z = s²."""
    square = max(square, BESIDE)
    s = mpmath.sqrt(square)
    return (2 * mpmath.atanh(s) / s - 2) / square


def tanh_rest(square: mpf) -> mpf:
    square = max(square, BESIDE)
    x = mpmath.sqrt(square)
    return (x - mpmath.tanh(x)) / x**3


def atan_rest(square: mpf) -> mpf:
    square = max(square, BESIDE)
    x = mpmath.sqrt(square)
    return (x - mpmath.atan(x)) / x**3


def sine_rest(square: mpf) -> mpf:
    square = max(square, BESIDE)
    x = mpmath.sqrt(square)
    return (x - mpmath.sin(x)) / x**3


def cosine_rest(square: mpf) -> mpf:
    square = max(square, BESIDE)
    return (mpmath.cos(mpmath.sqrt(square)) - 1 + square / 2) / square**2


def quarter_turn() -> str:
    """π/2 in parts whose products with 26-bit integers are exact, and a rest."""
    parts, rest = [], mpmath.pi / 2
    for _ in range(3):
        parts.append(short(rest))
        rest -= mpf(parts[-1])
    body = "".join(f"    {part!r},\n" for part in [*parts, float(rest)])
    return f"# π/2 in parts, all but the last of 26 bits.\nQUARTER_TURN = (\n{body})\n"


def erf_quotient(square: mpf) -> mpf:
    z = mpmath.sqrt(square)
    return mpmath.erf(z) / z if z else 2 / mpmath.sqrt(mpmath.pi)


def silu_root(y: mpf) -> mpf:
    return 1 + y + mpmath.exp(y)


def mish_root(y: mpf) -> mpf:
    e = mpmath.exp(y)
    return 1 + y + e * (mpf(3) / 2 + y + e * (1 + e / 4))


def tanh_form_root(y: mpf) -> mpf:
    linear, cubic = TANH_FORM * y, TANH_FORM * CUBIC * y**3
    return 1 + linear + 3 * cubic + mpmath.exp(linear + cubic)


def serf_rest(e: mpf) -> mpf:
    """erf(L)·(1 + e)·√π·e^(L²)/(2e) − 1 over e, L = ln(1 + e)."""
    e = max(e, BESIDE)
    log = mpmath.log1p(e)
    factor = (1 + e) * mpmath.sqrt(mpmath.pi) / 2
    return (mpmath.erf(log) * factor * mpmath.exp(log * log) / e - 1) / e


def serf_root(y: mpf) -> mpf:
    e = mpmath.exp(y)
    return 1 + y + e * serf_rest(e)


def phish_root(a: mpf) -> mpf:
    tail = mills(a)
    inner = 2 * a * tail * mpmath.exp(-a * a / 2)
    return tail * (1 + mpmath.sinh(inner) / inner) - DENSITY * a


HEADER = '''"""Polynomials and constants of the precise formulas.

Written by ``tools/precise_coefficients.py``; not to be edited. Constant terms come first.
"""

from __future__ import annotations

from multiact.formulas.precise._roots import Root

'''


def parts() -> list[str]:
    once, once_root = without_root(1, "0.7518")
    twice, twice_root = without_root(2, "1.2")
    top = mpmath.nstr((FARTHEST - PIVOT) / (FARTHEST + PIVOT), 30)
    return [
        shift(),
        polynomial("EXPM1", "(e^x − 1 − x)/x² for |x| ≤ 0.7", shifted_exponential, "-0.7", "0.7"),
        polynomial("LOG1P", "(2·artanh(s) − 2s)/s³ in s², s ≤ 1/3", log1p_rest, "0", "0.1112"),
        polynomial("TANH", "(x − tanh x)/x³ in x², |x| ≤ 1", tanh_rest, "0", "1"),
        polynomial("ATAN", "(x − atan x)/x³ in x², |x| ≤ tan(π/8)", atan_rest, "0", "0.1717"),
        polynomial("SINE", "(x − sin x)/x³ in x², |x| ≤ 0.8", sine_rest, "0", "0.64"),
        polynomial("COSINE", "(cos x − 1 + x²/2)/x⁴ in x², |x| ≤ 0.8", cosine_rest, "0", "0.64"),
        quarter_turn(),
        polynomial("ERF", "erf(z)/z in z², |z| ≤ 1", erf_quotient, "0", "1"),
        f"# Where the two polynomials below have t = 0, and the largest a.\n"
        f"PIVOT = {float(PIVOT)!r}\nFARTHEST = {float(FARTHEST)!r}\n",
        polynomial(
            "MILLS",
            "(1 + 3a/4)·Φ(−a)·e^(a²/2) in t = (a − PIVOT)/(a + PIVOT)",
            lambda t: (1 + 3 * away(t) / 4) * mills(away(t)),
            "-1",
            top,
        ),
        polynomial(
            "GELU_SLOPE",
            "(Φ(−a) − a·φ(a))·e^(a²/2)/(root − a) in the same t",
            lambda t: once(away(t)),
            "-1",
            top,
        ),
        beside_root("GELU_SLOPE_ROOT", once, once_root),
        polynomial(
            "PHISH_SLOPE",
            "(2·Φ(−a) − a·φ(a))·e^(a²/2)/(root − a) in the same t",
            lambda t: twice(away(t)),
            "-1",
            top,
        ),
        beside_root("PHISH_SLOPE_ROOT", twice, twice_root),
        root("SILU_ROOT", "1 + y + e^y", silu_root, "-1.278", "0.25"),
        root("MISH_ROOT", "mish'(y)·(1 + e^y + e^2y/2)²/e^y", mish_root, "-1.192", "0.3"),
        root(
            "TANH_FORM_ROOT",
            "1 + y·u'(y) + e^u(y), u the exponent of gelu's tanh form",
            tanh_form_root,
            "-0.7525",
            "0.3",
        ),
        polynomial("SERF_FACTOR", "(√π/2·(1 + e)·e^(L²)·erf(L)/e − 1)/e, L = ln(1 + e), on [0, 1]",
                   serf_rest, "0", "1"),
        root("SERF_ROOT", "1 + y + e·SERF_FACTOR(e), e = e^y", serf_root, "-1.2", "0.3"),
        root("PHISH_ROOT", "(Φ(−a)·(1 + sinh(w)/w) − a·φ(a))·e^(a²/2), w = 2a·Φ(−a)",
             phish_root, "1.2", "0.3"),
        pair("QUICK_BETA", "1.702", mpf("1.702")),
        pair("SQRT_TWO", "√2", mpmath.sqrt(2)),
        pair("FOUR_THIRDS", "4/3", mpf(4) / 3),
        short_pair("TANH_FORM_LINEAR", "2·√(2/π)", TANH_FORM),
        short_pair("TANH_FORM_CUBIC", "2·√(2/π)·0.044715", TANH_FORM * CUBIC),
        factorials(),
        pair("QUARTER_PI", "π/4", mpmath.pi / 4),
        pair("HALF_PI", "π/2", mpmath.pi / 2),
    ]  # fmt: skip


if __name__ == "__main__":
    TARGET.write_text(HEADER + "\n".join(parts()))
