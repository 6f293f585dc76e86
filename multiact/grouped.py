"""maxout: functions over groups of consecutive features."""

from __future__ import annotations

from multiact._dispatch import backends
from multiact._record import activation
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
    return backends[type(x)].maxout(x, pieces, axis)  # type: ignore[no-any-return]
