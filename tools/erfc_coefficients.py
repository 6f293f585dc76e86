"""Compute the polynomials of ``multiact.formulas.error_function``: run it to see them printed.

(1 + 2a)·e^(a²)·erfc(a) as a polynomial in t = (a − K)/(a + K), for a ≥ 0 (the form of Shepherd and
Laframboise 1981), and erf(z)/z as a polynomial in z², for |z| ≤ 1. The interpolants in Chebyshev
nodes are converted to powers at 60 digits.
"""

from __future__ import annotations

from collections.abc import Callable

import mpmath

mpmath.mp.dps = 60
PIVOT = mpmath.mpf("3.75")
# Beyond this argument erfc is below the smallest subnormal, and the argument is clamped to it.
LARGEST = {"float32": mpmath.mpf("10.1"), "float64": mpmath.mpf("27.3")}
DEGREE = {"float32": 10, "float64": 22}
DEGREE_NEAR_ZERO = {"float32": 6, "float64": 12}


def scaled(t: mpmath.mpf) -> mpmath.mpf:
    a = PIVOT * (1 + t) / (1 - t)
    return (1 + 2 * a) * mpmath.exp(a * a) * mpmath.erfc(a)


def near_zero(square: mpmath.mpf) -> mpmath.mpf:
    z = mpmath.sqrt(square)
    return mpmath.erf(z) / z if z else 2 / mpmath.sqrt(mpmath.pi)


def interpolant(
    function: Callable[[mpmath.mpf], mpmath.mpf], degree: int, low: mpmath.mpf, top: mpmath.mpf
) -> list[mpmath.mpf]:
    """Coefficients, constant term first, on [low, top]."""
    count = degree + 1
    nodes = [mpmath.cos(mpmath.pi * (2 * i + 1) / (2 * count)) for i in range(count)]
    points = [(top - low) / 2 * node + (low + top) / 2 for node in nodes]
    system = mpmath.matrix(count, count)
    for i, point in enumerate(points):
        for j in range(count):
            system[i, j] = point**j
    return list(mpmath.lu_solve(system, mpmath.matrix([function(p) for p in points])))


def show(
    label: str,
    function: Callable[[mpmath.mpf], mpmath.mpf],
    degree: int,
    low: mpmath.mpf,
    top: mpmath.mpf,
) -> None:
    coefficients = interpolant(function, degree, low, top)
    worst = mpmath.mpf(0)
    for i in range(2001):
        t = low + (top - low) * mpmath.mpf(i) / 2000
        worst = max(worst, abs(mpmath.polyval(coefficients[::-1], t) / function(t) - 1))
    print(f"# {label}: degree {degree}, relative error {mpmath.nstr(worst, 3)}")
    for coefficient in coefficients:
        print(f"    {float(coefficient)!r},")


def main() -> None:
    for dtype, degree in DEGREE.items():
        largest = LARGEST[dtype]
        top = (largest - PIVOT) / (largest + PIVOT)
        show(f"erfc {dtype}", scaled, degree, mpmath.mpf(-1), top)
    for dtype, degree in DEGREE_NEAR_ZERO.items():
        show(f"erf {dtype}", near_zero, degree, mpmath.mpf(0), mpmath.mpf(1))


if __name__ == "__main__":
    main()
