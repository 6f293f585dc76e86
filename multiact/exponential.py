"""elu, selu, celu, xielu: a shifted exponential below 0."""

from __future__ import annotations

from multiact._dispatch import find
from multiact._places import (
    first_celu,
    first_elu,
    first_selu,
    first_type,
    first_xielu,
    second_celu,
    second_elu,
    second_selu,
    second_type,
    second_xielu,
)
from multiact._record import INF, activation
from multiact._typing import Array, Parameter


@activation(
    formula=r"x \text{ if } x > 0 \text{ else } \alpha (e^x - 1)",
    kinks=(0.0,),
    kink_gradient="elu'(0) = alpha",
    limits=(-1.0, INF),
    range=(-1.0, INF),
    monotonic=True,
    zero_centred=False,
    smoothness="C1",
    derivative_range=(0.0, 1.0),
    zeros=0.0,
    tensor_parameters=("alpha",),
    cases=({}, {"alpha": 0.5}, {"alpha": 2.5}, {"alpha": -1.0}),
    paper="Clevert et al. 2015, Fast and accurate deep network learning by ELUs, arXiv:1511.07289",
)
def elu(x: Array, alpha: Parameter = 1.0) -> Array:
    """Exponential linear unit: x above 0, alpha·(eˣ − 1) below.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    alpha : float or array, default 1.0
        The negative saturation value −alpha; an array broadcasts to x and gets a gradient.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x or alpha is of an unknown type or dtype, or they belong to two frameworks.
    ValueError
        alpha does not broadcast to x.

    Notes
    -----
    Gradient at the kink: elu'(0) = alpha (no kink for alpha = 1).

    Source: Clevert et al. 2015, "Fast and accurate deep network learning by exponential linear
    units", arXiv:1511.07289.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.elu(numpy.array([-1.0, 0.0, 2.0]))
    array([-0.63212056,  0.        ,  2.        ])
    """
    if type(x) is first_type:
        return first_elu(x, alpha)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_elu(x, alpha)  # type: ignore[no-any-return]
    return find(type(x)).elu(x, alpha)  # type: ignore[no-any-return]


@activation(
    formula=r"\lambda x \text{ if } x > 0 \text{ else } \lambda \alpha (e^x - 1),\quad"
    r" \alpha = 1.67326\ldots,\ \lambda = 1.05070\ldots",
    kinks=(0.0,),
    kink_gradient="selu'(0) = scale·alpha",
    limits=(-1.7580993408473768, INF),
    range=(-1.7580993408473768, INF),
    monotonic=True,
    zero_centred=False,
    smoothness="C0",
    derivative_range=(0.0, 1.7580993408473768),
    zeros=0.0,
    paper="Klambauer et al. 2017, Self-normalizing neural networks, arXiv:1706.02515",
)
def selu(x: Array) -> Array:
    """Scaled exponential linear unit: scale·elu(x, alpha).

    alpha = 1.6732632423543772848… and scale = 1.0507009873554804934… make mean 0 and variance 1
    a fixed point of a layer.

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
    The derivative jumps at 0 from scale·alpha = 1.7581 to scale = 1.0507; selu'(0) = scale·alpha.

    Source: Klambauer et al. 2017, "Self-normalizing neural networks", arXiv:1706.02515.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.selu(numpy.array([-1.0, 0.0, 2.0]))
    array([-1.11133074,  0.        ,  2.10140197])
    """
    if type(x) is first_type:
        return first_selu(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_selu(x)  # type: ignore[no-any-return]
    return find(type(x)).selu(x)  # type: ignore[no-any-return]


@activation(
    formula=r"\max(x, 0) + \min(0, \alpha (e^{x/\alpha} - 1))",
    kink_gradient="celu'(0) = 1",
    limits=(-1.0, INF),
    range=(-1.0, INF),
    monotonic=True,
    zero_centred=False,
    smoothness="C1",
    derivative_range=(0.0, 1.0),
    zeros=0.0,
    cases=({}, {"alpha": 0.5}, {"alpha": 2.5}),
    paper="Barron 2017, Continuously differentiable exponential linear units, arXiv:1704.07483",
)
def celu(x: Array, alpha: float = 1.0) -> Array:
    """Continuously differentiable exponential unit: x above 0, alpha·(e^(x/alpha) − 1) below.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    alpha : float, default 1.0
        The negative saturation value −alpha, and the scale on which it is reached; any finite
        number but 0. With a negative alpha the function grows exponentially below 0.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or ``alpha`` is no Python number.
    ValueError
        ``alpha`` is 0, infinite or NaN.

    Notes
    -----
    celu'(0) = 1 for every alpha: there is no kink, only the second derivative jumps. Elu's
    derivative jumps at 0 unless alpha is 1, where the two functions are the same.
    ``keras.activations.celu`` differentiates to 2 at 0.

    Source: Barron 2017, "Continuously differentiable exponential linear units", arXiv:1704.07483.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.celu(numpy.array([-2.0, 0.0, 2.0]), alpha=2.0)
    array([-1.26424112,  0.        ,  2.        ])
    """
    if type(x) is first_type:
        return first_celu(x, alpha)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_celu(x, alpha)  # type: ignore[no-any-return]
    return find(type(x)).celu(x, alpha)  # type: ignore[no-any-return]


@activation(
    formula=r"\alpha_p x^2 + \beta x \text{ if } x > 0 \text{ else }"
    r" \alpha_n (e^x - 1 - x) + \beta x",
    limits=(INF, INF),
    range=(-0.2057512240964821, INF),
    monotonic=False,
    zero_centred=False,
    smoothness="C1",
    derivative_range=(-0.30000000000000004, INF),
    derivative_roots=(-0.9808292530117262,),
    zeros=0.0,
    tensor_parameters=("alpha_p", "alpha_n"),
    cases=(
        {},
        {"alpha_p": 0.25, "alpha_n": 1.75},
        {"alpha_p": 1.5, "alpha_n": 0.52, "beta": 0.5},
        {"alpha_p": 0.25, "alpha_n": 0.5, "beta": 0.0},
    ),
    paper="Huang and Schlag 2024, Deriving activation functions using integration, "
    "arXiv:2411.13010",
)
def xielu(x: Array, alpha_p: Parameter = 0.8, alpha_n: Parameter = 0.8, beta: float = 0.5) -> Array:
    """xIELU: the integral of a trainable elu, quadratic above 0.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    alpha_p, alpha_n : float or array, default 0.8
        Curvature above and below 0; arrays broadcast to x and get gradients. These are the
        effective values: ``transformers`` derives them as softplus(alpha_p) and
        beta + softplus(alpha_n) from what it trains.
    beta : float, default 0.5
        The slope at 0.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x, alpha_p or alpha_n is of an unknown type or dtype, or they belong to two frameworks, or
        beta is no number.
    ValueError
        alpha_p or alpha_n does not broadcast to x.

    Notes
    -----
    Above 0 it is alpha_p·x² + beta·x, otherwise alpha_n·(eˣ − 1 − x) + beta·x. The derivative is
    continuous, beta at 0; the second derivative jumps there from alpha_n to 2·alpha_p. Far below 0
    the function is a line of slope beta − alpha_n: with the defaults it rises again.

    Source: Huang and Schlag 2024, "Deriving activation functions using integration",
    arXiv:2411.13010.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.xielu(numpy.array([-1.0, 0.0, 2.0]))
    array([-0.20569645,  0.        ,  4.2       ])
    """
    if type(x) is first_type:
        return first_xielu(x, alpha_p, alpha_n, beta)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_xielu(x, alpha_p, alpha_n, beta)  # type: ignore[no-any-return]
    return find(type(x)).xielu(x, alpha_p, alpha_n, beta)  # type: ignore[no-any-return]
