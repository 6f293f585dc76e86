"""relu6, clipped_relu, threshold, thresholded_relu, squared_relu, star_relu: cut or squared."""

from __future__ import annotations

from multiact._dispatch import find
from multiact._places import (
    first_clipped_relu,
    first_relu6,
    first_squared_relu,
    first_star_relu,
    first_threshold,
    first_thresholded_relu,
    first_type,
    second_clipped_relu,
    second_relu6,
    second_squared_relu,
    second_star_relu,
    second_threshold,
    second_thresholded_relu,
    second_type,
)
from multiact._record import INF, activation
from multiact._typing import Array, Parameter


@activation(
    formula=r"\min(\max(x, 0), 6)",
    kinks=(0.0, 6.0),
    kink_gradient="relu6'(0) = relu6'(6) = 0",
    limits=(0.0, 6.0),
    range=(0.0, 6.0),
    monotonic=True,
    zero_centred=False,
    smoothness="C0",
    derivative_range=(0.0, 1.0),
    zeros=0.5,
    paper="Krizhevsky 2010, Convolutional deep belief networks on CIFAR-10",
)
def relu6(x: Array) -> Array:
    """Rectified linear unit with a ceiling of 6: min(max(x, 0), 6).

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
    Gradient at the kinks: relu6'(0) = relu6'(6) = 0.

    Keras has it as ``relu6`` and as ``ReLU(max_value=6)``. For another ceiling see
    :func:`clipped_relu`.

    Source: Krizhevsky 2010, "Convolutional deep belief networks on CIFAR-10".

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.relu6(numpy.array([-1.5, 2.0, 7.0]))
    array([0., 2., 6.])
    """
    if type(x) is first_type:
        return first_relu6(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_relu6(x)  # type: ignore[no-any-return]
    return find(type(x)).relu6(x)  # type: ignore[no-any-return]


@activation(
    formula=r"\min(\max(x, 0), \text{max\_value})",
    kinks=(0.0, 1.0),
    kink_gradient="clipped_relu'(0) = clipped_relu'(max_value) = 0",
    limits=(0.0, 1.0),
    range=(0.0, 1.0),
    monotonic=True,
    zero_centred=False,
    smoothness="C0",
    derivative_range=(0.0, 1.0),
    zeros=0.5,
    cases=({"max_value": 1.0}, {"max_value": 20.0}, {"max_value": 0.375}),
    paper="Hannun et al. 2014, Deep Speech: scaling up end-to-end speech recognition, "
    "arXiv:1412.5567",
)
def clipped_relu(x: Array, max_value: float) -> Array:
    """Rectified linear unit with a ceiling: min(max(x, 0), max_value).

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    max_value : float
        The ceiling, a positive, finite number; Deep Speech has 20. It is Keras's
        ``ReLU(max_value=…)``; PyTorch's ``hardtanh(x, 0, max_value)`` is the same.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or ``max_value`` is no Python number.
    ValueError
        ``max_value`` is not above 0, infinite or NaN.

    Notes
    -----
    Gradient at the kinks: clipped_relu'(0) = clipped_relu'(max_value) = 0.

    Source: Hannun et al. 2014, "Deep Speech: scaling up end-to-end speech recognition",
    arXiv:1412.5567.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.clipped_relu(numpy.array([-1.5, 2.0, 30.0]), max_value=20.0)
    array([ 0.,  2., 20.])
    """
    if type(x) is first_type:
        return first_clipped_relu(x, max_value)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_clipped_relu(x, max_value)  # type: ignore[no-any-return]
    return find(type(x)).clipped_relu(x, max_value)  # type: ignore[no-any-return]


@activation(
    formula=r"x \text{ if } x > \text{threshold} \text{ else } \text{value}",
    kinks=(0.5,),
    kink_gradient="threshold'(threshold) = 0",
    limits=(-0.25, INF),
    range=(-0.25, INF),
    monotonic=True,
    zero_centred=False,
    smoothness="discontinuous",
    derivative_range=(0.0, 1.0),
    zeros=0.0,
    cases=(
        {"threshold": 0.5, "value": -0.25},
        {"threshold": -1.0, "value": 2.0},
        {"threshold": 0.0, "value": 0.0},
    ),
    paper="Collobert et al. 2011, Torch7: a Matlab-like environment for machine learning",
)
def threshold(x: Array, threshold: float, value: float) -> Array:
    """What lies above a threshold; a fixed value in place of the rest.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    threshold : float
        x passes where it is larger; any number.
    value : float
        What the result is where x ≤ threshold; any number. Keras calls it ``default_value``.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or a parameter is no Python number.
    ValueError
        A parameter is NaN.

    Notes
    -----
    Gradient at the kink: threshold'(threshold) = 0. The function jumps there unless value is
    threshold. NaN stays NaN, as in PyTorch; ``keras.activations.threshold`` gives ``value``.

    Source: Collobert et al. 2011, "Torch7: a Matlab-like environment for machine learning".

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.threshold(numpy.array([-1.5, 0.5, 2.0]), threshold=0.5, value=-1.0)
    array([-1., -1.,  2.])
    """
    if type(x) is first_type:
        return first_threshold(x, threshold, value)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_threshold(x, threshold, value)  # type: ignore[no-any-return]
    return find(type(x)).threshold(x, threshold, value)  # type: ignore[no-any-return]


@activation(
    formula=r"x \text{ if } x > \alpha \text{ else } 0",
    kinks=(1.0,),
    kink_gradient="thresholded_relu'(alpha) = 0",
    limits=(0.0, INF),
    range=(0.0, INF),
    monotonic=True,
    zero_centred=False,
    smoothness="discontinuous",
    derivative_range=(0.0, 1.0),
    zeros=0.8413447460685429,
    cases=({}, {"alpha": 0.5}, {"alpha": -1.0}),
    paper="Konda et al. 2014, Zero-bias autoencoders and the benefits of co-adapting features, "
    "arXiv:1402.3337",
)
def thresholded_relu(x: Array, alpha: float = 1.0) -> Array:
    """Thresholded rectified linear unit: x where it is larger than alpha, else 0.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    alpha : float, default 1.0
        The threshold, any number; the name and the default are ONNX's. Keras 2 calls it ``theta``,
        and ``keras.layers.ReLU(threshold=…)`` is the same function.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or ``alpha`` is no Python number.
    ValueError
        ``alpha`` is NaN.

    Notes
    -----
    Gradient at the kink: thresholded_relu'(alpha) = 0. The function jumps there by alpha.

    Source: Konda et al. 2014, "Zero-bias autoencoders and the benefits of co-adapting features",
    arXiv:1402.3337.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.thresholded_relu(numpy.array([-1.5, 1.0, 2.0]))
    array([0., 0., 2.])
    """
    if type(x) is first_type:
        return first_thresholded_relu(x, alpha)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_thresholded_relu(x, alpha)  # type: ignore[no-any-return]
    return find(type(x)).thresholded_relu(x, alpha)  # type: ignore[no-any-return]


@activation(
    formula=r"\max(x, 0)^2",
    aliases=("relu2",),
    kink_gradient="squared_relu'(0) = 0",
    limits=(0.0, INF),
    range=(0.0, INF),
    monotonic=True,
    zero_centred=False,
    smoothness="C1",
    derivative_range=(0.0, INF),
    zeros=0.5,
    paper="So et al. 2021, Primer: searching for efficient transformers for language modeling, "
    "arXiv:2109.08668",
)
def squared_relu(x: Array) -> Array:
    """Squared rectified linear unit: max(x, 0)², also known as relu2.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).

    Returns
    -------
    array
        Of x's framework, shape and floating dtype. In float16 it is infinite from x = 256 on.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype.

    Notes
    -----
    squared_relu'(0) = 0: there is no kink, only the second derivative jumps, from 0 to 2.

    Source: So et al. 2021, "Primer: searching for efficient transformers for language modeling",
    arXiv:2109.08668.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.squared_relu(numpy.array([-1.5, 0.5, 2.0]))
    array([0.  , 0.25, 4.  ])
    """
    if type(x) is first_type:
        return first_squared_relu(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_squared_relu(x)  # type: ignore[no-any-return]
    return find(type(x)).squared_relu(x)  # type: ignore[no-any-return]


@activation(
    formula=r"\text{scale} \cdot \max(x, 0)^2 + \text{bias}",
    kink_gradient="star_relu'(0) = 0",
    limits=(-0.4472, INF),
    range=(-0.4472, INF),
    monotonic=True,
    zero_centred=False,
    smoothness="C1",
    derivative_range=(0.0, INF),
    zeros=0.0,
    tensor_parameters=("scale", "bias"),
    cases=({}, {"scale": 2.0, "bias": 0.5}, {"scale": -1.5, "bias": 0.0}),
    paper="Yu et al. 2022, MetaFormer baselines for vision, arXiv:2210.13452",
)
def star_relu(x: Array, scale: Parameter = 0.8944, bias: Parameter = -0.4472) -> Array:
    """StarReLU: scale·max(x, 0)² + bias.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    scale : float or array, default 0.8944
        An array broadcasts to x and gets a gradient.
    bias : float or array, default -0.4472
        Likewise. With both defaults N(0, 1) becomes mean 0 and variance 1.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x, scale or bias is of an unknown type or dtype, or they belong to two frameworks.
    ValueError
        scale or bias does not broadcast to x.

    Notes
    -----
    star_relu'(0) = 0: there is no kink, only the second derivative jumps, from 0 to 2·scale.

    Source: Yu et al. 2022, "MetaFormer baselines for vision", arXiv:2210.13452.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.star_relu(numpy.array([-1.5, 0.5, 2.0]))
    array([-0.4472, -0.2236,  3.1304])
    """
    if type(x) is first_type:
        return first_star_relu(x, scale, bias)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_star_relu(x, scale, bias)  # type: ignore[no-any-return]
    return find(type(x)).star_relu(x, scale, bias)  # type: ignore[no-any-return]
