"""Gradients of any function, on any framework."""

from __future__ import annotations

from collections.abc import Callable

from multiact import _errors
from multiact._dispatch import find
from multiact._record import rowwise
from multiact._typing import Any, NamedTuple


class Gradients(NamedTuple):
    """What :func:`vjp` returns."""

    x: Any
    """The gradient with respect to x, like x."""
    params: dict[str, Any]
    """Name -> gradient, for every parameter that was passed as an array; each like its own."""


def vjp(f: Callable[..., Any], x: Any, cotangent: Any, **params: Any) -> Gradients:
    """The gradient of Σ cotangent·f(x, **params), on any framework.

    Parameters
    ----------
    f : callable
        A function of multiact. On frameworks with automatic differentiation any function of theirs.
    x : array
        Where to differentiate; floating.
    cotangent : array
        Of the shape of f(x, **params), and of its framework.
    **params
        Passed to f. Each one that is a floating array gets a gradient too.

    Returns
    -------
    Gradients
        ``(x, params)``: the gradient with respect to x, and a dict with one per array parameter.

    Raises
    ------
    TypeError
        x is no floating array, the arrays belong to two frameworks, or f is not of multiact where
        the framework (NumPy) cannot differentiate.
    ValueError
        cotangent has not the shape of the result.

    Notes
    -----
    It is automatic differentiation of the very function given, so it can be compiled and
    differentiated again; on NumPy it is the closed form.

    Examples
    --------
    >>> import numpy, multiact
    >>> x, slope = numpy.array([[-2.0, 3.0], [-4.0, -1.0]]), numpy.array([0.5, 0.25])
    >>> dx, params = multiact.vjp(multiact.prelu, x, numpy.ones((2, 2)), slope=slope)
    >>> dx
    array([[0.5 , 1.  ],
           [0.5 , 0.25]])
    >>> params["slope"]
    array([-6., -1.])
    """
    return Gradients(*_differentiating(x, "vjp").vjp(f, x, cotangent, params))


def derivative(f: Callable[..., Any], x: Any, *, order: int = 1, **params: Any) -> Any:
    """The elementwise derivative of f at every element of x, on any framework.

    Parameters
    ----------
    f : callable
        An elementwise function: one of multiact's, or any of the framework's where it has
        automatic differentiation.
    x : array
        Where to differentiate; floating.
    order : {1, 2}, default 1
        First or second derivative.
    **params
        Passed to f.

    Returns
    -------
    array
        Like x.

    Raises
    ------
    TypeError
        As :func:`vjp`.
    ValueError
        f works on whole rows (use :func:`vjp`), changes x's shape, or order is neither 1 nor 2.

    Examples
    --------
    >>> import numpy, multiact
    >>> multiact.derivative(multiact.tanh, numpy.array([-1.0, 0.0]))
    array([0.41997434, 1.        ])
    """
    backend = _differentiating(x, "derivative")
    # By name: softmax keeps the shape of x, so its result does not give it away.
    name = getattr(f, "__name__", None)
    if name in rowwise:
        from multiact import precise

        homes = (precise, backend, getattr(backend, "precise", None))
        if f is rowwise[name] or any(getattr(home, name, None) is f for home in homes):
            raise _errors.not_elementwise(name)
    return backend.derivative(f, x, order, params)


def _differentiating(x: Any, name: str) -> Any:
    """The backend of x, if it has gradients: those of third parties need not."""
    backend = find(type(x))
    if not hasattr(backend, name):
        raise _errors.no_gradients(type(x), name)
    return backend
