"""hard_sigmoid, hard_tanh, hard_silu, sparse_sigmoid, sparse_plus: smooth functions in pieces."""

from __future__ import annotations

from multiact._dispatch import find
from multiact._places import (
    first_hard_sigmoid,
    first_hard_silu,
    first_hard_tanh,
    first_sparse_plus,
    first_sparse_sigmoid,
    first_type,
    second_hard_sigmoid,
    second_hard_silu,
    second_hard_tanh,
    second_sparse_plus,
    second_sparse_sigmoid,
    second_type,
)
from multiact._record import INF, activation
from multiact._typing import Array


@activation(
    formula=r"\operatorname{clip}\left(\frac{x + 3}{6}, 0, 1\right)",
    kinks=(-3.0, 3.0),
    kink_gradient="hard_sigmoid'(±3) = 0",
    limits=(0.0, 1.0),
    range=(0.0, 1.0),
    monotonic=True,
    zero_centred=False,
    smoothness="C0",
    derivative_range=(0.0, 1 / 6),
    zeros=0.0013498980316300946,
    paper="Howard et al. 2019, Searching for MobileNetV3, arXiv:1905.02244",
)
def hard_sigmoid(x: Array) -> Array:
    """The sigmoid in three straight pieces: clip(x/6 + 1/2, 0, 1).

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
    Gradient at the kinks: hard_sigmoid'(−3) = hard_sigmoid'(3) = 0.

    PyTorch, JAX and Keras 3 have the same function. ONNX's ``HardSigmoid`` and Keras 2's
    ``hard_sigmoid`` are clip(0.2·x + 0.5, 0, 1), up to 0.1 away; BinaryConnect's hard sigmoid is
    :func:`sparse_sigmoid`.

    Source: Howard et al. 2019, "Searching for MobileNetV3", arXiv:1905.02244.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.hard_sigmoid(numpy.array([-4.0, -1.5, 0.0, 3.0]))
    array([0.  , 0.25, 0.5 , 1.  ])
    """
    if type(x) is first_type:
        return first_hard_sigmoid(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_hard_sigmoid(x)  # type: ignore[no-any-return]
    return find(type(x)).hard_sigmoid(x)  # type: ignore[no-any-return]


@activation(
    formula=r"\operatorname{clip}(x, \text{min}, \text{max})",
    kinks=(-1.0, 1.0),
    kink_gradient="hard_tanh'(min) = hard_tanh'(max) = 0",
    limits=(-1.0, 1.0),
    range=(-1.0, 1.0),
    monotonic=True,
    zero_centred=True,
    smoothness="C0",
    derivative_range=(0.0, 1.0),
    zeros=0.0,
    cases=({}, {"min": -2.0, "max": 0.5}, {"min": 0.5, "max": 3.0}),
    paper="Collobert 2004, Large scale machine learning",
)
def hard_tanh(x: Array, min: float = -1.0, max: float = 1.0) -> Array:  # noqa: A002
    """tanh in three straight pieces: clip(x, min, max).

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    min, max : float, default -1.0 and 1.0
        The smallest and the largest value, min < max. PyTorch calls them ``min_val`` and
        ``max_val``; JAX and Keras have −1 and 1 only, TensorFlow has no such function.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or ``min`` or ``max`` is no Python number.
    ValueError
        ``min`` is not below ``max``, or one of them is NaN.

    Notes
    -----
    Gradient at the kinks: hard_tanh'(min) = hard_tanh'(max) = 0, as in PyTorch;
    ``jax.nn.hard_tanh`` and ``keras.activations.hard_tanh`` have 1 there.

    Source: Collobert 2004, "Large scale machine learning", thesis, Université Paris VI.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.hard_tanh(numpy.array([-1.5, 0.25, 2.0]))
    array([-1.  ,  0.25,  1.  ])
    """
    if type(x) is first_type:
        return first_hard_tanh(x, min, max)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_hard_tanh(x, min, max)  # type: ignore[no-any-return]
    return find(type(x)).hard_tanh(x, min, max)  # type: ignore[no-any-return]


@activation(
    formula=r"x \cdot \operatorname{clip}\left(\frac{x + 3}{6}, 0, 1\right)",
    aliases=("hard_swish",),
    kinks=(-3.0, 3.0),
    kink_gradient="hard_silu'(−3) = 0, hard_silu'(3) = 1",
    limits=(0.0, INF),
    range=(-0.375, INF),
    monotonic=False,
    zero_centred=False,
    smoothness="C0",
    derivative_range=(-0.5, 1.5),
    derivative_roots=(-1.5,),
    zeros=0.0013498980316300946,
    paper="Howard et al. 2019, Searching for MobileNetV3, arXiv:1905.02244",
)
def hard_silu(x: Array) -> Array:
    """x·hard_sigmoid(x) = x·clip(x/6 + 1/2, 0, 1), also known as hard_swish.

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
    Gradient at the kinks: hard_silu'(−3) = 0 and hard_silu'(3) = 1, those of the straight pieces.
    The derivative vanishes at −1.5. At −∞ the result is 0, where the frameworks' own have NaN.

    Source: Howard et al. 2019, "Searching for MobileNetV3", arXiv:1905.02244.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.hard_silu(numpy.array([-1.5, 0.0, 1.0, 4.0]))
    array([-0.375     ,  0.        ,  0.66666667,  4.        ])
    """
    if type(x) is first_type:
        return first_hard_silu(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_hard_silu(x)  # type: ignore[no-any-return]
    return find(type(x)).hard_silu(x)  # type: ignore[no-any-return]


@activation(
    formula=r"\operatorname{clip}\left(\frac{x + 1}{2}, 0, 1\right)",
    kinks=(-1.0, 1.0),
    kink_gradient="sparse_sigmoid'(±1) = 0",
    limits=(0.0, 1.0),
    range=(0.0, 1.0),
    monotonic=True,
    zero_centred=False,
    smoothness="C0",
    derivative_range=(0.0, 0.5),
    zeros=0.15865525393145705,
    paper="Blondel et al. 2019, Learning with Fenchel-Young losses, arXiv:1901.02324",
)
def sparse_sigmoid(x: Array) -> Array:
    """The sigmoid's sparse twin: clip((x + 1)/2, 0, 1).

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
    Gradient at the kinks: sparse_sigmoid'(−1) = sparse_sigmoid'(1) = 0, as in Keras;
    ``jax.nn.sparse_sigmoid`` has 1/4 there.

    It is to :func:`sparse_plus` what the sigmoid is to softplus: its derivative; and to sparsemax
    what the sigmoid is to softmax: its case of two elements. BinaryConnect calls it hard sigmoid,
    which is another function here: :func:`hard_sigmoid`.

    Source: Blondel et al. 2019, "Learning with Fenchel-Young losses", arXiv:1901.02324.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.sparse_sigmoid(numpy.array([-2.0, -0.5, 0.0, 1.0]))
    array([0.  , 0.25, 0.5 , 1.  ])
    """
    if type(x) is first_type:
        return first_sparse_sigmoid(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_sparse_sigmoid(x)  # type: ignore[no-any-return]
    return find(type(x)).sparse_sigmoid(x)  # type: ignore[no-any-return]


@activation(
    formula=r"0 \text{ if } x \le -1 \text{ else } (x + 1)^2 / 4 \text{ if } x < 1"
    r" \text{ else } x",
    kink_gradient="sparse_plus'(−1) = 0, sparse_plus'(1) = 1",
    limits=(0.0, INF),
    range=(0.0, INF),
    monotonic=True,
    zero_centred=False,
    smoothness="C1",
    derivative_range=(0.0, 1.0),
    zeros=0.15865525393145705,
    paper="Blondel et al. 2019, Learning with Fenchel-Young losses, arXiv:1901.02324",
)
def sparse_plus(x: Array) -> Array:
    """Softplus's sparse twin: 0 up to −1, x from 1 on, (x + 1)²/4 between.

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
    sparse_plus'(−1) = 0 and sparse_plus'(1) = 1: there are no kinks, only the second derivative
    jumps, from 0 to 1/2 and back. The derivative is :func:`sparse_sigmoid`.

    Source: Blondel et al. 2019, "Learning with Fenchel-Young losses", arXiv:1901.02324.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.sparse_plus(numpy.array([-2.0, 0.0, 0.5, 2.0]))
    array([0.    , 0.25  , 0.5625, 2.    ])
    """
    if type(x) is first_type:
        return first_sparse_plus(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_sparse_plus(x)  # type: ignore[no-any-return]
    return find(type(x)).sparse_plus(x)  # type: ignore[no-any-return]
