"""softmax and its relatives: a row becomes weights that sum to 1, or their logarithms."""

from __future__ import annotations

from multiact._dispatch import find
from multiact._places import (
    first_log_softmax,
    first_logsumexp,
    first_softmax,
    first_softmin,
    first_type,
    second_log_softmax,
    second_logsumexp,
    second_softmax,
    second_softmin,
    second_type,
)
from multiact._record import INF, activation
from multiact._typing import Any, Array


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
    if type(x) is first_type:
        return first_softmax(x, axis, where)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_softmax(x, axis, where)  # type: ignore[no-any-return]
    return find(type(x)).softmax(x, axis, where)  # type: ignore[no-any-return]


@activation(
    kind="rowwise",
    formula=r"x_i - \ln \sum_j e^{x_j}",
    range=(-INF, 0.0),
    paper="Bridle 1990, Probabilistic interpretation of feedforward classification network outputs",
)
def log_softmax(x: Array, axis: int = -1, where: Any = None) -> Array:
    """Logarithm of softmax: x − ln Σ e^x along an axis, stable for every finite row.

    Parameters
    ----------
    x : array
        At least one dimension; floating, integer or bool (promoted).
    axis : int, default -1
        The axis over which e^result sums to 1.
    where : bool array, default None
        True where an element takes part; it broadcasts to x. The others become −inf, get no
        gradient and may hold anything, also NaN. A row with none left is all −inf.

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
    Smooth. The Jacobian is I − 1·sᵀ with s = softmax(x). An entry of weight near 1 keeps all its
    digits, where the logarithm of the rounded sum is 0: log_softmax([0, −20])[0] is −2.06e-9.

    Source: Bridle 1990, "Probabilistic interpretation of feedforward classification network
    outputs".

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.log_softmax(numpy.array([0.0, 1.0, 2.0]))
    array([-2.40760596, -1.40760596, -0.40760596])
    """
    if type(x) is first_type:
        return first_log_softmax(x, axis, where)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_log_softmax(x, axis, where)  # type: ignore[no-any-return]
    return find(type(x)).log_softmax(x, axis, where)  # type: ignore[no-any-return]


@activation(
    kind="rowwise",
    formula=r"\frac{e^{-x_i}}{\sum_j e^{-x_j}}",
    range=(0.0, 1.0),
    paper="Bridle 1990, Probabilistic interpretation of feedforward classification network outputs",
)
def softmin(x: Array, axis: int = -1, where: Any = None) -> Array:
    """Softmin: softmax(−x) along an axis, the largest weight to the smallest entry.

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
    Smooth. The Jacobian is s·sᵀ − diag(s). Entries of +inf get weight 0.

    Source: Bridle 1990, "Probabilistic interpretation of feedforward classification network
    outputs", with the sign of PyTorch's ``Softmin``.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.softmin(numpy.array([0.0, 1.0, 2.0]))
    array([0.66524096, 0.24472847, 0.09003057])
    """
    if type(x) is first_type:
        return first_softmin(x, axis, where)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_softmin(x, axis, where)  # type: ignore[no-any-return]
    return find(type(x)).softmin(x, axis, where)  # type: ignore[no-any-return]


@activation(
    kind="rowwise",
    formula=r"\ln \sum_j e^{x_j}",
    range=(-INF, INF),
    cases=({}, {"keepdims": True}),
    paper="Blanchard et al. 2019, Accurate computation of the log-sum-exp and softmax functions, "
    "arXiv:1909.03469",
)
def logsumexp(x: Array, axis: int = -1, keepdims: bool = False, where: Any = None) -> Array:
    """Logarithm of the sum of exponentials along an axis: ln Σ e^x, the smooth maximum.

    Parameters
    ----------
    x : array
        At least one dimension; floating, integer or bool (promoted).
    axis : int, default -1
        The axis that is summed over.
    keepdims : bool, default False
        Whether the axis stays, with length 1.
    where : bool array, default None
        True where an element takes part; it broadcasts to x. The others count for nothing, get no
        gradient and may hold anything, also NaN.

    Returns
    -------
    array
        Of x's framework and floating dtype, without the axis or with length 1 there; −inf for a
        row with no element.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, axis is no integer, keepdims is no bool, or where is no
        boolean array of x's framework.
    ValueError
        x has no such axis, or where does not broadcast to x.

    Notes
    -----
    Smooth; the gradient is softmax(x). A row of −inf alone gives −inf, one with +inf gives +inf.

    Source: Blanchard et al. 2019, "Accurate computation of the log-sum-exp and softmax functions",
    arXiv:1909.03469.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.logsumexp(numpy.array([[0.0, 0.0], [100.0, 100.0]]))
    array([  0.69314718, 100.69314718])
    """
    if type(x) is first_type:
        return first_logsumexp(x, axis, keepdims, where)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_logsumexp(x, axis, keepdims, where)  # type: ignore[no-any-return]
    return find(type(x)).logsumexp(x, axis, keepdims, where)  # type: ignore[no-any-return]
