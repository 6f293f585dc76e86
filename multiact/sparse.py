"""hardmax, sparsemax, entmax15, gumbel_softmax: a row becomes weights, most of them near 0."""

from __future__ import annotations

from multiact._dispatch import find
from multiact._places import (
    first_entmax15,
    first_gumbel_softmax,
    first_hardmax,
    first_sparsemax,
    first_type,
    second_entmax15,
    second_gumbel_softmax,
    second_hardmax,
    second_sparsemax,
    second_type,
)
from multiact._record import activation
from multiact._typing import Any, Array


@activation(
    kind="rowwise",
    kink_gradient="0 everywhere",
    formula=r"1 \text{ if } i = \min(\arg\max_j x_j) \text{ else } 0",
    range=(0.0, 1.0),
    paper="Open Neural Network Exchange, operator Hardmax",
)
def hardmax(x: Array, axis: int = -1) -> Array:
    """Hardmax: 1 at the first maximum along an axis, 0 elsewhere.

    Parameters
    ----------
    x : array
        At least one dimension; floating, integer or bool (promoted).
    axis : int, default -1
        The axis on which one entry becomes 1.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or axis is no integer.
    ValueError
        x has no such axis.

    Notes
    -----
    The gradient is 0 everywhere. A row with NaN is all NaN.

    Source: ONNX, operator Hardmax.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.hardmax(numpy.array([1.0, 3.0, 2.0, 3.0]))
    array([0., 1., 0., 0.])
    """
    if type(x) is first_type:
        return first_hardmax(x, axis)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_hardmax(x, axis)  # type: ignore[no-any-return]
    return find(type(x)).hardmax(x, axis)  # type: ignore[no-any-return]


@activation(
    kind="rowwise",
    kink_gradient="that of the support: entries of weight 0 get none",
    formula=r"\max(x_i - \tau, 0),\quad \tau \text{ such that the sum is } 1",
    range=(0.0, 1.0),
    paper="Martins and Astudillo 2016, From softmax to sparsemax, arXiv:1602.02068",
)
def sparsemax(x: Array, axis: int = -1) -> Array:
    """Sparsemax: the point of the probability simplex nearest to x, along an axis.

    Parameters
    ----------
    x : array
        At least one dimension; floating, integer or bool (promoted).
    axis : int, default -1
        The axis whose entries sum to 1.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or axis is no integer.
    ValueError
        x has no such axis.

    Notes
    -----
    Piecewise linear. The Jacobian is diag(k) − k·kᵀ/Σk, where k is 1 on the support (the entries of
    positive weight) and 0 elsewhere; an entry that just reaches weight 0 does not belong to it.
    Entries of −inf get weight 0; a row with NaN or +inf is all NaN. Keras 3.15's
    ``keras.activations.sparsemax`` is another function: of [1, 0.9] it makes [0.05, 0].

    Source: Martins and Astudillo 2016, "From softmax to sparsemax: a sparse model of attention and
    multi-label classification", arXiv:1602.02068.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.sparsemax(numpy.array([1.0, 0.9, -1.0]))
    array([0.55, 0.45, 0.  ])
    """
    if type(x) is first_type:
        return first_sparsemax(x, axis)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_sparsemax(x, axis)  # type: ignore[no-any-return]
    return find(type(x)).sparsemax(x, axis)  # type: ignore[no-any-return]


@activation(
    kind="rowwise",
    kink_gradient="that of the support: entries of weight 0 get none",
    formula=r"\max(x_i / 2 - \tau, 0)^2,\quad \tau \text{ such that the sum is } 1",
    range=(0.0, 1.0),
    paper="Peters et al. 2019, Sparse sequence-to-sequence models, arXiv:1905.05702",
)
def entmax15(x: Array, axis: int = -1) -> Array:
    """1.5-entmax: max(x/2 − τ, 0)² along an axis, between softmax and sparsemax.

    Parameters
    ----------
    x : array
        At least one dimension; floating, integer or bool (promoted).
    axis : int, default -1
        The axis whose entries sum to 1.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or axis is no integer.
    ValueError
        x has no such axis.

    Notes
    -----
    Once differentiable. The Jacobian is diag(r) − r·rᵀ/Σr with r the square roots of the weights.
    Computed exactly, by sorting. Entries of −inf get weight 0; a row with NaN or +inf is all NaN.

    Source: Peters et al. 2019, "Sparse sequence-to-sequence models", arXiv:1905.05702.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.entmax15(numpy.array([1.0, 0.9, -1.0]))
    array([0.53533324, 0.46466676, 0.        ])
    """
    if type(x) is first_type:
        return first_entmax15(x, axis)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_entmax15(x, axis)  # type: ignore[no-any-return]
    return find(type(x)).entmax15(x, axis)  # type: ignore[no-any-return]


@activation(
    kind="rowwise",
    kink_gradient="hard: that of the soft weights",
    formula=r"\operatorname{softmax}\left(\frac{x + g}{\text{temperature}}\right),"
    r"\quad g \sim \text{Gumbel}(0, 1)",
    range=(0.0, 1.0),
    cases=(
        {"noise": 0.0},
        {"noise": 0.0, "temperature": 0.5},
        {"noise": 0.0, "temperature": 3.0, "hard": True},
    ),
    paper="Jang et al. 2016, Categorical reparameterization with Gumbel-softmax, arXiv:1611.01144",
)
def gumbel_softmax(
    x: Array,
    temperature: float = 1.0,
    hard: bool = False,
    rng: Any = None,
    axis: int = -1,
    noise: Any = None,
) -> Array:
    """Gumbel-softmax: softmax((x + g)/temperature) along an axis, with Gumbel noise g.

    Parameters
    ----------
    x : array
        At least one dimension; floating, integer or bool (promoted).
        Logits: the index of the largest weight is distributed as softmax(x).
    temperature : float, default 1.0
        Positive; towards 0 the weights become one-hot.
    hard : bool, default False
        Whether the result is one-hot, 1 at the largest weight, with the gradient of the soft
        weights (straight through).
    rng : generator or int, default None
        Where the noise comes from: a numpy.random.Generator, torch.Generator, JAX key or
        tf.random.Generator, or an int seed. ``None`` means the framework's global generator; JAX
        has none and needs a key or seed.
    axis : int, default -1
        The axis whose entries sum to 1.
    noise : array or float, default None
        The noise itself, in place of drawing it: an array that broadcasts to x makes runs
        comparable across frameworks. It gets no gradient. A number is the same everywhere and so
        changes nothing: 0.0 gives softmax(x/temperature).

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, temperature is no number, hard is no bool, rng is no
        generator of x's framework, axis is no integer, or noise belongs to another framework or
        has an unknown or wider dtype.
    ValueError
        temperature is not positive and finite, x has no such axis, noise does not broadcast to x
        or is no finite number, or x is a JAX array and neither rng nor noise is given.

    Notes
    -----
    Smooth for given noise; the gradient goes to x alone. The same seed gives the same weights on
    one framework, but frameworks draw different numbers.

    Source: Jang et al. 2016, "Categorical reparameterization with Gumbel-softmax",
    arXiv:1611.01144; Maddison et al. 2016, "The concrete distribution", arXiv:1611.00712.

    Examples
    --------
    >>> import numpy, multiact
    >>> x, noise = numpy.array([1.0, 2.0, 0.5]), numpy.array([0.5, -1.0, 0.0])
    >>> multiact.gumbel_softmax(x, temperature=0.5, noise=noise)
    array([0.66524096, 0.24472847, 0.09003057])
    >>> multiact.gumbel_softmax(x, hard=True, noise=noise)
    array([1., 0., 0.])
    """
    if type(x) is first_type:
        return first_gumbel_softmax(  # type: ignore[no-any-return]
            x, temperature, hard, rng, axis, noise
        )
    if type(x) is second_type:
        return second_gumbel_softmax(  # type: ignore[no-any-return]
            x, temperature, hard, rng, axis, noise
        )
    return find(type(x)).gumbel_softmax(  # type: ignore[no-any-return]
        x, temperature, hard, rng, axis, noise
    )
