"""Kernels of smooth functions, and of those that are smooth but for one point."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional as F

from multiact.backend import Elementwise
from multiact.formulas.self_gated import MISH, PHISH, SERF
from multiact.formulas.sigmoidal import LOG_SIGMOID, SOFTSIGN
from multiact.formulas.smooth import GELU, GELU_TANH, SILU_UNIT, SQRT_HALF
from multiact_torch import functions, onnx
from multiact_torch.functions import ARITHMETIC, Kernels
from multiact_torch.lift import TorchLift

Function = Callable[..., Any]
_lift = TorchLift()
# By their own names: torch's attributes are looked up the slow way, as it has __getattr__.
_selu, _sigmoid, _tanh, _atan = torch.selu, torch.sigmoid, torch.tanh, torch.atan

HALF = frozenset((torch.float16, torch.bfloat16))
WIDE = frozenset((torch.float32, torch.float64))
GELU_DTYPES = HALF | {torch.float64}

# F.softplus returns x above this; ln(1 + e^-50) is below half an ULP of 50 in float64.
SOFTPLUS_THRESHOLD = 50.0


def elu(formula: Function) -> Function:
    def elu(x: Any, alpha: Any = 1.0) -> Any:
        if x.dtype in ARITHMETIC and isinstance(alpha, (int, float)):
            return F.elu(x, alpha)
        return formula(x, alpha)

    return elu


def selu(formula: Function) -> Function:
    def selu(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return _selu(x)
        return formula(x)

    return selu


def sigmoid(formula: Function) -> Function:
    def sigmoid(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return _sigmoid(x)
        return formula(x)

    return sigmoid


def tanh(formula: Function) -> Function:
    def tanh(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return _tanh(x)
        return formula(x)

    return tanh


def softplus(formula: Function) -> Function:
    def softplus(x: Any, beta: Any = 1.0) -> Any:
        if x.dtype in ARITHMETIC and isinstance(beta, (int, float)) and beta != 0:
            return F.softplus(x, beta, SOFTPLUS_THRESHOLD)
        return formula(x, beta)

    return softplus


def silu(formula: Function) -> Function:
    # The native derivative s·(1 + x·(1 − s)) cancels: 8.2 ULP in float32, 16 in float64.
    lifted = _lift.elementwise(SILU_UNIT, "silu", Kernels(F.silu, _silu_slope))

    def silu(x: Any, beta: Any = 1.0) -> Any:
        if isinstance(beta, (int, float)) and beta == 1:
            return F.silu(x) if x.dtype in HALF else lifted(x)
        return formula(x, beta)

    return silu


def _silu_slope(x: Any) -> Any:
    # f'(x) = 1 − f'(−x), and below 0 nothing cancels in the kernel. The choice by sign is made by
    # arithmetic, since torch.where takes longer than all the rest on random signs.
    below = torch.ops.aten.silu_backward(torch.ones_like(x), x.abs().neg_())
    above_zero = x.sign().clamp_(min=0)
    return below.mul_(1 - 2 * above_zero).add_(above_zero)


def mish(formula: Function) -> Function:
    # The native second derivative is NaN in float16 from 11.1, and float64 derivatives cancel.
    lifted = _lift.elementwise(MISH, "mish", Kernels(F.mish))

    def mish(x: Any) -> Any:
        return lifted(x)

    return mish


def gelu(formula: Function) -> Function:
    none = _lift.elementwise(GELU, "gelu", Kernels(_gelu, _gelu_slope, F.gelu))
    # 1 + tanh(u) cancels in the native derivative of the tanh form.
    tanh_form = _lift.elementwise(GELU_TANH, "gelu", Kernels(_gelu_tanh))

    def gelu(x: Any, approximate: str | bool = "none") -> Any:
        if approximate is False or approximate == "none":
            return F.gelu(x) if x.dtype in GELU_DTYPES else none(x)
        if approximate is True or approximate == "tanh":
            return _gelu_tanh(x) if x.dtype in HALF else tanh_form(x)
        return formula(x, approximate)

    return gelu


def _gelu(x: Any) -> Any:
    # In float32 on CPUs the kernels (oneDNN's for contiguous tensors, PyTorch's vectorised one)
    # use approximations of erf that leave the value up to 10 eps off.
    if x.is_cpu:
        return torch.erfc(x * -SQRT_HALF).mul_(x).mul_(0.5)
    return F.gelu(x)


def _gelu_slope(x: Any) -> Any:
    return torch.ops.aten.gelu_backward(torch.ones_like(x), x)


def _gelu_tanh(x: Any) -> Any:
    return F.gelu(x, approximate="tanh")


def celu(formula: Function) -> Function:
    def celu(x: Any, alpha: Any = 1.0) -> Any:
        if x.dtype in ARITHMETIC and isinstance(alpha, (int, float)) and 0 < alpha < math.inf:
            return F.celu(x, alpha)
        return formula(x, alpha)

    return celu


def log_sigmoid(formula: Function) -> Function:
    # The native one keeps e^−|x| for the backward pass.
    lifted = _lift.elementwise(
        LOG_SIGMOID, "log_sigmoid", Kernels(F.logsigmoid, _log_sigmoid_slope)
    )

    def log_sigmoid(x: Any) -> Any:
        return lifted(x)

    return log_sigmoid


def _log_sigmoid_slope(x: Any) -> Any:
    return x.neg().sigmoid_()


def softsign(formula: Function) -> Function:
    # The native one keeps 1 + |x| for the backward pass, and in 16 bits rounds between its steps.
    lifted = _lift.elementwise(SOFTSIGN, "softsign", Kernels(F.softsign))

    def softsign(x: Any) -> Any:
        return lifted(x) if x.dtype in WIDE else formula(x)

    return softsign


def arctan(formula: Function) -> Function:
    def arctan(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return _atan(x)
        return formula(x)

    return arctan


def serf(formula: Function) -> Function:
    return _with_tails(SERF)


def phish(formula: Function) -> Function:
    return _with_tails(PHISH)


def _with_tails(formula: Elementwise) -> Function:
    """As made from the formula; in ONNX, whose errors it would magnify, over better primitives."""

    def tails(x: Any) -> Any:
        return functions.in_arithmetic(formula.value, x, (), primitives=onnx.tails)

    lifted = _lift.elementwise(formula, formula.name, Kernels(onnx=tails))

    def function(x: Any) -> Any:
        return lifted(x)

    return function
