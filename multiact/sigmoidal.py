"""sigmoid, tanh and other S-shaped functions, and the sigmoid's logarithm."""

from __future__ import annotations

from multiact._dispatch import find
from multiact._places import (
    first_arctan,
    first_laplace,
    first_lecun_tanh,
    first_log_sigmoid,
    first_sigmoid,
    first_softsign,
    first_tanh,
    first_type,
    second_arctan,
    second_laplace,
    second_lecun_tanh,
    second_log_sigmoid,
    second_sigmoid,
    second_softsign,
    second_tanh,
    second_type,
)
from multiact._record import INF, activation
from multiact._typing import Array


@activation(
    formula=r"\frac{1}{1 + e^{-x}}",
    aliases=("logistic", "expit"),
    limits=(0.0, 1.0),
    range=(0.0, 1.0),
    monotonic=True,
    zero_centred=False,
    smoothness="C∞",
    derivative_range=(0.0, 0.25),
    zeros=0.0,
    paper="Verhulst 1838, Notice sur la loi que la population suit dans son accroissement",
)
def sigmoid(x: Array) -> Array:
    """Logistic sigmoid: 1/(1 + e⁻ˣ), also known as logistic and expit.

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
    Smooth everywhere. The derivative σ(x)·σ(−x) is largest at 0, where it is 1/4.

    Source: Verhulst 1838, "Notice sur la loi que la population suit dans son accroissement".

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.sigmoid(numpy.array([-2.0, 0.0, 2.0]))
    array([0.11920292, 0.5       , 0.88079708])
    """
    if type(x) is first_type:
        return first_sigmoid(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_sigmoid(x)  # type: ignore[no-any-return]
    return find(type(x)).sigmoid(x)  # type: ignore[no-any-return]


@activation(
    formula=r"\frac{e^x - e^{-x}}{e^x + e^{-x}}",
    limits=(-1.0, 1.0),
    range=(-1.0, 1.0),
    monotonic=True,
    zero_centred=True,
    smoothness="C∞",
    derivative_range=(0.0, 1.0),
    zeros=0.0,
    paper="LeCun et al. 1998, Efficient BackProp",
)
def tanh(x: Array) -> Array:
    """Hyperbolic tangent.

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
    Smooth everywhere. The derivative is 1 − tanh², largest (1) at 0.

    Source: LeCun et al. 1998, "Efficient BackProp".

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.tanh(numpy.array([-1.0, 0.0, 1.0]))
    array([-0.76159416,  0.        ,  0.76159416])
    """
    if type(x) is first_type:
        return first_tanh(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_tanh(x)  # type: ignore[no-any-return]
    return find(type(x)).tanh(x)  # type: ignore[no-any-return]


@activation(
    formula=r"-\ln(1 + e^{-x})",
    limits=(-INF, 0.0),
    range=(-INF, 0.0),
    monotonic=True,
    zero_centred=False,
    smoothness="C∞",
    derivative_range=(0.0, 1.0),
    zeros=0.0,
    paper="Mikolov et al. 2013, Distributed representations of words and phrases and their "
    "compositionality, arXiv:1310.4546",
)
def log_sigmoid(x: Array) -> Array:
    """Logarithm of the sigmoid: ln σ(x) = −ln(1 + e⁻ˣ), without overflow or loss in the tails.

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
    Smooth everywhere; the derivative is σ(−x). It is −softplus(−x).

    Source: Mikolov et al. 2013, "Distributed representations of words and phrases and their
    compositionality", arXiv:1310.4546, where it is the loss of negative sampling.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.log_sigmoid(numpy.array([-100.0, 0.0, 2.0]))
    array([-100.        ,   -0.69314718,   -0.12692801])
    """
    if type(x) is first_type:
        return first_log_sigmoid(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_log_sigmoid(x)  # type: ignore[no-any-return]
    return find(type(x)).log_sigmoid(x)  # type: ignore[no-any-return]


@activation(
    formula=r"1.7159 \tanh\left(\frac{2}{3} x\right)",
    limits=(-1.7159, 1.7159),
    range=(-1.7159, 1.7159),
    monotonic=True,
    zero_centred=True,
    smoothness="C∞",
    derivative_range=(0.0, 1.1439333333333332),
    zeros=0.0,
    paper="LeCun et al. 1998, Efficient BackProp",
)
def lecun_tanh(x: Array) -> Array:
    """LeCun's scaled hyperbolic tangent: 1.7159·tanh(2x/3), which takes ±1 to almost ±1.

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
    Smooth everywhere. The derivative is largest at 0, where it is 1.7159·2/3 = 1.1439.

    Source: LeCun et al. 1998, "Efficient BackProp", section 4.4.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.lecun_tanh(numpy.array([-1.0, 0.0, 1.0]))
    array([-0.99999726,  0.        ,  0.99999726])
    """
    if type(x) is first_type:
        return first_lecun_tanh(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_lecun_tanh(x)  # type: ignore[no-any-return]
    return find(type(x)).lecun_tanh(x)  # type: ignore[no-any-return]


@activation(
    formula=r"\arctan(x)",
    limits=(-1.5707963267948966, 1.5707963267948966),
    range=(-1.5707963267948966, 1.5707963267948966),
    monotonic=True,
    zero_centred=True,
    smoothness="C∞",
    derivative_range=(0.0, 1.0),
    zeros=0.0,
    paper="Kamruzzaman and Aziz 2002, A note on activation function in multilayer feedforward "
    "learning",
)
def arctan(x: Array) -> Array:
    """Inverse tangent, from −π/2 to π/2.

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
    Smooth everywhere. The derivative is 1/(1 + x²), largest (1) at 0; it vanishes more slowly than
    that of tanh.

    Source: Kamruzzaman and Aziz 2002, "A note on activation function in multilayer feedforward
    learning".

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.arctan(numpy.array([-1.0, 0.0, 1e4]))
    array([-0.78539816,  0.        ,  1.57069633])
    """
    if type(x) is first_type:
        return first_arctan(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_arctan(x)  # type: ignore[no-any-return]
    return find(type(x)).arctan(x)  # type: ignore[no-any-return]


@activation(
    formula=r"\frac{x}{1 + |x|}",
    limits=(-1.0, 1.0),
    range=(-1.0, 1.0),
    monotonic=True,
    zero_centred=True,
    smoothness="C1",
    derivative_range=(0.0, 1.0),
    zeros=0.0,
    paper="Turian et al. 2009, Quadratic features and deep architectures for chunking",
)
def softsign(x: Array) -> Array:
    """Softsign: x/(1 + |x|).

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
    The derivative is 1/(1 + |x|)², continuous and largest (1) at 0. There it has a bend: the second
    derivative jumps from 2 to −2.

    Source: Turian et al. 2009, "Quadratic features and deep architectures for chunking".

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.softsign(numpy.array([-3.0, 0.0, 1.0]))
    array([-0.75,  0.  ,  0.5 ])
    """
    if type(x) is first_type:
        return first_softsign(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_softsign(x)  # type: ignore[no-any-return]
    return find(type(x)).softsign(x)  # type: ignore[no-any-return]


@activation(
    formula=r"\frac{1}{2} \left(1 + \operatorname{erf}\left("
    r"\frac{x - \mu}{\sigma \sqrt{2}}\right)\right)",
    limits=(0.0, 1.0),
    range=(0.0, 1.0),
    monotonic=True,
    zero_centred=False,
    smoothness="C∞",
    derivative_range=(0.0, 1.4142125184828966),
    zeros=0.0,
    cases=({}, {"mu": 0.0, "sigma": 1.0}, {"mu": -1.3, "sigma": 0.2}),
    paper="Ma et al. 2022, Mega: Moving average equipped gated attention, arXiv:2209.10655",
)
def laplace(x: Array, mu: float = 0.707107, sigma: float = 0.282095) -> Array:
    """Mega's laplace: (1 + erf((x − mu)/(sigma·√2)))/2.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    mu : float, default 0.707107
        Where the value is 1/2. The default is √½ to six digits, as ``transformers`` has it.
    sigma : float, default 0.282095
        Width, positive. The default is 1/√(4π) to six digits. The two defaults give the value and
        the slope of ``squared_relu`` at √½.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or mu or sigma is no number.
    ValueError
        sigma is not a positive, finite number.

    Notes
    -----
    Despite the name it is the distribution function of the normal distribution, not of Laplace's.
    Smooth everywhere. The derivative is largest at mu, where it is 1/(sigma·√(2π)).

    Source: Ma et al. 2022, "Mega: Moving average equipped gated attention", arXiv:2209.10655.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.laplace(numpy.array([-1.0, 0.0, 0.707107, 1.0]))
    array([7.17372613e-10, 6.09445962e-03, 5.00000000e-01, 8.50429649e-01])
    """
    if type(x) is first_type:
        return first_laplace(x, mu, sigma)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_laplace(x, mu, sigma)  # type: ignore[no-any-return]
    return find(type(x)).laplace(x, mu, sigma)  # type: ignore[no-any-return]
