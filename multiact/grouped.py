"""maxout, crelu: several features become one, or one several."""

from __future__ import annotations

from multiact._dispatch import find
from multiact._places import (
    first_crelu,
    first_maxout,
    first_type,
    second_crelu,
    second_maxout,
    second_type,
)
from multiact._record import INF, activation
from multiact._typing import Array


@activation(
    kind="rowwise",
    kink_gradient="shared equally at a tie",
    formula=r"\max_{1 \le k \le \text{pieces}} x_{i \cdot \text{pieces} + k}",
    cases=({"pieces": 2}, {"pieces": 3}),
    paper="Goodfellow et al. 2013, Maxout networks, arXiv:1302.4389",
)
def maxout(x: Array, pieces: int, axis: int = -1) -> Array:
    """Maxout: the maximum over groups of ``pieces`` consecutive features.

    Parameters
    ----------
    x : array
        At least one dimension; floating, integer or bool (promoted).
    pieces : int
        The size of a group; it divides the length of the axis.
    axis : int, default -1
        The feature axis.

    Returns
    -------
    array
        Of x's framework and floating dtype; the axis is ``pieces`` times shorter.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or axis or pieces is no integer.
    ValueError
        x has no such axis, or pieces is not positive or does not divide it.

    Notes
    -----
    Gradient at a tie: shared equally among the tied pieces.

    Source: Goodfellow et al. 2013, "Maxout networks", arXiv:1302.4389.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.maxout(numpy.array([1.0, 4.0, 3.0, 2.0]), pieces=2)
    array([4., 3.])
    """
    if type(x) is first_type:
        return first_maxout(x, pieces, axis)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_maxout(x, pieces, axis)  # type: ignore[no-any-return]
    return find(type(x)).maxout(x, pieces, axis)  # type: ignore[no-any-return]


@activation(
    kind="rowwise",
    kink_gradient="crelu'(0) = 0 in both halves",
    formula=r"[\max(x, 0),\ \max(-x, 0)]",
    range=(0.0, INF),
    paper="Shang et al. 2016, Understanding and improving convolutional neural networks via "
    "concatenated rectified linear units, arXiv:1603.05201",
)
def crelu(x: Array, axis: int = -1) -> Array:
    """Concatenated rectified linear unit: max(x, 0), then max(−x, 0), along an axis.

    Parameters
    ----------
    x : array
        At least one dimension; floating, integer or bool (promoted).
    axis : int, default -1
        The feature axis.

    Returns
    -------
    array
        Of x's framework and floating dtype; the axis is twice as long.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or axis is no integer.
    ValueError
        x has no such axis.

    Notes
    -----
    Gradient at the kink: 0 in both halves.

    Source: Shang et al. 2016, "Understanding and improving convolutional neural networks via
    concatenated rectified linear units", arXiv:1603.05201.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.crelu(numpy.array([-1.5, 2.0]))
    array([0. , 2. , 1.5, 0. ])
    """
    if type(x) is first_type:
        return first_crelu(x, axis)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_crelu(x, axis)  # type: ignore[no-any-return]
    return find(type(x)).crelu(x, axis)  # type: ignore[no-any-return]
