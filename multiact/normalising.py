"""softmax: a row becomes weights that sum to 1."""

from __future__ import annotations

from typing import Any

from multiact._dispatch import backends
from multiact._record import activation
from multiact._typing import Array


@activation(
    kind="rowwise",
    formula=r"\frac{e^{x_i - \max x}}{\sum_j e^{x_j - \max x}}",
    range=(0.0, 1.0),
    paper="Bridle 1990, Probabilistic interpretation of feedforward classification network outputs",
)
def softmax(x: Array, axis: int = -1, where: Any = None) -> Array:
    """Softmax: e^(x − max)/Σ e^(x − max) along an axis, stable for every finite row.

    Parameters
    ----------
    x : array
        At least one dimension; floating, integer or bool (promoted).
    axis : int, default -1
        The axis whose entries sum to 1.
    where : bool array, default None
        True where an element takes part; it broadcasts to x. The others become exactly 0, get no
        gradient and may hold anything, also NaN. A row with none left is all 0.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, axis is no integer, or where is no boolean array of x's
        framework.
    ValueError
        x has no such axis, or where does not broadcast to x.

    Notes
    -----
    Smooth. The Jacobian is diag(s) − s·sᵀ; s·(1 − s) is only its diagonal. Entries of −inf get
    weight 0.

    Source: Bridle 1990, "Probabilistic interpretation of feedforward classification network
    outputs".

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.softmax(numpy.array([0.0, 1.0, 2.0]))
    array([0.09003057, 0.24472847, 0.66524096])
    """
    return backends[type(x)].softmax(x, axis, where)  # type: ignore[no-any-return]
