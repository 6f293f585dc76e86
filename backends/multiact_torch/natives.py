"""PyTorch's own kernels, where they keep the contract.

Each wrapper takes the function made from the shared formula and returns one that prefers the
native kernel and falls back to the formula: for other parameters, for dtypes that the kernel gets
wrong, and for everything that needs promotion or an error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional as F

from multiact import _arguments
from multiact.backend import Native
from multiact_torch.lift import ARITHMETIC, TorchLift

Function = Callable[..., Any]
_lift = TorchLift()

# F.softplus returns x above this; ln(1 + e^-50) is below half an ULP of 50 in float64.
SOFTPLUS_THRESHOLD = 50.0


def relu(formula: Function) -> Function:
    def relu(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return torch.relu(x)
        return formula(x)

    return relu


def leaky_relu(formula: Function) -> Function:
    def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
        if x.dtype in ARITHMETIC and isinstance(negative_slope, (int, float)):
            return F.leaky_relu(x, negative_slope)
        return formula(x, negative_slope)

    return leaky_relu


def prelu(formula: Function) -> Function:
    def prelu(x: Any, slope: Any, axis: int = -1) -> Any:
        # The kernel wants the channels on axis 1 and the dtypes equal.
        if (
            isinstance(slope, torch.Tensor)
            and slope.dtype == x.dtype
            and x.dtype in ARITHMETIC
            and slope.dim() == 1
            and x.dim() > 1
        ):
            index = _arguments.check_axis("prelu", axis, x.dim())
            if slope.shape[0] == x.shape[index]:
                if index == 1:
                    return torch.prelu(x, slope)
                return torch.prelu(x.movedim(index, 1), slope).movedim(1, index)
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


def elu(formula: Function) -> Function:
    def elu(x: Any, alpha: Any = 1.0) -> Any:
        if x.dtype in ARITHMETIC and isinstance(alpha, (int, float)):
            return F.elu(x, alpha)
        return formula(x, alpha)

    return elu


def selu(formula: Function) -> Function:
    def selu(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return torch.selu(x)
        return formula(x)

    return selu


def sigmoid(formula: Function) -> Function:
    def sigmoid(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return torch.sigmoid(x)
        return formula(x)

    return sigmoid


def tanh(formula: Function) -> Function:
    def tanh(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return torch.tanh(x)
        return formula(x)

    return tanh


def softplus(formula: Function) -> Function:
    def softplus(x: Any, beta: Any = 1.0) -> Any:
        if x.dtype in ARITHMETIC and isinstance(beta, (int, float)) and beta != 0:
            return F.softplus(x, beta, SOFTPLUS_THRESHOLD)
        return formula(x, beta)

    return softplus


def silu(formula: Function) -> Function:
    def silu(x: Any, beta: Any = 1.0) -> Any:
        if x.dtype in ARITHMETIC and isinstance(beta, (int, float)) and beta == 1:
            return F.silu(x)
        return formula(x, beta)

    return silu


def mish(formula: Function) -> Function:
    def mish(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return F.mish(x)
        return formula(x)

    return mish


def gelu(formula: Function) -> Function:
    def gelu(x: Any, approximate: str | bool = "none") -> Any:
        if x.dtype in ARITHMETIC:
            if approximate is False or approximate == "none":
                return F.gelu(x)
            if approximate is True or approximate == "tanh":
                return F.gelu(x, approximate="tanh")
        return formula(x, approximate)

    return gelu


def softmax(formula: Function) -> Function:
    def softmax(x: Any, axis: int = -1, where: Any = None) -> Any:
        if where is None and x.dtype in ARITHMETIC and x.dim():
            return torch.softmax(x, _arguments.check_axis("softmax", axis, x.dim()))
        return formula(x, axis, where)

    return softmax


def maxout(formula: Function) -> Function:
    def maxout(x: Any, pieces: int, axis: int = -1) -> Any:
        if x.dtype in ARITHMETIC and x.dim() and isinstance(pieces, int) and pieces > 0:
            index = _arguments.check_axis("maxout", axis, x.dim())
            length = x.shape[index]
            if length % pieces == 0:
                return x.unflatten(index, (length // pieces, pieces)).amax(index + 1)
        return formula(x, pieces, axis)

    return maxout


NATIVES: dict[str, Native] = {
    function.__name__: function
    for function in (
        relu, leaky_relu, prelu, rrelu, elu, selu, sigmoid, tanh, softplus, silu, mish, gelu,
        softmax, maxout,
    )
}  # fmt: skip
