"""mish, serf, phish, acon_c: x times a smooth gate of itself."""

from __future__ import annotations

from multiact._dispatch import find
from multiact._places import (
    first_acon_c,
    first_mish,
    first_phish,
    first_serf,
    first_type,
    second_acon_c,
    second_mish,
    second_phish,
    second_serf,
    second_type,
)
from multiact._record import INF, activation
from multiact._typing import Array, Parameter


@activation(
    formula=r"x \tanh(\ln(1 + e^x))",
    limits=(0.0, INF),
    range=(-0.30884341301725041, INF),
    monotonic=False,
    zero_centred=False,
    smoothness="C∞",
    derivative_range=(-0.11252612238946255, 1.088498161251728),
    derivative_roots=(-1.1924312145154952,),
    zeros=0.0,
    paper="Misra 2019, Mish: a self regularized non-monotonic activation function, "
    "arXiv:1908.08681",
)
def mish(x: Array) -> Array:
    """Mish: x·tanh(softplus(x)).

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
    Smooth everywhere; the derivative vanishes at −1.1924.

    Source: Misra 2019, "Mish: a self regularized non-monotonic activation function",
    arXiv:1908.08681.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.mish(numpy.array([-1.0, 0.0, 2.0]))
    array([-0.30340146,  0.        ,  1.94395896])
    """
    if type(x) is first_type:
        return first_mish(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_mish(x)  # type: ignore[no-any-return]
    return find(type(x)).mish(x)  # type: ignore[no-any-return]


@activation(
    formula=r"x \operatorname{erf}(\ln(1 + e^x))",
    limits=(0.0, INF),
    range=(-0.3484374587596064, INF),
    monotonic=False,
    zero_centred=False,
    smoothness="C∞",
    derivative_range=(-0.1269685890579054, 1.086125444150997),
    derivative_roots=(-1.193059968928188,),
    zeros=0.0,
    paper="Nag et al. 2021, Serf: Towards better training of deep neural networks using "
    "log-softplus error activation function, arXiv:2108.09598",
)
def serf(x: Array) -> Array:
    """Serf: x·erf(softplus(x)).

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
    Smooth everywhere; the derivative vanishes at −1.1931.

    Source: Nag et al. 2021, "Serf: Towards better training of deep neural networks using
    log-softplus error activation function", arXiv:2108.09598.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.serf(numpy.array([-1.0, 0.0, 2.0]))
    array([-0.34224796,  0.        ,  1.99473933])
    """
    if type(x) is first_type:
        return first_serf(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_serf(x)  # type: ignore[no-any-return]
    return find(type(x)).serf(x)  # type: ignore[no-any-return]


@activation(
    formula=r"x \tanh(\operatorname{gelu}(x))",
    limits=(0.0, INF),
    range=(0.0, INF),
    monotonic=False,
    zero_centred=False,
    smoothness="C∞",
    derivative_range=(-0.2184242658289875, 1.2983066733058115),
    derivative_roots=(-1.1954312013879125, 0.0),
    zeros=0.0,
    paper="Naveen 2022, Phish: A novel hyper-optimizable activation function",
)
def phish(x: Array) -> Array:
    """Phish: x·tanh(gelu(x)).

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
    Smooth everywhere. It is never negative: below 0 gelu is negative too, and the function rises
    from 0 at −∞ to 0.1647 at −1.1954 and falls to 0 at 0, where the derivative vanishes again.

    Source: Naveen 2022, "Phish: A novel hyper-optimizable activation function", TechRxiv.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.phish(numpy.array([-1.0, 0.0, 2.0]))
    array([0.15733733, 0.        , 1.9213358 ])
    """
    if type(x) is first_type:
        return first_phish(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_phish(x)  # type: ignore[no-any-return]
    return find(type(x)).phish(x)  # type: ignore[no-any-return]


@activation(
    formula=r"(p_1 - p_2) \, x \, \sigma(\beta (p_1 - p_2) x) + p_2 x",
    limits=(0.0, INF),
    range=(-0.27846454276107380, INF),
    monotonic=False,
    zero_centred=False,
    smoothness="C∞",
    derivative_range=(-0.09983932012886691, 1.099839320128867),
    derivative_roots=(-1.2784645427610737,),
    zeros=0.0,
    tensor_parameters=("p1", "p2", "beta"),
    cases=(
        {},
        {"p1": 1.25, "p2": -0.75, "beta": 1.5},
        {"p1": 0.25, "p2": 2.0, "beta": 0.5},
    ),
    paper="Ma et al. 2020, Activate or not: learning customized activation, arXiv:2009.04759",
)
def acon_c(x: Array, p1: Parameter = 1.0, p2: Parameter = 0.0, beta: Parameter = 1.0) -> Array:
    """ACON-C: a smooth maximum of p1·x and p2·x, (p1 − p2)·x·σ(beta·(p1 − p2)·x) + p2·x.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    p1, p2 : float or array, default 1.0 and 0.0
        The two slopes; arrays broadcast to x and get gradients.
    beta : float or array, default 1.0
        Sharpness of the switch between them: the maximum as it goes to ∞, the mean (p1 + p2)·x/2
        for 0; an array broadcasts to x and gets a gradient.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x, p1, p2 or beta is of an unknown type or dtype, or they belong to two frameworks.
    ValueError
        p1, p2 or beta does not broadcast to x.

    Notes
    -----
    Smooth everywhere. The defaults give silu, whose derivative vanishes at −1.2785. Channels of
    an image need p1 of shape (channels, 1, 1).

    Source: Ma et al. 2020, "Activate or not: learning customized activation", arXiv:2009.04759.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.acon_c(numpy.array([-1.0, 0.0, 2.0]), p1=1.0, p2=0.25)
    array([-0.49061598,  0.        ,  1.72636171])
    """
    if type(x) is first_type:
        return first_acon_c(x, p1, p2, beta)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_acon_c(x, p1, p2, beta)  # type: ignore[no-any-return]
    return find(type(x)).acon_c(x, p1, p2, beta)  # type: ignore[no-any-return]
