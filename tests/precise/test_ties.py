"""The precise tier next to the middle between two numbers, against exact rational arithmetic.

Where a coefficient has few bits, or is a short decimal fraction, a result in float64 comes to be
the very middle between two numbers of the narrower dtype, and what float64 has lost decides between
them. Random points seldom show it.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest

import multiact
from tests.backends import DTYPES, Backend, float64_only

PHI = Fraction(0.3989422804014327)
# dtype -> bits of the significand, smallest normal exponent.
LAYOUTS = {"float32": (24, -126), "bfloat16": (8, -126), "float64": (53, -1022)}
# So much nearer to a middle than to a number, in units in the last place.
CLOSE = Fraction(1, 2**22)


class Tied(NamedTuple):
    """A function, or its derivative, near whose middles points are easily found.

    ``truth`` is its value, or as much of its series as decides; ``step`` has the factor that makes
    x times the leading coefficient short, and ``exponents`` the powers of two it is tried with.
    ``sides`` are the signs of x, ``bits`` how long its significand may be.
    """

    name: str
    params: dict[str, Any]
    truth: Callable[[Fraction], Fraction]
    step: int = 1
    exponents: tuple[int, ...] = (-60, -149)
    sides: tuple[int, ...] = (-1, 1)
    order: int = 0
    dtype: str = "float32"
    bits: int = 24


def leaky(slope: Any) -> Callable[[Fraction], Fraction]:
    return lambda x: Fraction(slope) * x


def exponential(alpha: float, beta: float = 0.0) -> Callable[[Fraction], Fraction]:
    """alpha·(e^x − 1 − x) + beta·x."""
    bend, line = Fraction(alpha), Fraction(beta)
    return lambda x: bend * (x**2 / 2 + x**3 / 6) + line * x


def sine(omega: float) -> Callable[[Fraction], Fraction]:
    return lambda x: Fraction(omega) * x - (Fraction(omega) * x) ** 3 / 6


def gate(bend: Any, rise: Any = 0.5) -> Callable[[Fraction], Fraction]:
    """What is rise·x + bend·x² near 0."""
    return lambda x: Fraction(rise) * x + Fraction(bend) * x**2


def square(scale: float, bias: float) -> Callable[[Fraction], Fraction]:
    return lambda x: Fraction(scale) * x**2 + Fraction(bias) * x**0


ACON = {"p1": 0.25, "p2": 2.0, "beta": 0.5}
CROSSING = {"p1": 1.25, "p2": -0.75, "beta": 1.5}
# What an exponential adds far out, where it only has a sign.
FAINT = Fraction(1, 2**300)
STEEP = {"alpha_p": 0.3, "alpha_n": 1.7}
LECUN = Fraction(17159, 15000)
LEFT, RIGHT = (-1,), (1,)
TIED = [
    Tied("leaky_relu", {}, leaky(0.01), 25, (-149,), LEFT),
    Tied("leaky_relu", {"negative_slope": 1.4}, leaky(1.4), 5, (-60, 80), LEFT),
    Tied("prelu", {"slope": -1.4}, leaky(-1.4), 5, (-60, 80), LEFT),
    Tied("rrelu", {}, leaky((Fraction(1 / 8) + Fraction(1 / 3)) / 2), 3, (-130, -22, 90), LEFT),
    Tied("rrelu", {"lower": 0.1, "upper": 0.9}, leaky((Fraction(0.1) + Fraction(0.9)) / 2), 1,
         (-149,), LEFT),
    Tied("elu", {"alpha": 2.5}, lambda x: Fraction(2.5) * (x + x**2 / 2), 1, (-149, -90), LEFT),
    Tied("xielu", {}, exponential(0.8, 0.5), 1, (-149,), LEFT),
    Tied("xielu", {}, gate(0.8), 1, (-149,), RIGHT),
    Tied("xielu", {}, lambda x: 2 * Fraction(0.8) * x + Fraction(1, 2), 5, (-28, -27), RIGHT, 1),
    Tied("xielu", STEEP, lambda x: 2 * Fraction(0.3) * x + Fraction(1, 2), 5, (-25, -24), RIGHT, 1),
    Tied("xielu", {"alpha_p": 1.5}, lambda x: 3 * x + Fraction(1, 2), 1, (60,), RIGHT, 1),
    Tied("sine", {"omega": 30.0}, sine(30.0), 1, (-149, -60)),
    Tied("sine", {"omega": 2.3}, sine(2.3), 5, (-149, -60)),
    Tied("sine", {"omega": -0.1}, sine(-0.1), 5, (-149,)),
    Tied("acon_c", {}, gate(0.25), 1, (-149,)),
    Tied("acon_c", ACON, gate(0.5 * 1.75**2 / 4, 1.125), 1, (-149, -80)),
    Tied("acon_c", CROSSING, lambda x: Fraction(5, 4) * x - FAINT, 1, (-12, 80), RIGHT),
    Tied("acon_c", CROSSING, lambda x: Fraction(-3, 4) * x - FAINT, 1, (-12, 80), LEFT),
    Tied("star_relu", {"scale": 2.0, "bias": 0.5}, square(2.0, 0.5), 1, (40,), RIGHT, bits=13),
    Tied("lecun_tanh", {}, lambda x: LECUN * (x - 4 * x**3 / 27), 1875, (-60, -45)),
    Tied("silu", {}, gate(0.25), 1, (-149,)),
    Tied("silu", {"beta": -2.0}, gate(-0.5), 1, (-149,)),
    Tied("quick_gelu", {}, gate(1.702 / 4), 1, (-149,)),
    Tied("gelu", {}, gate(PHI), 1, (-149,)),
    Tied("gelu", {"approximate": "tanh"}, gate(PHI), 1, (-149,)),
    Tied("gelu_10", {}, gate(PHI), 1, (-149,)),
    Tied("hard_silu", {}, gate(Fraction(1, 6)), 1, (-149,)),
    Tied("silu", {}, gate(0.25), 1, (-133,), dtype="bfloat16"),
    Tied("phish", {}, lambda x: x**2 / 2 * (1 + 2 * PHI * x), 1, (-60, -49), dtype="bfloat16"),
    Tied("elu", {"alpha": 2.5}, lambda x: Fraction(2.5) * (x + x**2 / 2), 1, (-133, -90), LEFT,
         dtype="bfloat16"),
]  # fmt: skip


def spacing(q: Fraction, dtype: str) -> Fraction:
    bits, smallest = LAYOUTS[dtype]
    binade = abs(q.numerator).bit_length() - q.denominator.bit_length()
    if abs(q) < Fraction(2) ** binade:
        binade -= 1
    return Fraction(2) ** (max(binade, smallest) - bits + 1)


def nearest(q: Fraction, dtype: str) -> float:
    unit = spacing(q, dtype)
    # Fractions are rounded to nearest and even.
    return float(round(q / unit) * unit)


@cache
def points(index: int) -> tuple[Any, list[Fraction]]:
    """Inputs whose results are next to a middle but not on it, and these results."""
    row = TIED[index]
    bits, smallest = LAYOUTS[row.dtype]
    generator = np.random.default_rng(index)
    xs, results = [], []
    for exponent in row.exponents:
        top = 2 ** min(bits, row.bits) // row.step
        # Subnormal numbers have fewer bits.
        top >>= 2 if exponent == smallest - bits + 1 else 0
        for mantissa in np.unique(generator.integers(1, top, 600)).tolist():
            x = Fraction(mantissa * row.step) * Fraction(2) ** exponent
            for signed in (side * x for side in row.sides):
                q = row.truth(signed)
                apart = abs(q / spacing(q, row.dtype) % 1 - Fraction(1, 2))
                if 0 < apart < CLOSE:
                    xs.append(float(signed))
                    results.append(q)
    return np.array(xs).astype(DTYPES[row.dtype]), results


def label(index: int) -> str:
    row = TIED[index]
    settings = (f"{key}={value}" for key, value in row.params.items())
    return "-".join([row.name, *settings, *["slope"] * row.order, row.dtype])


def evaluate(index: int, x: Any) -> Any:
    row = TIED[index]
    function = getattr(multiact.precise, row.name)
    if row.order:
        return multiact.derivative(function, x, **row.params)
    return function(x, **row.params)


def assert_nearest(index: int, got: Any) -> None:
    x, truth = points(index)
    want = np.array([nearest(q, TIED[index].dtype) for q in truth])
    wrong = np.flatnonzero(got != want)
    shown = [(x[i], got[i], want[i]) for i in wrong[:3]]
    assert wrong.size == 0, f"{label(index)}: {wrong.size} of {x.size} (x, got, wanted): {shown}"


# In float64 lecun_tanh has a rounded factor.
TO_THE_BIT = [index for index, row in enumerate(TIED) if row.name != "lecun_tanh"]
# One of each make, where a framework has to compile them; NumPy has all.
MAKES = [
    index
    for index, row in enumerate(TIED)
    if label(index) in {
        "leaky_relu-float32", "rrelu-float32", "elu-alpha=2.5-float32", "xielu-slope-float32",
        "sine-omega=2.3-float32", "acon_c-p1=0.25-p2=2.0-beta=0.5-float32", "silu-float32",
        "acon_c-p1=1.25-p2=-0.75-beta=1.5-float32",
        "star_relu-scale=2.0-bias=0.5-float32", "phish-bfloat16",
    }
]  # fmt: skip
EVERYWHERE = [
    pytest.param(backend, index, id=f"{backend.value}-{label(index)}")
    for backend in Backend
    for index in (range(len(TIED)) if backend is Backend.NUMPY else MAKES)
]
COMPILED = ["rrelu-float32", "sine-omega=2.3-float32"]


@pytest.mark.parametrize(("backend", "index"), EVERYWHERE)
def test_the_nearer_number(backend: Backend, index: int) -> None:
    x, _ = points(index)
    assert x.size >= 20
    array = backend.array(x, TIED[index].dtype)
    assert_nearest(index, backend.doubles(evaluate(index, array)))


@pytest.mark.parametrize("index", [i for i in MAKES if label(i) in COMPILED], ids=label)
def test_the_nearer_number_in_compiled_code(differentiating: Backend, index: int) -> None:
    def run(x: Any) -> Any:
        return evaluate(index, x)

    x, _ = points(index)
    array = differentiating.array(x, TIED[index].dtype)
    assert_nearest(index, differentiating.doubles(differentiating.compile(run)(array)))


@pytest.mark.parametrize("index", TO_THE_BIT, ids=label)
def test_float64_takes_no_step(index: int) -> None:
    """There the middle itself is the nearest number to what lies next to it."""
    x, truth = points(index)
    got = evaluate(index, x.astype(np.float64))
    assert got.tolist() == [nearest(q, "float64") for q in truth]


@float64_only
def test_no_backend_takes_a_step_in_float64(backend: Backend, dtype: str) -> None:
    x = backend.array([-10.0, -3.0], dtype)
    assert backend.doubles(multiact.precise.leaky_relu(x, 0.1)).tolist() == [-1.0, -3 * 0.1]


@pytest.mark.parametrize("x", [-37.0, -712.0, -800.0])
def test_a_vanishing_exponential_rounds_away_from_the_middle(backend: Backend, x: float) -> None:
    """1.75·(e^x − 1 − x) + 0.5·x: frameworks without subnormal numbers have no e^−712."""
    middle = 1.75 * (-1 - x) + 0.5 * x
    high = np.float16(middle * (1 + 2.0**-20))
    assert float(np.float16(middle * (1 - 2.0**-20))) + float(high) == 2 * middle
    slopes = [1.75, backend.array(1.75, "float16")]
    for alpha_n in slopes:
        y = multiact.precise.xielu(backend.array([x], "float16"), alpha_n=alpha_n)
        assert backend.to_numpy(y)[0] == high


@pytest.mark.parametrize("gate", [37.9375, 800.0])
@pytest.mark.parametrize("name", ["geglu", "swiglu"])
def test_a_closed_half_gate_rounds_towards_zero(backend: Backend, name: str, gate: float) -> None:
    """a·g(b) lacks so little of the middle a·b that frameworks without subnormals lose it."""
    a = {37.9375: -0.625, 800.0: 0.020263671875}[gate]
    low = np.float16(a * gate * (1 - 2.0**-20))
    high = np.float16(a * gate * (1 + 2.0**-20))
    assert float(low) + float(high) == 2 * a * gate
    assert np.float16(a * gate) == high
    y = backend.to_numpy(getattr(multiact.precise, name)(backend.array([a, gate], "float16")))
    assert y[0] == low
