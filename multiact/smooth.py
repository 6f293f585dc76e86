"""softplus, squareplus, silu, gelu and its variants: close to relu far from 0."""

from __future__ import annotations

from multiact._dispatch import find
from multiact._places import (
    first_gelu,
    first_gelu_10,
    first_quick_gelu,
    first_silu,
    first_softplus,
    first_squareplus,
    first_type,
    second_gelu,
    second_gelu_10,
    second_quick_gelu,
    second_silu,
    second_softplus,
    second_squareplus,
    second_type,
)
from multiact._record import INF, activation
from multiact._typing import Array, Parameter


@activation(
    formula=r"\frac{1}{\beta} \ln(1 + e^{\beta x})",
    limits=(0.0, INF),
    range=(0.0, INF),
    monotonic=True,
    zero_centred=False,
    smoothness="C∞",
    derivative_range=(0.0, 1.0),
    zeros=0.0,
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
    if type(x) is first_type:
        return first_softplus(x, beta)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_softplus(x, beta)  # type: ignore[no-any-return]
    return find(type(x)).softplus(x, beta)  # type: ignore[no-any-return]


@activation(
    formula=r"\frac{x + \sqrt{x^2 + b}}{2}",
    limits=(0.0, INF),
    range=(0.0, INF),
    monotonic=True,
    zero_centred=False,
    smoothness="C∞",
    derivative_range=(0.0, 1.0),
    zeros=0.0,
    cases=({}, {"b": 0.01}, {"b": 50.0}),
    paper="Barron 2021, Squareplus: a softplus-like algebraic rectifier, arXiv:2112.11687",
)
def squareplus(x: Array, b: float = 4.0) -> Array:
    """Squareplus: (x + √(x² + b))/2, a softplus made of algebra alone.

    Parameters
    ----------
    x : array
        Any shape; floating, integer or bool (promoted).
    b : float, default 4.0
        Width of the bend, 0 or above; 0 gives relu. The default is that of ``jax.nn.squareplus``
        and gives the second derivative of softplus at 0.

    Returns
    -------
    array
        Of x's framework, shape and floating dtype.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or b is no number.
    ValueError
        b is below 0 or not finite.

    Notes
    -----
    Smooth everywhere for b > 0; the derivative is (1 + x/√(x² + b))/2. For b = 0 it is relu's, 0 at
    0. Below 0 the value goes to 0 like b/(4·|x|), not exponentially.

    Source: Barron 2021, "Squareplus: a softplus-like algebraic rectifier", arXiv:2112.11687.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.squareplus(numpy.array([-1e9, 0.0, 2.0]))
    array([1.00000000e-09, 1.00000000e+00, 2.41421356e+00])
    """
    if type(x) is first_type:
        return first_squareplus(x, b)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_squareplus(x, b)  # type: ignore[no-any-return]
    return find(type(x)).squareplus(x, b)  # type: ignore[no-any-return]


@activation(
    formula=r"x \, \sigma(\beta x)",
    aliases=("swish",),
    limits=(0.0, INF),
    range=(-0.27846454276107380, INF),
    monotonic=False,
    zero_centred=False,
    smoothness="C∞",
    derivative_range=(-0.09983932012886691, 1.099839320128867),
    derivative_roots=(-1.2784645427610737,),
    zeros=0.0,
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
    if type(x) is first_type:
        return first_silu(x, beta)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_silu(x, beta)  # type: ignore[no-any-return]
    return find(type(x)).silu(x, beta)  # type: ignore[no-any-return]


@activation(
    formula=r"x \, \Phi(x) = \frac{x}{2} \operatorname{erfc}\left(\frac{-x}{\sqrt 2}\right)",
    limits=(0.0, INF),
    range=(-0.16997120747990369, INF),
    monotonic=False,
    zero_centred=False,
    smoothness="C∞",
    derivative_range=(-0.12890414518515478, 1.1289041451851547),
    derivative_roots=(-0.7517915246935645,),
    zeros=0.0,
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
    if type(x) is first_type:
        return first_gelu(x, approximate)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_gelu(x, approximate)  # type: ignore[no-any-return]
    return find(type(x)).gelu(x, approximate)  # type: ignore[no-any-return]


@activation(
    formula=r"x \, \sigma(1.702 x)",
    limits=(0.0, INF),
    range=(-0.16361018963635357, INF),
    monotonic=False,
    zero_centred=False,
    smoothness="C∞",
    derivative_range=(-0.09983932012886691, 1.099839320128867),
    derivative_roots=(-0.751154255441289,),
    zeros=0.0,
    paper="Hendrycks and Gimpel 2016, Gaussian error linear units, arXiv:1606.08415",
)
def quick_gelu(x: Array) -> Array:
    """Quick GELU: x·σ(1.702·x), as CLIP and others in ``transformers`` have it.

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
    Smooth everywhere; the derivative vanishes at −0.7512. It is ``gelu(x, approximate="sigmoid")``,
    and at most 0.0204 away from gelu.

    Source: Hendrycks and Gimpel 2016, "Gaussian error linear units", arXiv:1606.08415.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.quick_gelu(numpy.array([-1.0, 0.0, 2.0]))
    array([-0.15420423,  0.        ,  1.93565862])
    """
    if type(x) is first_type:
        return first_quick_gelu(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_quick_gelu(x)  # type: ignore[no-any-return]
    return find(type(x)).quick_gelu(x)  # type: ignore[no-any-return]


@activation(
    formula=r"\min(\operatorname{gelu}(x), 10)",
    kinks=(10.0,),
    kink_gradient="gelu_10'(10) = 0",
    limits=(0.0, 10.0),
    range=(-0.16997120747990369, 10.0),
    monotonic=False,
    zero_centred=False,
    smoothness="C0",
    derivative_range=(-0.12890414518515478, 1.1289041451851547),
    derivative_roots=(-0.7517915246935645,),
    zeros=0.0,
    paper="Wu et al. 2020, Integer quantization for deep learning inference: principles and "
    "empirical evaluation, arXiv:2004.09602",
)
def gelu_10(x: Array) -> Array:
    """Gelu clipped to −10…10, so that it can be quantised to 8 bits.

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
    Only the upper bound is ever reached, since gelu is never below −0.17. Gradient at the kink:
    gelu_10'(10) = 0. (gelu(x) is 10 where x is 10 + 8e−23, which is 10 in every dtype.)

    Source: Wu et al. 2020, "Integer quantization for deep learning inference: principles and
    empirical evaluation", arXiv:2004.09602.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.gelu_10(numpy.array([-1.0, 0.0, 2.0, 100.0]))
    array([-0.15865525,  0.        ,  1.95449974, 10.        ])
    """
    if type(x) is first_type:
        return first_gelu_10(x)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_gelu_10(x)  # type: ignore[no-any-return]
    return find(type(x)).gelu_10(x)  # type: ignore[no-any-return]
