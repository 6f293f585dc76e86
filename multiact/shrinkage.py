"""softshrink, hardshrink, tanhshrink, shrink: values near 0 become 0, or much smaller."""

from __future__ import annotations

from multiact._dispatch import find
from multiact._places import (
    first_hardshrink,
    first_shrink,
    first_softshrink,
    first_tanhshrink,
    first_type,
    second_hardshrink,
    second_shrink,
    second_softshrink,
    second_tanhshrink,
    second_type,
)
from multiact._record import INF, activation
from multiact._typing import Array


@activation(
    formula=r"x - \operatorname{clip}(x, -\lambda, \lambda)",
    kinks=(-0.5, 0.5),
    kink_gradient="softshrink'(±lambd) = 0",
    limits=(-INF, INF),
    range=(-INF, INF),
    monotonic=True,
    zero_centred=True,
    smoothness="C0",
    derivative_range=(0.0, 1.0),
    zeros=0.3829249225480262,
    cases=({}, {"lambd": 1.5}, {"lambd": 0.125}),
    paper="Donoho 1995, De-noising by soft-thresholding",
)
def softshrink(x: Array, lambd: float = 0.5) -> Array:
    """Soft shrinkage: x drawn towards 0 by lambd, and 0 where |x| ≤ lambd.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    lambd : float, default 0.5
        Half the width of what becomes 0, from 0 on. Keras calls it ``threshold``.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or ``lambd`` is no Python number.
    ValueError
        ``lambd`` is negative or NaN.

    Notes
    -----
    Gradient at the kinks: softshrink'(−lambd) = softshrink'(lambd) = 0. NaN stays NaN;
    ``keras.activations.soft_shrink`` makes it 0.

    Source: Donoho 1995, "De-noising by soft-thresholding", IEEE Transactions on Information
    Theory 41.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.softshrink(numpy.array([-2.0, -0.5, 0.25, 1.0]))
    array([-1.5,  0. ,  0. ,  0.5])
    """
    if type(x) is first_type:
        return first_softshrink(x, lambd)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_softshrink(x, lambd)  # type: ignore[no-any-return]
    return find(type(x)).softshrink(x, lambd)  # type: ignore[no-any-return]


@activation(
    formula=r"x \text{ if } \lvert x \rvert > \lambda \text{ else } 0",
    kinks=(-0.5, 0.5),
    kink_gradient="hardshrink'(±lambd) = 0",
    limits=(-INF, INF),
    range=(-INF, INF),
    monotonic=True,
    zero_centred=True,
    smoothness="discontinuous",
    derivative_range=(0.0, 1.0),
    zeros=0.3829249225480262,
    cases=({}, {"lambd": 1.5}, {"lambd": 0.125}),
    paper="Donoho and Johnstone 1994, Ideal spatial adaptation by wavelet shrinkage",
)
def hardshrink(x: Array, lambd: float = 0.5) -> Array:
    """Hard shrinkage: x where |x| > lambd, else 0.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    lambd : float, default 0.5
        Half the width of what becomes 0, from 0 on. Keras calls it ``threshold``.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or ``lambd`` is no Python number.
    ValueError
        ``lambd`` is negative or NaN.

    Notes
    -----
    Gradient at the kinks, where the function jumps: hardshrink'(−lambd) = hardshrink'(lambd) = 0.
    NaN stays NaN; ``keras.activations.hard_shrink`` makes it 0.

    Source: Donoho and Johnstone 1994, "Ideal spatial adaptation by wavelet shrinkage",
    Biometrika 81.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.hardshrink(numpy.array([-2.0, -0.5, 0.25, 1.0]))
    array([-2.,  0.,  0.,  1.])
    """
    if type(x) is first_type:
        return first_hardshrink(x, lambd)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_hardshrink(x, lambd)  # type: ignore[no-any-return]
    return find(type(x)).hardshrink(x, lambd)  # type: ignore[no-any-return]


@activation(
    formula=r"x - \tanh(x)",
    limits=(-INF, INF),
    range=(-INF, INF),
    monotonic=True,
    zero_centred=True,
    smoothness="C∞",
    derivative_range=(0.0, 1.0),
    derivative_roots=(0.0,),
    zeros=0.0,
    paper="Collobert et al. 2011, Torch7: a Matlab-like environment for machine learning",
)
def tanhshrink(x: Array) -> Array:
    """Smooth shrinkage: x − tanh(x).

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype.

    Notes
    -----
    Smooth everywhere. Near 0 it is x³/3, to full accuracy: the difference, as PyTorch and Keras
    take it, is 0 in float32 up to |x| = 3.5e-4. The derivative tanh² vanishes at 0.

    Source: Collobert et al. 2011, "Torch7: a Matlab-like environment for machine learning".

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.tanhshrink(numpy.array([-2.0, 0.0, 0.5]))
    array([-1.03597242,  0.        ,  0.03788284])
    """
    if type(x) is first_type:
        return first_tanhshrink(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_tanhshrink(x)  # type: ignore[no-any-return]
    return find(type(x)).tanhshrink(x)  # type: ignore[no-any-return]


@activation(
    formula=r"x - \text{bias} \text{ if } x > \lambda \text{ else } x + \text{bias}"
    r" \text{ if } x < -\lambda \text{ else } 0",
    kinks=(-0.5, 0.5),
    kink_gradient="shrink'(±lambd) = 0",
    limits=(-INF, INF),
    range=(-INF, INF),
    monotonic=True,
    zero_centred=True,
    smoothness="discontinuous",
    derivative_range=(0.0, 1.0),
    zeros=0.3829249225480262,
    cases=({}, {"lambd": 1.5, "bias": 1.5}, {"lambd": 1.0, "bias": -0.25}),
    paper="Donoho and Johnstone 1994, Ideal spatial adaptation by wavelet shrinkage",
)
def shrink(x: Array, lambd: float = 0.5, bias: float = 0.0) -> Array:
    """ONNX's Shrink: x drawn towards 0 by bias where |x| > lambd, else 0.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    lambd : float, default 0.5
        Half the width of what becomes 0, from 0 on.
    bias : float, default 0.0
        How far the rest is moved towards 0; any number. With 0 this is :func:`hardshrink`, with
        ``lambd`` it is :func:`softshrink`.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or a parameter is no Python number.
    ValueError
        ``lambd`` is negative, or a parameter is NaN.

    Notes
    -----
    Gradient at the kinks: shrink'(−lambd) = shrink'(lambd) = 0. The function jumps there unless
    bias is lambd.

    Source: Donoho and Johnstone 1994, "Ideal spatial adaptation by wavelet shrinkage",
    Biometrika 81; the form with two parameters is that of ONNX's operator ``Shrink``.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.shrink(numpy.array([-2.0, -0.5, 0.25, 1.0]), lambd=0.5, bias=0.25)
    array([-1.75,  0.  ,  0.  ,  0.75])
    """
    if type(x) is first_type:
        return first_shrink(x, lambd, bias)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_shrink(x, lambd, bias)  # type: ignore[no-any-return]
    return find(type(x)).shrink(x, lambd, bias)  # type: ignore[no-any-return]
