"""Formulas as ``torch.autograd.Function``: nothing but the inputs is kept for the backward pass.

Each comes in two variants, because Dynamo refuses a Function that has a ``jvp``. Both compose with
``torch.func``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

import torch
from torch.autograd import forward_ad

from multiact.backend import Elementwise, Rowwise
from multiact.formulas import narrowing
from multiact_torch import blocks, onnx, traced
from multiact_torch import primitives as xp

# Called at every call, and torch's attributes are looked up the slow way, as it has __getattr__.
functorch_active = torch._C._are_functorch_transforms_active
is_compiling = torch.compiler.is_compiling
_is_grad_enabled = torch.is_grad_enabled

# dtype of x -> dtype of the arithmetic.
ARITHMETIC = {
    torch.float16: torch.float32,
    torch.bfloat16: torch.float32,
    torch.float32: torch.float32,
    torch.float64: torch.float64,
}


# The precise tier's, which rounds once at the end.
PRECISE = dict.fromkeys(ARITHMETIC, torch.float64)

Arithmetic = dict[torch.dtype, torch.dtype]
NARROWING, TRACED_NARROWING = narrowing(xp), narrowing(traced)


class Kernels(NamedTuple):
    """Native kernels that stand in for parts of a formula in eager mode.

    ``value(x)`` and ``slope(x)`` take x in its own dtype; ``slope`` is never differentiated.
    ``onnx(x)`` stands in for the formula where the graph becomes an ONNX model.
    """

    value: Callable[[Any], Any] | None = None
    slope: Callable[[Any], Any] | None = None
    onnx: Callable[[Any], Any] | None = None


NO_KERNELS = Kernels()


def recorded(tensors: list[Any]) -> bool:
    """Whether autograd records what is done with the tensors."""
    if _is_grad_enabled():
        for tensor in tensors:
            if tensor.requires_grad:  # any() would take twice the time
                return True
    return False


def differentiates(tensors: list[Any]) -> bool:
    """Whether any transform or tape may want the derivative."""
    return recorded(tensors) or forward_ad._current_level >= 0 or functorch_active()


def inlined(tensors: list[Any]) -> bool:
    """Whether Dynamo gets the formula's value in place of a Function.

    Under ``torch.func`` it would ignore the Function's derivative, an exported graph shall hold
    plain operators, and elsewhere a Function would be in vain.
    """
    return functorch_active() or torch.compiler.is_exporting() or not recorded(tensors)


def followed() -> bool:
    """Whether what is inlined may yet be differentiated: by a transform, or once it is exported."""
    return functorch_active() or torch.compiler.is_exporting() or forward_ad._current_level >= 0


def narrow(y: Any, dtype: torch.dtype) -> Any:
    """The tensor in a dtype that is not wider, rounded once."""
    if y.dtype != torch.float64 or (dtype != torch.float16 and dtype != torch.bfloat16):
        return y.to(dtype)
    # PyTorch goes through float32; rounded to odd there, the second rounding is the only one.
    fixed = y.detach()
    nearest = fixed.to(torch.float32)
    magnitude, exact = nearest.to(torch.float64).abs(), fixed.abs()
    bits = nearest.view(torch.int32) - (magnitude > exact).to(torch.int32)
    odd = torch.where(magnitude != exact, bits | 1, bits).view(torch.float32)
    once = torch.where(torch.isfinite(fixed), odd, nearest).to(dtype)
    if not (y.requires_grad or forward_ad._current_level >= 0 or functorch_active()):
        return once
    # A zero that carries the derivative; subtracted, it leaves the sign of −0 alone.
    twice = y.to(dtype)
    constant = twice.detach()
    return once - torch.where(torch.isfinite(constant), constant - twice, 0.0)


def ready(
    x: Any, parameters: tuple[Any, ...], arithmetic: Arithmetic = ARITHMETIC
) -> tuple[Any, tuple[Any, ...]]:
    """x and the tensors among the parameters in the dtype of the arithmetic."""
    compute = arithmetic[x.dtype]
    return x.to(compute), tuple(
        p.to(compute) if isinstance(p, torch.Tensor) else p for p in parameters
    )


def evaluate(
    value: Callable[..., Any],
    kernels: Kernels,
    x: Any,
    parameters: tuple[Any, ...],
    arithmetic: Arithmetic = ARITHMETIC,
) -> Any:
    """A formula's value, eagerly, with nothing recorded."""
    if kernels.value is not None:
        return kernels.value(x)
    if functorch_active() or tensors_among(parameters):
        return in_arithmetic(value, x, parameters, arithmetic)
    return blocks.apply(lambda part: in_arithmetic(value, part, parameters, arithmetic), x)


def in_arithmetic(
    value: Callable[..., Any],
    x: Any,
    parameters: tuple[Any, ...],
    arithmetic: Arithmetic = ARITHMETIC,
    primitives: Any = None,
) -> Any:
    """A formula's value: computed in the dtype of the arithmetic, rounded once to x's own."""
    x_ready, parameters = ready(x, parameters, arithmetic)
    if primitives is None:
        primitives = primitives_for(x.dtype, arithmetic)
    return narrow(value(primitives, x_ready, *parameters), x.dtype)


def narrows(dtype: torch.dtype, arithmetic: Arithmetic) -> bool:
    """Whether results for an x of this dtype are computed in float64 and rounded once more."""
    return arithmetic[dtype] == torch.float64 and dtype != torch.float64


def primitives_for(dtype: torch.dtype, arithmetic: Arithmetic) -> Any:
    """What a formula runs over for an x of this dtype."""
    return NARROWING if narrows(dtype, arithmetic) else xp


def traced_for(dtype: torch.dtype, arithmetic: Arithmetic) -> Any:
    """What a formula that Dynamo differentiates runs over, likewise."""
    return TRACED_NARROWING if narrows(dtype, arithmetic) else traced


def graph_primitives(dtype: torch.dtype, arithmetic: Arithmetic = ARITHMETIC) -> Any:
    """What a formula is traced over."""
    return onnx if torch.onnx.is_in_onnx_export() else traced_for(dtype, arithmetic)


def inline(value: Callable[..., Any], kernels: Kernels, x: Any, parameters: tuple[Any, ...]) -> Any:
    """A formula's value as operators of the graph that is being traced."""
    primitives = graph_primitives(x.dtype)
    if primitives is onnx and kernels.onnx is not None:
        return kernels.onnx(x)
    return in_arithmetic(value, x, parameters, primitives=primitives)


def linearised(
    formula: Elementwise, x: Any, parameters: tuple[Any, ...], arithmetic: Arithmetic
) -> Any:
    """A precise formula for Dynamo to differentiate, twice at most.

    What makes it precise (bits cut off, roundings carried along) has no derivative of its own. So
    the value is a constant, to which Σ (input − constant)·∂f is added: 0, with the derivative ∂f.
    Taken halfway between the input and the constant, it has the second derivative as well.
    """
    inputs = (x, *parameters)
    constants = tuple(v.detach() if isinstance(v, torch.Tensor) else v for v in inputs)
    y = in_arithmetic(formula.value, constants[0], constants[1:], arithmetic)
    primitives = traced_for(x.dtype, arithmetic)
    wide, params = ready(x, parameters, arithmetic)
    fixed, fixed_params = ready(constants[0], constants[1:], arithmetic)
    offsets: list[Any] = []
    halfway: list[Any] = []
    for moving, still in zip((wide, *params), (fixed, *fixed_params), strict=True):
        if isinstance(moving, torch.Tensor):
            # inf − inf is no 0.
            offset = torch.where(torch.isinf(still), 0.0, moving - still)
            offsets.append(offset)
            halfway.append(torch.where(torch.isinf(still), still, (moving + still) / 2))
        else:
            offsets.append(None)
            halfway.append(moving)
    for offset, partial in zip(offsets, formula.partials, strict=True):
        if offset is not None:
            nothing = (offset * partial(primitives, *halfway)).to(x.dtype)
            # An infinite derivative, or none at all, must not spoil the value.
            nothing = torch.where(torch.isnan(nothing.detach()), 0.0, nothing)
            # −0 + 0 would be 0.
            y = torch.where(torch.signbit(y), -(-y - nothing), y + nothing)
    return y


def tensors_among(values: tuple[Any, ...]) -> list[Any]:
    return [value for value in values if isinstance(value, torch.Tensor)]


def elementwise(
    formula: Elementwise, kernels: Kernels, arithmetic: Arithmetic = ARITHMETIC
) -> tuple[Any, Any]:
    """The variant for eager mode and the one for Dynamo."""
    # Dynamo traces a backward pass that closes over functions, not over a Formula.
    value, partials = formula.value, formula.partials
    count = len(partials)

    class Compiled(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x: Any, *parameters: Any) -> Any:
            return in_arithmetic(value, x, parameters, arithmetic)

        @staticmethod
        def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
            ctx.places = [i for i in range(count) if isinstance(inputs[i], torch.Tensor)]
            ctx.numbers = [None if i in ctx.places else inputs[i] for i in range(count)]
            ctx.save_for_backward(*tensors_among(inputs))

        @staticmethod
        def backward(ctx: Any, cotangent: Any) -> Any:
            inputs = _inputs(ctx)
            x, parameters = ready(inputs[0], tuple(inputs[1:]), arithmetic)
            cotangent = cotangent.to(x.dtype)
            primitives = primitives_for(inputs[0].dtype, arithmetic)
            gradients: list[Any] = [None] * count
            for i in range(count):
                if ctx.needs_input_grad[i]:
                    slope = partials[i](primitives, x, *parameters)
                    gradients[i] = _sum_to(cotangent * slope, inputs[i])
            return tuple(gradients)

    _announce_arity(Compiled.forward, count)

    class Eager(Compiled):
        @staticmethod
        def forward(x: Any, *parameters: Any) -> Any:
            return evaluate(value, kernels, x, parameters, arithmetic)

        @staticmethod
        def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
            Compiled.setup_context(ctx, inputs, output)
            ctx.save_for_forward(*tensors_among(inputs))

        @staticmethod
        def backward(ctx: Any, cotangent: Any) -> Any:
            # With create_graph the derivative itself is recorded, from the formula in one piece.
            if torch.is_grad_enabled() or ctx.places != [0]:
                return Compiled.backward(ctx, cotangent)

            def pullback(part: Any, cotangent: Any) -> Any:
                if kernels.slope is not None:
                    return kernels.slope(part) * cotangent
                x, _ = ready(part, (), arithmetic)
                slope = partials[0](primitives_for(part.dtype, arithmetic), x, *ctx.numbers[1:])
                return narrow(slope * cotangent, part.dtype)

            (x,) = ctx.saved_tensors
            return blocks.apply(pullback, x, cotangent), *(None for _ in range(count - 1))

        @staticmethod
        def jvp(ctx: Any, *tangents: Any) -> Any:
            with _nested_forward_mode():
                inputs = [_primal(value) for value in _inputs(ctx)]
                x, parameters = ready(inputs[0], tuple(inputs[1:]), arithmetic)
                primitives = primitives_for(inputs[0].dtype, arithmetic)
                total: Any = 0
                for i, tangent in enumerate(tangents):
                    if tangent is not None:
                        total = total + partials[i](primitives, x, *parameters) * _primal(tangent)
                return narrow(total, inputs[0].dtype)

    return Eager, Compiled


def _announce_arity(forward: Any, count: int) -> None:
    """Dynamo counts the parameters of ``forward`` to learn that it takes no context.

    A ``*parameters`` counts as one, and x of a formula without parameters would be the context.
    """
    forward.__signature__ = inspect.Signature(
        [inspect.Parameter(f"input{i}", inspect.Parameter.POSITIONAL_ONLY) for i in range(count)]
    )


def rowwise(formula: Rowwise, arithmetic: Arithmetic = ARITHMETIC) -> tuple[Any, Any]:
    """The variant for eager mode and the one for Dynamo."""
    value, pushforward, pullback = formula.value, formula.pushforward, formula.pullback

    class Compiled(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x: Any, mask: Any, *static: Any) -> Any:
            primitives = primitives_for(x.dtype, arithmetic)
            return narrow(value(primitives, x.to(arithmetic[x.dtype]), mask, *static), x.dtype)

        @staticmethod
        def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
            x, mask, *ctx.static = inputs
            ctx.save_for_backward(x, mask)

        @staticmethod
        def backward(ctx: Any, cotangent: Any) -> Any:
            x, mask = ctx.saved_tensors
            wide = x.to(arithmetic[x.dtype])
            primitives = primitives_for(x.dtype, arithmetic)
            gradient = pullback(primitives, wide, cotangent.to(wide.dtype), mask, *ctx.static)
            return narrow(gradient, x.dtype), None, *(None for _ in ctx.static)

    # (x, mask, *static), where value has xp before them; what has a default is never passed.
    given = [p for p in inspect.signature(value).parameters.values() if p.default is p.empty]
    _announce_arity(Compiled.forward, len(given) - 1)

    class Eager(Compiled):
        @staticmethod
        def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
            Compiled.setup_context(ctx, inputs, output)
            ctx.save_for_forward(*inputs[:2])

        @staticmethod
        def jvp(ctx: Any, tangent: Any, *_: Any) -> Any:
            with _nested_forward_mode():
                x, mask = _primal(ctx.saved_tensors[0]), ctx.saved_tensors[1]
                wide, tangent = x.to(arithmetic[x.dtype]), _primal(tangent)
                primitives = primitives_for(x.dtype, arithmetic)
                result = pushforward(primitives, wide, tangent.to(wide.dtype), mask, *ctx.static)
                return narrow(result, x.dtype)

    return Eager, Compiled


def _inputs(ctx: Any) -> list[Any]:
    """What the forward pass was called with, from the saved tensors and the numbers."""
    inputs = list(ctx.numbers)
    for place, tensor in zip(ctx.places, ctx.saved_tensors, strict=True):
        inputs[place] = tensor
    return inputs


def _sum_to(gradient: Any, like: Any) -> Any:
    return narrow(gradient.sum_to_size(like.shape), like.dtype)


def _nested_forward_mode() -> AbstractContextManager[Any]:
    """Lets an outer ``torch.func.jvp`` differentiate a jvp, in which PyTorch switches it off."""
    if functorch_active():
        return forward_ad._set_fwd_grad_enabled(True)
    return nullcontext()


def _primal(value: Any) -> Any:
    """A tensor without the tangent of the innermost level, which the jvp itself carries on."""
    if isinstance(value, torch.Tensor) and functorch_active():
        return forward_ad.unpack_dual(value).primal  # type: ignore[no-untyped-call]
    return value
