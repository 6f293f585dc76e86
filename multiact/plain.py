"""identity: nothing is changed."""

from __future__ import annotations

from multiact._dispatch import find
from multiact._places import first_identity, first_type, second_identity, second_type
from multiact._record import INF, activation
from multiact._typing import Array


@activation(
    formula=r"x",
    aliases=("linear",),
    limits=(-INF, INF),
    range=(-INF, INF),
    monotonic=True,
    zero_centred=True,
    smoothness="C∞",
    derivative_range=(1.0, 1.0),
    zeros=0.0,
    keeps_integers=True,
    paper="Widrow and Hoff 1960, Adaptive switching circuits",
)
def identity(x: Array) -> Array:
    """The identity: x, also known as linear.

    Parameters
    ----------
    x : array
        Any shape. Floating, integer or bool; integers keep their dtype, bool is promoted to the
        framework's default floating dtype.

    Returns
    -------
    array
        Of x's framework, shape and dtype.

    Raises
    ------
    TypeError
        x is of an unknown type, or its dtype is complex, float8, string or object.

    Notes
    -----
    Smooth everywhere; the derivative is 1.

    Source: Widrow and Hoff 1960, "Adaptive switching circuits", the linear unit ADALINE.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.identity(numpy.array([-1.5, 0.0, 2.0]))
    array([-1.5,  0. ,  2. ])
    """
    if type(x) is first_type:
        return first_identity(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_identity(x)  # type: ignore[no-any-return]
    return find(type(x)).identity(x)  # type: ignore[no-any-return]
