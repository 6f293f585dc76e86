"""glu, reglu, geglu, swiglu, bilinear: one half of the features gates the other."""

from __future__ import annotations

from multiact._dispatch import find
from multiact._places import (
    first_bilinear,
    first_geglu,
    first_glu,
    first_reglu,
    first_swiglu,
    first_type,
    second_bilinear,
    second_geglu,
    second_glu,
    second_reglu,
    second_swiglu,
    second_type,
)
from multiact._record import activation
from multiact._typing import Array


@activation(
    kind="rowwise",
    formula=r"a \, \sigma(b),\quad [a, b] = x",
    paper="Dauphin et al. 2016, Language modeling with gated convolutional networks, "
    "arXiv:1612.08083",
)
def glu(x: Array, axis: int = -1) -> Array:
    """Gated linear unit: a·σ(b), the halves of an axis being a and b.

    Parameters
    ----------
    x : array
        At least one dimension; floating, integer or bool (promoted).
    axis : int, default -1
        The feature axis, of even length; a is its first half, b its second.

    Returns
    -------
    array
        Of x's framework and floating dtype; the axis is half as long.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or axis is no integer.
    ValueError
        x has no such axis, or its length is odd.

    Notes
    -----
    Smooth. The gradient is σ(b) to a and a·σ(b)·σ(−b) to b.

    Source: Dauphin et al. 2016, "Language modeling with gated convolutional networks",
    arXiv:1612.08083.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.glu(numpy.array([1.0, 2.0, 1.0, -2.0]))
    array([0.73105858, 0.23840584])
    """
    if type(x) is first_type:
        return first_glu(x, axis)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_glu(x, axis)  # type: ignore[no-any-return]
    return find(type(x)).glu(x, axis)  # type: ignore[no-any-return]


@activation(
    kind="rowwise",
    kink_gradient="relu'(0) = 0 in the gate",
    formula=r"a \, \max(b, 0),\quad [a, b] = x",
    paper="Shazeer 2020, GLU variants improve transformer, arXiv:2002.05202",
)
def reglu(x: Array, axis: int = -1) -> Array:
    """Rectified gated linear unit: a·max(b, 0), the halves of an axis being a and b.

    Parameters
    ----------
    x : array
        At least one dimension; floating, integer or bool (promoted).
    axis : int, default -1
        The feature axis, of even length; a is its first half, b its second.

    Returns
    -------
    array
        Of x's framework and floating dtype; the axis is half as long.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or axis is no integer.
    ValueError
        x has no such axis, or its length is odd.

    Notes
    -----
    Gradient at the kink: 0, to a and to b, where b = 0.

    Source: Shazeer 2020, "GLU variants improve transformer", arXiv:2002.05202.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.reglu(numpy.array([1.0, 2.0, 1.0, -2.0]))
    array([1., 0.])
    """
    if type(x) is first_type:
        return first_reglu(x, axis)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_reglu(x, axis)  # type: ignore[no-any-return]
    return find(type(x)).reglu(x, axis)  # type: ignore[no-any-return]


@activation(
    kind="rowwise",
    formula=r"a \, b \, \Phi(b),\quad [a, b] = x",
    paper="Shazeer 2020, GLU variants improve transformer, arXiv:2002.05202",
)
def geglu(x: Array, axis: int = -1) -> Array:
    """GELU-gated linear unit: a·gelu(b), the halves of an axis being a and b.

    Parameters
    ----------
    x : array
        At least one dimension; floating, integer or bool (promoted).
    axis : int, default -1
        The feature axis, of even length; a is its first half, b its second.

    Returns
    -------
    array
        Of x's framework and floating dtype; the axis is half as long.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or axis is no integer.
    ValueError
        x has no such axis, or its length is odd.

    Notes
    -----
    Smooth. gelu is the exact one; some models that bear the name use its tanh form, 4.7e-4 away.

    Source: Shazeer 2020, "GLU variants improve transformer", arXiv:2002.05202.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.geglu(numpy.array([1.0, 2.0, 1.0, -2.0]))
    array([ 0.84134475, -0.09100053])
    """
    if type(x) is first_type:
        return first_geglu(x, axis)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_geglu(x, axis)  # type: ignore[no-any-return]
    return find(type(x)).geglu(x, axis)  # type: ignore[no-any-return]


@activation(
    kind="rowwise",
    formula=r"a \, b \, \sigma(b),\quad [a, b] = x",
    paper="Shazeer 2020, GLU variants improve transformer, arXiv:2002.05202",
)
def swiglu(x: Array, axis: int = -1) -> Array:
    """SiLU-gated linear unit: a·silu(b), the halves of an axis being a and b.

    Parameters
    ----------
    x : array
        At least one dimension; floating, integer or bool (promoted).
    axis : int, default -1
        The feature axis, of even length; a is its first half, b its second.

    Returns
    -------
    array
        Of x's framework and floating dtype; the axis is half as long.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or axis is no integer.
    ValueError
        x has no such axis, or its length is odd.

    Notes
    -----
    Smooth. Some models that bear the name take the first half for the gate; swap the halves for
    those.

    Source: Shazeer 2020, "GLU variants improve transformer", arXiv:2002.05202.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.swiglu(numpy.array([1.0, 2.0, 1.0, -2.0]))
    array([ 0.73105858, -0.47681169])
    """
    if type(x) is first_type:
        return first_swiglu(x, axis)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_swiglu(x, axis)  # type: ignore[no-any-return]
    return find(type(x)).swiglu(x, axis)  # type: ignore[no-any-return]


@activation(
    kind="rowwise",
    formula=r"a \, b,\quad [a, b] = x",
    paper="Mnih and Hinton 2007, Three new graphical models for statistical language modelling",
)
def bilinear(x: Array, axis: int = -1) -> Array:
    """Bilinear unit: a·b, the product of the halves of an axis, without a nonlinearity.

    Parameters
    ----------
    x : array
        At least one dimension; floating, integer or bool (promoted).
    axis : int, default -1
        The feature axis, of even length; a is its first half, b its second.

    Returns
    -------
    array
        Of x's framework and floating dtype; the axis is half as long.

    Raises
    ------
    TypeError
        x is of an unknown type or dtype, or axis is no integer.
    ValueError
        x has no such axis, or its length is odd.

    Notes
    -----
    Smooth. The gradient is b to a and a to b.

    Source: Mnih and Hinton 2007, "Three new graphical models for statistical language modelling";
    Shazeer 2020, "GLU variants improve transformer", arXiv:2002.05202.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.bilinear(numpy.array([1.0, 2.0, 1.0, -2.0]))
    array([ 1., -4.])
    """
    if type(x) is first_type:
        return first_bilinear(x, axis)  # type: ignore[no-any-return]
    if type(x) is second_type:
        return second_bilinear(x, axis)  # type: ignore[no-any-return]
    return find(type(x)).bilinear(x, axis)  # type: ignore[no-any-return]
