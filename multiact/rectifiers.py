"""relu and the leaky family: linear on both sides of 0."""

from __future__ import annotations

from multiact._dispatch import find
from multiact._places import (
    first_leaky_relu,
    first_prelu,
    first_relu,
    first_rrelu,
    first_type,
    second_leaky_relu,
    second_prelu,
    second_relu,
    second_rrelu,
    second_type,
)
from multiact._record import INF, activation
from multiact._typing import Any, Array, Parameter


@activation(
    formula=r"\max(x, 0)",
    kinks=(0.0,),
    kink_gradient="relu'(0) = 0",
    limits=(0.0, INF),
    range=(0.0, INF),
    monotonic=True,
    zero_centred=False,
    smoothness="C0",
    derivative_range=(0.0, 1.0),
    zeros=0.5,
    keeps_integers=True,
    paper="Nair and Hinton 2010, Rectified linear units improve restricted Boltzmann machines",
)
def relu(x: Array) -> Array:
    """Rectified linear unit: max(x, 0).

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
    Gradient at the kink: relu'(0) = 0.

    Source: Nair and Hinton 2010, "Rectified linear units improve restricted Boltzmann machines".

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.relu(numpy.array([-1.5, 0.0, 2.0]))
    array([0., 0., 2.])
    """
    if type(x) is first_type:
        return first_relu(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_relu(x)  # type: ignore[no-any-return]
    return find(type(x)).relu(x)  # type: ignore[no-any-return]


@activation(
    formula=r"x \text{ if } x > 0 \text{ else } \text{negative\_slope} \cdot x",
    kinks=(0.0,),
    kink_gradient="leaky_relu'(0) = negative_slope",
    limits=(-INF, INF),
    range=(-INF, INF),
    monotonic=True,
    zero_centred=False,
    smoothness="C0",
    derivative_range=(0.01, 1.0),
    zeros=0.0,
    cases=({}, {"negative_slope": 0.2}, {"negative_slope": 1.5}, {"negative_slope": -0.5}),
    paper="Maas et al. 2013, Rectifier nonlinearities improve neural network acoustic models",
)
def leaky_relu(x: Array, negative_slope: float = 0.01) -> Array:
    """Leaky rectified linear unit: x above 0, negative_slope·x below.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    negative_slope : float, default 0.01
        Any number, also above 1 and below 0. For a slope that is an array, see :func:`prelu`.
        The default is PyTorch's, JAX's and ONNX's; TensorFlow's ``tf.nn.leaky_relu`` and
        ``keras.activations`` have 0.2, ``keras.layers.LeakyReLU`` 0.3.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or ``negative_slope`` is no Python number.

    Notes
    -----
    Gradient at the kink: leaky_relu'(0) = negative_slope.

    Source: Maas et al. 2013, "Rectifier nonlinearities improve neural network acoustic models".

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.leaky_relu(numpy.array([-1.0, 0.0, 2.0]), negative_slope=0.25)
    array([-0.25,  0.  ,  2.  ])
    """
    if type(x) is first_type:
        return first_leaky_relu(x, negative_slope)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_leaky_relu(x, negative_slope)  # type: ignore[no-any-return]
    return find(type(x)).leaky_relu(x, negative_slope)  # type: ignore[no-any-return]


@activation(
    formula=r"x \text{ if } x > 0 \text{ else } \text{slope} \cdot x",
    kinks=(0.0,),
    kink_gradient="prelu'(0) = slope",
    limits=(-INF, INF),
    range=(-INF, INF),
    monotonic=True,
    zero_centred=False,
    smoothness="C0",
    derivative_range=(0.25, 1.0),
    zeros=0.0,
    tensor_parameters=("slope",),
    cases=({"slope": 0.25}, {"slope": 1.5}, {"slope": -0.5}),
    paper="He et al. 2015, Delving deep into rectifiers, arXiv:1502.01852",
)
def prelu(x: Array, slope: Parameter, axis: int = -1) -> Array:
    """Parametric rectified linear unit: x above 0, slope·x below, the slope being learnable.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    slope : float or array
        A scalar; a one-dimensional array with one entry per channel on ``axis``; or an array of
        higher rank that broadcasts to x. PyTorch starts it at 0.25, Keras at 0.
    axis : int, default -1
        The channel axis of a one-dimensional slope (PyTorch's own ``prelu`` fixes it to 1).

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x or slope is of an unknown type or dtype, or they belong to two frameworks.
    ValueError
        The slope does not fit x, or x has no such axis.

    Notes
    -----
    Gradient at the kink: prelu'(0) = slope. The gradient to the slope is Σ x·[x ≤ 0], summed over
    what it was broadcast along.

    Source: He et al. 2015, "Delving deep into rectifiers", arXiv:1502.01852.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.prelu(numpy.array([[-1.0, -1.0], [3.0, -2.0]]), numpy.array([0.5, 0.25]))
    array([[-0.5 , -0.25],
           [ 3.  , -0.5 ]])
    """
    if type(x) is first_type:
        return first_prelu(x, slope, axis)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_prelu(x, slope, axis)  # type: ignore[no-any-return]
    return find(type(x)).prelu(x, slope, axis)  # type: ignore[no-any-return]


@activation(
    formula=r"x \text{ if } x > 0 \text{ else } a \cdot x,\quad"
    r" a \sim U(\text{lower}, \text{upper}) \text{ in training, }"
    r" (\text{lower} + \text{upper})/2 \text{ otherwise}",
    kinks=(0.0,),
    kink_gradient="rrelu'(0) = the element's slope",
    limits=(-INF, INF),
    range=(-INF, INF),
    monotonic=True,
    zero_centred=False,
    smoothness="C0",
    derivative_range=((1 / 8 + 1 / 3) / 2, 1.0),
    zeros=0.0,
    tensor_parameters=("slope",),
    cases=({}, {"lower": 0.1, "upper": 0.9}),
    paper="Xu et al. 2015, Empirical evaluation of rectified activations, arXiv:1505.00853",
)
def rrelu(
    x: Array,
    lower: float = 1 / 8,
    upper: float = 1 / 3,
    training: bool = False,
    rng: Any = None,
    slope: Parameter = None,
) -> Array:
    """Randomised leaky rectified linear unit.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    lower, upper : float, default 1/8 and 1/3
        The interval of the slope.
    training : bool, default False
        True draws a slope per element from U(lower, upper), False takes (lower + upper)/2.
    rng : default None
        Where the slopes come from in training: an int seed, or the framework's own generator
        (``numpy.random.Generator``, ``torch.Generator``, ``tf.random.Generator``, a JAX key).
        None means the framework's global generator; JAX has none and asks for a key. An int seed
        gives the same slopes every time on one framework, but not the same on two; inside
        ``torch.compile`` it cannot be used, since Dynamo makes no generators.
    slope : float or array, default None
        An explicit slope per element (or one that broadcasts to x), in place of a drawn one:
        with it a run is the same on every framework.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x or slope is of an unknown type or dtype or they belong to two frameworks; lower or upper
        is no number; training is no bool; rng is no generator of x's framework.
    ValueError
        The interval is empty or not finite, the slope does not broadcast to x, or JAX gets no key.

    Notes
    -----
    Gradient at the kink: rrelu'(0) = the slope of that element. The drawn slope is a constant.

    Source: Xu et al. 2015, "Empirical evaluation of rectified activations in convolutional
    network", arXiv:1505.00853.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.rrelu(numpy.array([-3.0, 2.0]), slope=numpy.array([0.25, 0.3]))
    array([-0.75,  2.  ])
    """
    if type(x) is first_type:
        return first_rrelu(  # type: ignore[no-any-return]
            x, lower, upper, training, rng, slope
        )
    if type(x) is second_type:
        return second_rrelu(  # type: ignore[no-any-return]
            x, lower, upper, training, rng, slope
        )
    return find(type(x)).rrelu(  # type: ignore[no-any-return]
        x, lower, upper, training, rng, slope
    )
