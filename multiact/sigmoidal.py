"""sigmoid and tanh: bounded on both sides."""

from __future__ import annotations

from multiact._dispatch import backends
from multiact._record import activation
from multiact._typing import Array


@activation(
    formula=r"\frac{1}{1 + e^{-x}}",
    aliases=("logistic", "expit"),
    limits=(0.0, 1.0),
    range=(0.0, 1.0),
    monotonic=True,
    zero_centred=False,
    paper="Verhulst 1838, Notice sur la loi que la population suit dans son accroissement",
)
def sigmoid(x: Array) -> Array:
    """Logistic sigmoid: 1/(1 + e⁻ˣ), also known as logistic and expit.

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
    Smooth everywhere. The derivative σ(x)·σ(−x) is largest at 0, where it is 1/4.

    Source: Verhulst 1838, "Notice sur la loi que la population suit dans son accroissement".

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.sigmoid(numpy.array([-2.0, 0.0, 2.0]))
    array([0.11920292, 0.5       , 0.88079708])
    """
    return backends[type(x)].sigmoid(x)  # type: ignore[no-any-return]


@activation(
    formula=r"\frac{e^x - e^{-x}}{e^x + e^{-x}}",
    limits=(-1.0, 1.0),
    range=(-1.0, 1.0),
    monotonic=True,
    zero_centred=True,
    paper="LeCun et al. 1998, Efficient BackProp",
)
def tanh(x: Array) -> Array:
    """Hyperbolic tangent.

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
    Smooth everywhere. The derivative is 1 − tanh², largest (1) at 0.

    Source: LeCun et al. 1998, "Efficient BackProp".

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.tanh(numpy.array([-1.0, 0.0, 1.0]))
    array([-0.76159416,  0.        ,  0.76159416])
    """
    return backends[type(x)].tanh(x)  # type: ignore[no-any-return]
