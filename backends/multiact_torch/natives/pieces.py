"""Kernels of functions made of pieces of lines."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional as F

from multiact import _arguments
from multiact.formulas.piecewise import HARD_SIGMOID
from multiact_torch.functions import ARITHMETIC, Kernels, is_compiling
from multiact_torch.lift import TorchLift

Function = Callable[..., Any]
_lift = TorchLift()
# By their own names: torch's attributes are looked up the slow way, as it has __getattr__.
_relu, _prelu, _hardshrink = torch.relu, torch.prelu, torch.hardshrink
PARAMETER, TENSOR = torch.nn.Parameter, torch.Tensor
# A kernel takes these as they are; what a call asks of them is spelled out, 1 to 3 % of its time.
NUMBER = (int, float)

INF = float("inf")


def relu(formula: Function) -> Function:
    def relu(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return _relu(x)
        return formula(x)

    return relu


def leaky_relu(formula: Function) -> Function:
    def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
        if x.dtype in ARITHMETIC and isinstance(negative_slope, NUMBER):
            return F.leaky_relu(x, negative_slope)
        return formula(x, negative_slope)

    return leaky_relu


def prelu(formula: Function) -> Function:
    def prelu(x: Any, slope: Any, axis: int = -1) -> Any:
        # The kernel wants the channels on axis 1 and the dtypes equal, and has no sharding rule.
        kind, dtype = type(slope), x.dtype
        if (
            (kind is PARAMETER or kind is TENSOR)
            and slope.dtype is dtype
            and dtype in ARITHMETIC
            and slope.dim() == 1
        ):
            rank = x.dim()
            if rank == 2 and type(axis) is int and axis == -1 and not is_compiling():
                # It compares the sizes as well, where asking for them is 3 % of its time.
                try:
                    return _prelu(x, slope)
                except RuntimeError:
                    pass
            elif rank > 1:
                index = _arguments.check_axis("prelu", axis, rank)
                if slope.shape[0] == x.shape[index]:
                    if index == 1:
                        return _prelu(x, slope)
                    return _prelu(x.movedim(index, 1), slope).movedim(1, index)
        return formula(x, slope, axis)

    return prelu


def rrelu(formula: Function) -> Function:
    def rrelu(
        x: Any,
        lower: float = 1 / 8,
        upper: float = 1 / 3,
        training: bool = False,
        rng: Any = None,
        slope: Any = None,
    ) -> Any:
        if slope is None and training is False and x.dtype in ARITHMETIC:
            _arguments.check_interval("rrelu", lower, upper)
            return F.leaky_relu(x, (lower + upper) / 2)
        return formula(x, lower, upper, training, rng, slope)

    return rrelu


def relu6(formula: Function) -> Function:
    def relu6(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return F.relu6(x)
        return formula(x)

    return relu6


def clipped_relu(formula: Function) -> Function:
    def clipped_relu(x: Any, max_value: float) -> Any:
        number = isinstance(max_value, NUMBER)
        if x.dtype in ARITHMETIC and number and 0 < max_value < math.inf:
            return F.hardtanh(x, 0.0, max_value)
        return formula(x, max_value)

    return clipped_relu


def hard_tanh(formula: Function) -> Function:
    def hard_tanh(x: Any, min: float = -1.0, max: float = 1.0) -> Any:  # noqa: A002
        numbers = isinstance(min, NUMBER) and isinstance(max, NUMBER)
        if x.dtype in ARITHMETIC and numbers and -INF < min < max < INF:
            return F.hardtanh(x, min, max)
        return formula(x, min, max)

    return hard_tanh


def hard_sigmoid(formula: Function) -> Function:
    # The native derivative has none of its own, and in float64 it is 1/6 in float32.
    kernels = Kernels(F.hardsigmoid, _sixth, onnx=F.hardsigmoid)
    lifted = _lift.elementwise(HARD_SIGMOID, "hard_sigmoid", kernels)

    def hard_sigmoid(x: Any) -> Any:
        return lifted(x)

    return hard_sigmoid


def _sixth(x: Any) -> Any:
    return torch.ops.aten.hardtanh_backward(torch.full_like(x, 1 / 6), x, -3.0, 3.0)


def hard_silu(formula: Function) -> Function:
    def hard_silu(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return F.hardswish(x)
        return formula(x)

    return hard_silu


def threshold(formula: Function) -> Function:
    def threshold(x: Any, threshold: float, value: float) -> Any:
        if x.dtype in ARITHMETIC and _finite(threshold) and _finite(value):
            return F.threshold(x, threshold, value)
        return formula(x, threshold, value)

    return threshold


def thresholded_relu(formula: Function) -> Function:
    def thresholded_relu(x: Any, alpha: float = 1.0) -> Any:
        if x.dtype in ARITHMETIC and _finite(alpha):
            return F.threshold(x, alpha, 0.0)
        return formula(x, alpha)

    return thresholded_relu


def softshrink(formula: Function) -> Function:
    def softshrink(x: Any, lambd: float = 0.5) -> Any:
        # Compiled, the native one is 0 at NaN.
        number = isinstance(lambd, NUMBER) and 0 <= lambd < INF
        if x.dtype in ARITHMETIC and number and not is_compiling():
            return F.softshrink(x, lambd)
        return formula(x, lambd)

    return softshrink


def hardshrink(formula: Function) -> Function:
    def hardshrink(x: Any, lambd: float = 0.5) -> Any:
        if x.dtype in ARITHMETIC and isinstance(lambd, NUMBER) and 0 <= lambd < INF:
            return _hardshrink(x, lambd)
        return formula(x, lambd)

    return hardshrink


def identity(formula: Function) -> Function:
    def identity(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return x.clone()
        return formula(x)

    return identity


def _finite(value: Any) -> bool:
    return isinstance(value, NUMBER) and -INF < value < INF
