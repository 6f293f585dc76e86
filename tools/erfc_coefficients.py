"""Compute the polynomials of ``multiact_numpy.special``: run it to see them printed.

(1 + 2a)·e^(a²)·erfc(a) as a polynomial in t = (a − K)/(a + K), for a ≥ 0 (the form of Shepherd and
Laframboise 1981). The interpolant in Chebyshev nodes is converted to powers of t at 60 digits.
"""

from __future__ import annotations

import mpmath

mpmath.mp.dps = 60
PIVOT = mpmath.mpf("3.75")
# Beyond this argument erfc is below the smallest subnormal, and the argument is clamped to it.
LARGEST = {"float32": mpmath.mpf("10.1"), "float64": mpmath.mpf("27.3")}
DEGREE = {"float32": 10, "float64": 22}


def scaled(t: mpmath.mpf) -> mpmath.mpf:
    a = PIVOT * (1 + t) / (1 - t)
    return (1 + 2 * a) * mpmath.exp(a * a) * mpmath.erfc(a)


def interpolant(degree: int, top: mpmath.mpf) -> list[mpmath.mpf]:
    """Coefficients, constant term first, on [−1, top]."""
    low, count = mpmath.mpf(-1), degree + 1
    nodes = [mpmath.cos(mpmath.pi * (2 * i + 1) / (2 * count)) for i in range(count)]
    points = [(top - low) / 2 * node + (low + top) / 2 for node in nodes]
    system = mpmath.matrix(count, count)
    for i, point in enumerate(points):
        for j in range(count):
            system[i, j] = point**j
    return list(mpmath.lu_solve(system, mpmath.matrix([scaled(p) for p in points])))


def main() -> None:
    for dtype, degree in DEGREE.items():
        largest = LARGEST[dtype]
        top = (largest - PIVOT) / (largest + PIVOT)
        coefficients = interpolant(degree, top)
        worst = mpmath.mpf(0)
        for i in range(2001):
            t = -1 + (top + 1) * mpmath.mpf(i) / 2000
            exact = scaled(t)
            worst = max(worst, abs(mpmath.polyval(coefficients[::-1], t) / exact - 1))
        print(f"# {dtype}: degree {degree}, relative error {mpmath.nstr(worst, 3)}")
        for coefficient in coefficients:
            print(f"    {float(coefficient)!r},")


if __name__ == "__main__":
    main()
