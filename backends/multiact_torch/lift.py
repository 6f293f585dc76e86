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
from multiact.formulas import precise_elementwise, precise_rowwise
from multiact_torch import functions
from multiact_torch import primitives as xp
from multiact_torch.functions import ARITHMETIC, NO_KERNELS, PRECISE, Kernels

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

    def __init__(self, precise: bool = False) -> None:
        self.precise = precise
        self.arithmetic = PRECISE if precise else ARITHMETIC

    def elementwise(
        self, formula: Elementwise, function: str, kernels: Kernels = NO_KERNELS
    ) -> Callable[..., Any]:
        """As :meth:`Lift.elementwise`, with native kernels for parts of the formula."""
        precise, arithmetic = self.precise, self.arithmetic
        if precise:
            formula = precise_elementwise(formula)
        eager, compiled = functions.elementwise(formula, kernels, arithmetic)
        value, names, given = formula.value, formula.parameters, formula.given
        keeps_integers = formula.keeps_integers

        def apply(x: Any, *parameters: Any) -> Any:
            if x.dtype not in ARITHMETIC:
                if keeps_integers and x.dtype in INTEGERS and x.dtype != torch.bool:
                    return value(xp, x, *parameters)
                x = promote(function, x)
            tensors = [x]
            if parameters:
                for name, parameter in zip(names, parameters, strict=True):
                    if self.check_parameter(function, name, parameter, x):
                        tensors.append(parameter)
            if functions.is_compiling():
                if not functions.inlined(tensors):
                    return compiled.apply(x, *parameters)
                if precise and not functions.followed():
                    return functions.in_arithmetic(value, x, parameters, arithmetic)
                if precise or (given and functions.functorch_active()):
                    return functions.linearised(formula, x, parameters, arithmetic)
                return functions.inline(value, kernels, x, parameters)
            if functions.differentiates(tensors):
                return eager.apply(x, *parameters)
            return functions.evaluate(value, kernels, x, parameters, arithmetic)

        return apply

    def rowwise(self, formula: Rowwise) -> Callable[..., Any]:
        arithmetic = self.arithmetic
        if self.precise:
            formula = precise_rowwise(formula)
        eager, compiled = functions.rowwise(formula, arithmetic)

        def apply(x: Any, mask: Any, *static: Any) -> Any:
            if x.dtype not in ARITHMETIC:
                x = promote(formula.name, x)
            if functions.is_compiling():
                if functions.inlined([x]):
                    wide = x.to(arithmetic[x.dtype])
                    graph = functions.graph_primitives(x.dtype, arithmetic)
                    y = formula.value(graph, wide, mask, *static)
                    return functions.narrow(y, x.dtype)
                return compiled.apply(x, mask, *static)
            if functions.differentiates([x]):
                return eager.apply(x, mask, *static)
            wide = x.to(arithmetic[x.dtype])
            primitives = functions.primitives_for(x.dtype, arithmetic)
            return functions.narrow(formula.value(primitives, wide, mask, *static), x.dtype)

        return apply

    def is_array(self, value: Any) -> bool:
        return isinstance(value, torch.Tensor)

    def shape(self, x: Any) -> tuple[int, ...]:
        return tuple(x.shape)

    def reshape(self, x: Any, shape: tuple[int, ...]) -> Any:
        return x.reshape(shape)

    def is_bool(self, x: Any) -> bool:
        return bool(x.dtype == torch.bool)

    def check_parameter(self, function: str, name: str, value: Any, x: Any) -> bool:
        if x.dtype not in ARITHMETIC:
            x = promote(function, x)
        if not check_parameter(self, function, name, value, x):
            return False
        known, compute = self.arithmetic.get(value.dtype), self.arithmetic[x.dtype]
        if known is None or (known == torch.float64 and compute == torch.float32):
            raise _errors.parameter_dtype(function, name, value.dtype, x.dtype)
        return True

    def uniform(self, function: str, x: Any, lower: float, upper: float, rng: Any) -> Any:
        dtype = self.arithmetic.get(x.dtype) or torch.get_default_dtype()
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
