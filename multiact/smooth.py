"""softplus, silu, mish, gelu: smooth everywhere, close to relu far from 0."""

from __future__ import annotations

from multiact._dispatch import backends
from multiact._record import INF, activation
from multiact._typing import Array, Parameter


@activation(
    formula=r"\frac{1}{\beta} \ln(1 + e^{\beta x})",
    limits=(0.0, INF),
    range=(0.0, INF),
    monotonic=True,
    zero_centred=False,
    tensor_parameters=("beta",),
    cases=({}, {"beta": 0.5}, {"beta": 3.0}, {"beta": -2.0}),
    paper="Dugas et al. 2000, Incorporating second-order functional knowledge",
)
def softplus(x: Array, beta: Parameter = 1.0) -> Array:
    """Softplus: ln(1 + e^(beta·x))/beta, right for every x: there is no threshold.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    beta : float or array, default 1.0
        Sharpness, not 0; an array broadcasts to x and gets a gradient. PyTorch has the parameter,
        but returns x above beta·x = 20; TensorFlow and JAX do not have it.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x or beta is of an unknown type or dtype, or they belong to two frameworks.
    ValueError
        beta does not broadcast to x, or is the number 0.

    Notes
    -----
    Smooth everywhere; the derivative is σ(beta·x).

    Source: Dugas et al. 2000, "Incorporating second-order functional knowledge for better option
    pricing".

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.softplus(numpy.array([-2.0, 0.0, 100.0]))
    array([  0.12692801,   0.69314718, 100.        ])
    """
    return backends[type(x)].softplus(x, beta)  # type: ignore[no-any-return]


@activation(
    formula=r"x \, \sigma(\beta x)",
    aliases=("swish",),
    limits=(0.0, INF),
    range=(-0.27846454276107380, INF),
    monotonic=False,
    zero_centred=False,
    tensor_parameters=("beta",),
    cases=({}, {"beta": 0.5}, {"beta": 1.702}, {"beta": -2.0}),
    paper="Ramachandran et al. 2017, Searching for activation functions, arXiv:1710.05941",
)
def silu(x: Array, beta: Parameter = 1.0) -> Array:
    """Sigmoid-weighted linear unit: x·σ(beta·x), also known as swish.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    beta : float or array, default 1.0
        Sharpness; an array broadcasts to x and gets a gradient. Of the frameworks only
        TensorFlow's ``tf.nn.silu`` has the parameter.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x or beta is of an unknown type or dtype, or they belong to two frameworks.
    ValueError
        beta does not broadcast to x.

    Notes
    -----
    Smooth everywhere; for beta = 1 the derivative vanishes at −1.2785.

    Source: Elfwing et al. 2017, arXiv:1702.03118; Ramachandran et al. 2017, "Searching for
    activation functions", arXiv:1710.05941.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.silu(numpy.array([-1.0, 0.0, 2.0]))
    array([-0.26894142,  0.        ,  1.76159416])
    """
    return backends[type(x)].silu(x, beta)  # type: ignore[no-any-return]


@activation(
    formula=r"x \tanh(\ln(1 + e^x))",
    limits=(0.0, INF),
    range=(-0.30884341301725041, INF),
    monotonic=False,
    zero_centred=False,
    paper="Misra 2019, Mish: a self regularized non-monotonic activation function, "
    "arXiv:1908.08681",
)
def mish(x: Array) -> Array:
    """Mish: x·tanh(softplus(x)).

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
    Smooth everywhere; the derivative vanishes at −1.1924.

    Source: Misra 2019, "Mish: a self regularized non-monotonic activation function",
    arXiv:1908.08681.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.mish(numpy.array([-1.0, 0.0, 2.0]))
    array([-0.30340146,  0.        ,  1.94395896])
    """
    return backends[type(x)].mish(x)  # type: ignore[no-any-return]


@activation(
    formula=r"x \, \Phi(x) = \frac{x}{2} \operatorname{erfc}\left(\frac{-x}{\sqrt 2}\right)",
    limits=(0.0, INF),
    range=(-0.16997120747990369, INF),
    monotonic=False,
    zero_centred=False,
    cases=({}, {"approximate": "tanh"}, {"approximate": "sigmoid"}),
    paper="Hendrycks and Gimpel 2016, Gaussian error linear units, arXiv:1606.08415",
)
def gelu(x: Array, approximate: str | bool = "none") -> Array:
    """Gaussian error linear unit: x·Φ(x), Φ being the standard normal distribution function.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    approximate : {"none", "tanh", "sigmoid"}, default "none"
        "none" is the exact function; "tanh" is 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)));
        "sigmoid" is x·σ(1.702·x). False and True, as JAX, TensorFlow and Keras spell it, mean
        "none" and "tanh". The default is PyTorch's; ``jax.nn.gelu`` and ``keras.ops.gelu``
        default to the tanh form, 4.7e-4 away.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype.
    ValueError
        ``approximate`` is none of the above.

    Notes
    -----
    Smooth everywhere; the derivative Φ(x) + x·φ(x), φ(x) = e^(−x²/2)/√(2π), vanishes at −0.7518.

    Source: Hendrycks and Gimpel 2016, "Gaussian error linear units", arXiv:1606.08415.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.gelu(numpy.array([-1.0, 0.0, 2.0]))
    array([-0.15865525,  0.        ,  1.95449974])
    """
    return backends[type(x)].gelu(x, approximate)  # type: ignore[no-any-return]
