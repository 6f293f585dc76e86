"""The error function and its complement over primitives, for libraries that lack them.

For a = |z|: erfc(a) = e^(−a²)·P(t)/(1 + 2a), t = (a − K)/(a + K) (Shepherd and Laframboise 1981),
and erfc(−a) = 2 − erfc(a). The square is split into a part that is exact in the dtype and a small
rest, because an error of half an ULP in a² would be multiplied by a² in the exponential.

erf(z) is z·P(z²) for |z| ≤ 1 and 1 − erfc(z) beyond. ``tools/erfc_coefficients.py`` computes the
coefficients and their errors.
"""

from __future__ import annotations

from typing import Any

PIVOT = 3.75

# Constant term first; relative errors 6.3e-9 and 1.4e-17.
COEFFICIENTS = {
    "float32": (
        1.2375126368120164,
        -0.14024054057649582,
        0.0035846561838115266,
        0.0822736238734168,
        -0.10879024414106099,
        0.09235562308405454,
        -0.05875122435684062,
        0.028040469862336125,
        -0.009871568812752576,
        0.0023743579048033274,
        0.0011192741372047894,
    ),
    "float64": (
        1.2375126308378275,
        -0.1402405985855467,
        0.0035854154854634396,
        0.08227673849011337,
        -0.10880393014169336,
        0.0923043211614956,
        -0.058693398590725296,
        0.028362277400827144,
        -0.009746579548789899,
        0.0017556260158339083,
        0.00029371363655085193,
        -0.0002901549694589009,
        5.1649028841359415e-05,
        2.2387313512838182e-05,
        -1.1443262512802912e-05,
        -9.803704925289925e-07,
        1.7484869076103767e-06,
        -4.77698299208642e-08,
        -2.52849205577804e-07,
        1.5617908096635943e-08,
        3.2853865855032794e-08,
        -7.28355201689257e-10,
        -2.360522062505669e-09,
    ),
}
# The same for erf(z)/z in powers of z²; relative errors 1.3e-9 and 1.5e-19.
NEAR_ZERO = {
    "float32": (
        1.1283791658483509,
        -0.37612626666720334,
        0.11283594715160218,
        -0.026854212010626412,
        0.005189087423433974,
        -0.000801686428716587,
        7.875875062685488e-05,
    ),
    "float64": (
        1.1283791670955126,
        -0.3761263890318375,
        0.11283791670954879,
        -0.026866170645076792,
        0.0052239776248180145,
        -0.000854832698083379,
        0.0001205533111164271,
        -1.4925595266831182e-05,
        1.6461000484121368e-06,
        -1.6350312701054695e-07,
        1.4659775274047436e-08,
        -1.1372848856791674e-09,
        5.957176147748911e-11,
    ),
}
# Beyond these arguments erfc is below the smallest subnormal.
LARGEST = {"float32": 10.1, "float64": 27.3}
# A grid on which arguments have so few bits that their squares are exact.
GRID = {"float32": 2.0**8, "float64": 2.0**20}


def erfc(xp: Any, dtype: str, z: Any) -> Any:
    """1 − erf(z), relatively accurate in both tails.

    ``xp`` has ``round`` beside the primitives; ``dtype`` is "float32" or "float64", that of z.
    """
    a = xp.minimum(xp.abs(z), LARGEST[dtype])
    coarse = xp.round(a * GRID[dtype]) / GRID[dtype]
    gaussian = xp.exp(-(coarse * coarse)) * xp.exp((coarse - a) * (coarse + a))
    t = (a - PIVOT) / (a + PIVOT)
    upper = gaussian * polynomial(COEFFICIENTS[dtype], t) / (1 + 2 * a)
    # 2 − upper below 0, upper above: a selection by sign would cost more than this sum. At 0, where
    # a may be −z to automatic differentiation, it is the former.
    below = xp.astype_like(z <= 0, z)
    return 2 * below + (1 - 2 * below) * upper


def erf(xp: Any, dtype: str, z: Any) -> Any:
    """The error function, relatively accurate everywhere; arguments as for :func:`erfc`."""
    near = z * polynomial(NEAR_ZERO[dtype], xp.minimum(z * z, 1.0))
    return xp.where(xp.abs(z) <= 1, near, 1 - erfc(xp, dtype, z))


def polynomial(coefficients: tuple[float, ...], t: Any) -> Any:
    """Σ coefficients[i]·tⁱ."""
    p = coefficients[-1] * t + coefficients[-2]
    for coefficient in coefficients[-3::-1]:
        p *= t
        p += coefficient
    return p
