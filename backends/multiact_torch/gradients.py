"""vjp and derivative on PyTorch: torch.func, so that they compile and nest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from multiact import _errors
from multiact_torch import precise
from multiact_torch.functions import ARITHMETIC, functorch_active


def _check_differentiable(f: Callable[..., Any], x: Any) -> None:
    if x.dtype in ARITHMETIC:
        return
    name = getattr(f, "__name__", repr(f))
    if x.dtype.is_floating_point or x.dtype.is_complex:
        raise _errors.unsupported_dtype(name, x.dtype)
    raise _errors.not_differentiable(name, x.dtype)


def vjp(
    f: Callable[..., Any], x: Any, cotangent: Any, params: dict[str, Any]
) -> tuple[Any, dict[str, Any]]:
    """See :func:`multiact.vjp`."""
    _check_differentiable(f, x)
    names = [
        name
        for name, value in params.items()
        if isinstance(value, torch.Tensor) and value.dtype in ARITHMETIC
    ]

    def function(x: Any, *tensors: Any) -> Any:
        return f(x, **{**params, **dict(zip(names, tensors, strict=True))})

    # Compiled, Dynamo would differentiate the steps of the value: other bits.
    direct = None
    if torch.compiler.is_compiling() and not functorch_active():
        direct = precise.pullback_of(f)
    if direct is None:
        linearised: Any = torch.func.vjp(function, x, *(params[name] for name in names))
        y, pullback = linearised
    else:
        y, row_pullback = direct(x, **params)

        def pullback(cotangent: Any) -> tuple[Any, ...]:
            # A second array, such as noise, is only read.
            others = (torch.zeros_like(params[name]) for name in names)
            return row_pullback(cotangent), *others

    if not isinstance(cotangent, torch.Tensor):
        raise _errors.foreign_parameter("vjp", "cotangent", cotangent, x)
    if cotangent.shape != y.shape:
        name = getattr(f, "__name__", repr(f))
        raise _errors.cotangent_shape(name, cotangent.shape, y.shape)
    dx, *gradients = pullback(cotangent.to(y.dtype))
    return dx, dict(zip(names, gradients, strict=True))


def derivative(f: Callable[..., Any], x: Any, order: int, params: dict[str, Any]) -> Any:
    """See :func:`multiact.derivative`."""
    _check_differentiable(f, x)
    if order not in (1, 2):
        raise _errors.option("derivative", "order", order, (1, 2))

    if order == 1 and torch.compiler.is_compiling():
        slope = precise.slope_of(f)
        if slope is not None:
            return slope(x, **params)

    def first(x: Any) -> Any:
        return _slope(lambda x: f(x, **params), x, f)

    return first(x) if order == 1 else _slope(first, x, f)


def _slope(function: Callable[[Any], Any], x: Any, named: Callable[..., Any]) -> Any:
    linearised: Any = torch.func.vjp(function, x)
    y, pullback = linearised
    if y.shape != x.shape:
        raise _errors.not_elementwise(getattr(named, "__name__", repr(named)))
    return pullback(torch.ones_like(y))[0]
