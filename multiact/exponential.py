"""elu and selu: linear above 0, a shifted exponential below."""

from __future__ import annotations

from multiact._dispatch import backends
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
    return backends[type(x)].elu(x, alpha)  # type: ignore[no-any-return]


@activation(
    formula=r"\lambda x \text{ if } x > 0 \text{ else } \lambda \alpha (e^x - 1),\quad"
    r" \alpha = 1.67326\ldots,\ \lambda = 1.05070\ldots",
    kinks=(0.0,),
    kink_gradient="selu'(0) = scale·alpha",
    limits=(-1.7580993408473768, INF),
    range=(-1.7580993408473768, INF),
    monotonic=True,
    zero_centred=False,
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
    return backends[type(x)].selu(x)  # type: ignore[no-any-return]
