"""PyTorch's primitives: what the shared formulas are written over."""

from __future__ import annotations

import math
from typing import Any

import torch

__all__ = [
    "abs",
    "astype_like",
    "atan",
    "concat",
    "cos",
    "cumsum",
    "detach",
    "erf",
    "erfc",
    "exp",
    "expand_dims",
    "expm1",
    "halves",
    "inf",
    "log",
    "log1p",
    "max",
    "maximum",
    "merge_axes",
    "minimum",
    "sigmoid",
    "sigmoids",
    "sin",
    "sort",
    "split_axis",
    "sqrt",
    "sum",
    "tanh",
    "truncate",
    "where",
]

inf = math.inf
exp = torch.exp
expm1 = torch.expm1
log = torch.log
log1p = torch.log1p
sqrt = torch.sqrt
sin = torch.sin
cos = torch.cos
atan = torch.atan
tanh = torch.tanh
sigmoid = torch.sigmoid
erfc = torch.erfc
abs = torch.abs
expand_dims = torch.unsqueeze


def truncate(x: Any) -> Any:
    """x in float64 without its 27 lowest bits; the derivative is that of x."""
    # The difference is exact, and x less a constant is x to autograd.
    fixed = x.detach()
    return x - (fixed - (fixed.view(torch.int64) & -(1 << 27)).view(torch.float64))


def sigmoids(x: Any) -> tuple[Any, Any]:
    return sigmoid(x), sigmoid(-x)


def erf(x: Any) -> Any:
    # Inductor's float32 kernel on CPUs is 2 eps off, and 0 for tiny x.
    if torch.compiler.is_compiling() and x.dtype == torch.float32:
        return torch.erf(x.double()).to(x.dtype)
    return torch.erf(x)


def where(condition: Any, x: Any, y: Any) -> Any:
    return torch.where(condition, x, y)


def maximum(x: Any, bound: float) -> Any:
    return torch.clamp(x, min=bound)


def minimum(x: Any, bound: float) -> Any:
    return torch.clamp(x, max=bound)


def sum(x: Any, axis: int) -> Any:
    return torch.sum(x, dim=axis)


def max(x: Any, axis: int) -> Any:
    # An empty axis has no maximum; −inf lets softmax of an empty row be empty.
    if x.shape[axis] == 0:
        return x.new_full(x.shape[:axis] + x.shape[axis + 1 :], -inf)
    return torch.amax(x, dim=axis)


def split_axis(x: Any, axis: int, pieces: int) -> Any:
    return x.unflatten(axis, (x.shape[axis] // pieces, pieces))


def merge_axes(x: Any, axis: int) -> Any:
    return x.flatten(axis, axis + 1)


def astype_like(condition: Any, x: Any) -> Any:
    return condition.to(x.dtype)


def halves(x: Any, axis: int) -> tuple[Any, Any]:
    first, second = torch.chunk(x, 2, dim=axis)
    return first, second


def concat(parts: tuple[Any, ...], axis: int) -> Any:
    return torch.cat(parts, dim=axis)


def sort(x: Any, axis: int) -> Any:
    return torch.sort(x, dim=axis).values


def cumsum(x: Any, axis: int) -> Any:
    return torch.cumsum(x, dim=axis)


def detach(x: Any) -> Any:
    return x.detach()
