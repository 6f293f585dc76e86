"""snake, sine: functions with a sine."""

from __future__ import annotations

import math

from multiact._dispatch import find
from multiact._places import (
    first_sine,
    first_snake,
    first_type,
    second_sine,
    second_snake,
    second_type,
)
from multiact._record import INF, activation
from multiact._typing import Array, Parameter


@activation(
    formula=r"x + \frac{1}{a} \sin^2(a x)",
    limits=(-INF, INF),
    range=(-INF, INF),
    monotonic=True,
    zero_centred=False,
    smoothness="C∞",
    derivative_range=(0.0, 2.0),
    # Two consecutive ones; the others follow at the same distance.
    derivative_roots=(-0.7853981633974483, 2.356194490192345),
    zeros=0.0,
    tensor_parameters=("a",),
    cases=({}, {"a": 0.5}, {"a": 2.3}, {"a": -11.0}),
    paper="Ziyin et al. 2020, Neural networks fail to learn periodic functions and how to fix it, "
    "arXiv:2006.08195",
)
def snake(x: Array, a: Parameter = 1.0) -> Array:
    """Snake: x + sin²(a·x)/a, a line with ripples.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    a : float or array, default 1.0
        Frequency of the ripples, not 0; an array broadcasts to x and gets a gradient. Where an
        array holds 0 the limit is taken: x, with the derivative x² with respect to a.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x or a is of an unknown type or dtype, or they belong to two frameworks.
    ValueError
        a does not broadcast to x, or is the number 0.

    Notes
    -----
    Smooth everywhere, never falling: the derivative 1 + sin(2·a·x) touches 0 at −π/(4a) and once in
    every period of π/a. The product a·x is carried to twice the digits: far from 0 a rounding of it
    would shift the ripples.

    Source: Ziyin et al. 2020, "Neural networks fail to learn periodic functions and how to fix it",
    arXiv:2006.08195.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.snake(numpy.array([-1.0, 0.0, 2.0]), a=0.5)
    array([-0.54030231,  0.        ,  3.41614684])
    """
    if type(x) is first_type:
        return first_snake(x, a)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_snake(x, a)  # type: ignore[no-any-return]
    return find(type(x)).snake(x, a)  # type: ignore[no-any-return]


@activation(
    formula=r"\sin(\omega x)",
    limits=(math.nan, math.nan),
    range=(-1.0, 1.0),
    monotonic=False,
    zero_centred=True,
    smoothness="C∞",
    derivative_range=(-1.0, 1.0),
    # Two consecutive ones; the others follow at the same distance.
    derivative_roots=(-1.5707963267948966, 1.5707963267948966),
    zeros=0.0,
    cases=({}, {"omega": 30.0}, {"omega": 2.3}, {"omega": -0.1}),
    paper="Sitzmann et al. 2020, Implicit neural representations with periodic activation "
    "functions, arXiv:2006.09661",
)
def sine(x: Array, omega: float = 1.0) -> Array:
    """Sine: sin(omega·x).

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    omega : float, default 1.0
        Frequency. SIREN networks use 30.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or omega is no number.

    Notes
    -----
    Smooth everywhere; the derivative is omega·cos(omega·x). There is no limit at ±∞. The product
    omega·x is carried to twice the digits: far from 0 a rounding of it would shift the wave.

    Source: Sitzmann et al. 2020, "Implicit neural representations with periodic activation
    functions", arXiv:2006.09661.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.sine(numpy.array([-1.0, 0.0, 2.0]))
    array([-0.84147098,  0.        ,  0.90929743])
    """
    if type(x) is first_type:
        return first_sine(x, omega)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_sine(x, omega)  # type: ignore[no-any-return]
    return find(type(x)).sine(x, omega)  # type: ignore[no-any-return]
