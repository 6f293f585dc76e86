"""Formulas as differentiable PyTorch functions.

Eagerly a formula becomes an ``autograd.Function`` that keeps its inputs and nothing else, and that
composes with ``torch.func``. Where nothing is to be differentiated the formula runs bare: entering
a Function costs more than most kernels. Dynamo refuses a Function that has a ``jvp``, so there are
two variants.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import torch
from torch.autograd import forward_ad

from multiact import _errors
from multiact.backend import Elementwise, Rowwise, check_parameter
from multiact_torch import primitives as xp

# dtype of x -> dtype of the arithmetic.
ARITHMETIC = {
    torch.float16: torch.float32,
    torch.bfloat16: torch.float32,
    torch.float32: torch.float32,
    torch.float64: torch.float64,
}
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


def _differentiates(tensors: list[Any]) -> bool:
    """Whether any transform or tape may want the derivative."""
    if torch.is_grad_enabled() and any(t.requires_grad for t in tensors):
        return True
    return forward_ad._current_level >= 0 or torch._C._are_functorch_transforms_active()


def _sum_to(gradient: Any, like: Any) -> Any:
    return gradient.sum_to_size(like.shape).to(like.dtype)


class TorchLift:
    """The lift of every formula that no native kernel replaces."""

    def elementwise(self, formula: Elementwise, function: str) -> Callable[..., Any]:
        eager, traced = _elementwise_functions(formula)
        names = formula.parameters
        keeps_integers = formula.keeps_integers

        def bare(x: Any, *parameters: Any) -> Any:
            return _value(formula.value, x, parameters)

        def apply(x: Any, *parameters: Any) -> Any:
            if x.dtype not in ARITHMETIC:
                if keeps_integers and x.dtype in INTEGERS and x.dtype != torch.bool:
                    return formula.value(xp, x, *parameters)
                x = promote(function, x)
            tensors = [x]
            for name, parameter in zip(names, parameters, strict=True):
                if check_parameter(self, function, name, parameter, x):
                    _check_dtype(function, name, parameter, x)
                    tensors.append(parameter)
            if torch.compiler.is_compiling():
                return traced.apply(x, *parameters)
            if _differentiates(tensors):
                return eager.apply(x, *parameters)
            return bare(x, *parameters)

        return apply

    def rowwise(self, formula: Rowwise) -> Callable[..., Any]:
        eager, traced = _rowwise_functions(formula)

        def apply(x: Any, mask: Any, *static: Any) -> Any:
            if x.dtype not in ARITHMETIC:
                x = promote(formula.name, x)
            if torch.compiler.is_compiling():
                return traced.apply(x, mask, *static)
            if _differentiates([x]):
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


def _ready(x: Any, parameters: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """x and the tensors among the parameters in the dtype of the arithmetic."""
    compute = ARITHMETIC[x.dtype]
    return x.to(compute), tuple(
        p.to(compute) if isinstance(p, torch.Tensor) else p for p in parameters
    )


def _value(value: Callable[..., Any], x: Any, parameters: tuple[Any, ...]) -> Any:
    ready, params = _ready(x, parameters)
    return value(xp, ready, *params).to(x.dtype)


def _elementwise_functions(formula: Elementwise) -> tuple[Any, Any]:
    """The formula as an autograd.Function, with and without forward-mode differentiation."""
    # Dynamo traces a backward pass that closes over functions, not over a Formula.
    value, partials = formula.value, formula.partials
    count = len(partials)

    class Traced(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x: Any, *parameters: Any) -> Any:
            return _value(value, x, parameters)

        @staticmethod
        def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
            tensors = [value for value in inputs if isinstance(value, torch.Tensor)]
            ctx.places = [i for i in range(count) if isinstance(inputs[i], torch.Tensor)]
            ctx.numbers = [None if i in ctx.places else inputs[i] for i in range(count)]
            ctx.save_for_backward(*tensors)

        @staticmethod
        def backward(ctx: Any, cotangent: Any) -> Any:
            inputs = _inputs(ctx)
            x, parameters = _ready(inputs[0], tuple(inputs[1:]))
            cotangent = cotangent.to(x.dtype)
            gradients: list[Any] = [None] * count
            for i in range(count):
                if ctx.needs_input_grad[i]:
                    slope = partials[i](xp, x, *parameters)
                    gradients[i] = _sum_to(cotangent * slope, inputs[i])
            return tuple(gradients)

    class Eager(Traced):
        @staticmethod
        def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
            Traced.setup_context(ctx, inputs, output)
            ctx.save_for_forward(*[v for v in inputs if isinstance(v, torch.Tensor)])

        @staticmethod
        def jvp(ctx: Any, *tangents: Any) -> Any:
            inputs = _inputs(ctx)
            x, parameters = _ready(inputs[0], tuple(inputs[1:]))
            total: Any = 0
            for i, tangent in enumerate(tangents):
                if tangent is not None:
                    total = total + partials[i](xp, x, *parameters) * tangent
            return total.to(inputs[0].dtype)

    return Eager, Traced


def _inputs(ctx: Any) -> list[Any]:
    """What the forward pass was called with, from the saved tensors and the numbers."""
    inputs = list(ctx.numbers)
    for place, tensor in zip(ctx.places, ctx.saved_tensors, strict=True):
        inputs[place] = tensor
    return inputs


def _rowwise_functions(formula: Rowwise) -> tuple[Any, Any]:
    value, pushforward, pullback = formula.value, formula.pushforward, formula.pullback

    class Traced(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x: Any, mask: Any, *static: Any) -> Any:
            return value(xp, x.to(ARITHMETIC[x.dtype]), mask, *static).to(x.dtype)

        @staticmethod
        def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
            x, mask, *ctx.static = inputs
            ctx.save_for_backward(x, mask)

        @staticmethod
        def backward(ctx: Any, cotangent: Any) -> Any:
            x, mask = ctx.saved_tensors
            ready = x.to(ARITHMETIC[x.dtype])
            gradient = pullback(xp, ready, cotangent.to(ready.dtype), mask, *ctx.static)
            return gradient.to(x.dtype), None, *(None for _ in ctx.static)

    class Eager(Traced):
        @staticmethod
        def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
            Traced.setup_context(ctx, inputs, output)
            ctx.save_for_forward(*inputs[:2])

        @staticmethod
        def jvp(ctx: Any, tangent: Any, *_: Any) -> Any:
            x, mask = ctx.saved_tensors
            ready = x.to(ARITHMETIC[x.dtype])
            result = pushforward(xp, ready, tangent.to(ready.dtype), mask, *ctx.static)
            return result.to(x.dtype)

    return Eager, Traced
