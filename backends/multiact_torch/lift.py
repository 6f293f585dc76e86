"""PyTorch's lift: which form of a formula serves a call.

Eagerly a formula runs as an ``autograd.Function`` where anything may be differentiated, and bare
elsewhere: entering a Function costs more than most kernels. Dynamo gets a Function of its own where
autograd records, else the formula's value over primitives that differentiate right.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import torch

from multiact import _errors
from multiact.backend import Elementwise, Rowwise, check_parameter
from multiact_torch import functions, traced
from multiact_torch import primitives as xp
from multiact_torch.functions import ARITHMETIC, NO_KERNELS, Kernels

INTEGERS = frozenset(
    (
        torch.bool, torch.uint8, torch.uint16, torch.uint32, torch.uint64,
        torch.int8, torch.int16, torch.int32, torch.int64,
    )
)  # fmt: skip


def promote(function: str, x: Any) -> Any:
    """Integers and bool to the default floating dtype, anything else refused."""
    if x.dtype in INTEGERS:
        return x.to(torch.get_default_dtype())
    raise _errors.unsupported_dtype(function, x.dtype)


class TorchLift:
    """The lift of every formula that no native kernel replaces."""

    def elementwise(
        self, formula: Elementwise, function: str, kernels: Kernels = NO_KERNELS
    ) -> Callable[..., Any]:
        """As :meth:`Lift.elementwise`, with native kernels for parts of the formula."""
        eager, compiled = functions.elementwise(formula, kernels)
        value, names = formula.value, formula.parameters
        keeps_integers = formula.keeps_integers

        def apply(x: Any, *parameters: Any) -> Any:
            if x.dtype not in ARITHMETIC:
                if keeps_integers and x.dtype in INTEGERS and x.dtype != torch.bool:
                    return value(xp, x, *parameters)
                x = promote(function, x)
            tensors = [x]
            for name, parameter in zip(names, parameters, strict=True):
                if check_parameter(self, function, name, parameter, x):
                    _check_dtype(function, name, parameter, x)
                    tensors.append(parameter)
            if torch.compiler.is_compiling():
                if functions.inlined(tensors):
                    return functions.in_arithmetic(value, x, parameters, traced)
                return compiled.apply(x, *parameters)
            if functions.differentiates(tensors):
                return eager.apply(x, *parameters)
            return functions.evaluate(value, kernels, x, parameters)

        return apply

    def rowwise(self, formula: Rowwise) -> Callable[..., Any]:
        eager, compiled = functions.rowwise(formula)

        def apply(x: Any, mask: Any, *static: Any) -> Any:
            if x.dtype not in ARITHMETIC:
                x = promote(formula.name, x)
            if torch.compiler.is_compiling():
                if functions.inlined([x]):
                    wide = x.to(ARITHMETIC[x.dtype])
                    return formula.value(traced, wide, mask, *static).to(x.dtype)
                return compiled.apply(x, mask, *static)
            if functions.differentiates([x]):
                return eager.apply(x, mask, *static)
            return formula.value(xp, x.to(ARITHMETIC[x.dtype]), mask, *static).to(x.dtype)

        return apply

    def is_array(self, value: Any) -> bool:
        return isinstance(value, torch.Tensor)

    def shape(self, x: Any) -> tuple[int, ...]:
        return tuple(x.shape)

    def reshape(self, x: Any, shape: tuple[int, ...]) -> Any:
        return x.reshape(shape)

    def is_bool(self, x: Any) -> bool:
        return bool(x.dtype == torch.bool)

    def uniform(self, function: str, x: Any, lower: float, upper: float, rng: Any) -> Any:
        dtype = ARITHMETIC.get(x.dtype) or torch.get_default_dtype()
        generator = rng
        if rng is not None and not isinstance(rng, torch.Generator):
            generator = torch.Generator(device=x.device).manual_seed(_seed(function, rng))
        draws = torch.rand(x.shape, dtype=dtype, device=x.device, generator=generator)
        return lower + (upper - lower) * draws


def _seed(function: str, rng: Any) -> int:
    try:
        return operator.index(rng)
    except TypeError:
        raise TypeError(
            f"{function} got rng of type {_errors.describe(type(rng))}. Allowed for PyTorch "
            f"tensors is a torch.Generator, an int seed or None (the global generator)."
        ) from None


def _check_dtype(function: str, name: str, parameter: Any, x: Any) -> None:
    known = ARITHMETIC.get(parameter.dtype)
    compute = ARITHMETIC[x.dtype]
    if known is None or (known == torch.float64 and compute == torch.float32):
        raise _errors.parameter_dtype(function, name, parameter.dtype, x.dtype)
