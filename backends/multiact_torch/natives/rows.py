"""Kernels of functions of rows.

On CPUs those of the softmax family add up e^x one by one, in as many sums as a vector has
elements, so that what is wrong grows with the row: without AVX-512 softmax is up to 10 ULP off in
rows of 131 in float64, and 32 in rows of 10,000 in float32. PyTorch's sum goes by halves, and its
error does not grow. So what the kernels return is put right in place before anybody sees it: their
derivatives, which are made of the result, have it as well, and nothing more is kept for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional as F

from multiact import _arguments
from multiact_torch.functions import ARITHMETIC, differentiates, functorch_active, is_compiling

Function = Callable[..., Any]
# 16-bit ones are computed in float32, and rounded.
WIDE = frozenset((torch.float32, torch.float64))
# By their own names: torch's attributes are looked up the slow way, as it has __getattr__.
_softmax, _log_softmax, _logsumexp = torch.softmax, torch.log_softmax, torch.logsumexp


# Up to this length softmax uses less than three quarters of what the contract allows.
SHORT = 16
BLOCK = 1 << 18


def _weights(x: Any, axis: int) -> Any:
    y = _softmax(x, axis)
    # Asked last: in an exported program the length may be any.
    if _own(x) and x.shape[axis] > SHORT:
        weights = y.data  # changes of which are no operations to autograd
        weights.div_(weights.sum(axis, keepdim=True))
    return y


def _logarithms(x: Any, axis: int) -> Any:
    if not _own(x) or x.shape[axis] < 2 or x.numel() == 0:
        return _log_softmax(x, axis)
    result = _log_softmax(x, axis) if differentiates([x]) else torch.empty_like(x)
    xs: Any = x.data.movedim(axis, -1)
    ys: Any = result.data.movedim(axis, -1)
    # In blocks, so that the exponentials stay in the cache.
    size = max(BLOCK * len(xs) // x.numel(), 1) if x.dim() > 1 else len(xs)
    for part, y in zip(xs.split(size), ys.split(size), strict=True):
        torch.sub(part, part.amax(-1, keepdim=True), out=y)
        y.sub_(_log_total(y))
    return result


def _log_total(z: Any) -> Any:
    """ln Σ e^z along the last axis, where z is 0 at the maximum and negative elsewhere.

    As in the formula, what lies below 1 is added up alone: beside a 1 it would be rounded to eps.
    """
    e = z.exp()
    total = e.sum(-1, keepdim=True)
    below = torch.threshold_(e.neg_(), -1.0, 0.0).sum(-1, keepdim=True).neg_()
    ones = total.sub_(below).round_()  # NaN where the maximum is infinite
    return below.add_(ones.sub_(1)).log1p_()


def _own(x: Any) -> bool:
    """Whether the result is a plain tensor in memory, and nothing but autograd looks on."""
    return (
        not is_compiling()
        and (type(x) is torch.Tensor or type(x) is torch.nn.Parameter)
        and x.is_cpu
        and x.dtype in WIDE
        and not functorch_active()
        and not _tracing()
    )


def _tracing() -> bool:
    return torch._C._get_tracing_state() is not None


def softmax(formula: Function) -> Function:
    def softmax(x: Any, axis: int = -1, where: Any = None) -> Any:
        if where is None and x.dtype in ARITHMETIC and x.dim():
            return _weights(x, _arguments.check_axis("softmax", axis, x.dim()))
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


def log_softmax(formula: Function) -> Function:
    def log_softmax(x: Any, axis: int = -1, where: Any = None) -> Any:
        if where is None and x.dtype in ARITHMETIC and x.dim():
            if x.dtype in WIDE and not is_compiling() and (functorch_active() or _tracing()):
                return formula(x, axis, where)  # the same steps, which can be traced and mapped
            return _logarithms(x, _arguments.check_axis("log_softmax", axis, x.dim()))
        return formula(x, axis, where)

    return log_softmax


def softmin(formula: Function) -> Function:
    def softmin(x: Any, axis: int = -1, where: Any = None) -> Any:
        if where is None and x.dtype in ARITHMETIC and x.dim():
            return _weights(-x, _arguments.check_axis("softmin", axis, x.dim()))
        return formula(x, axis, where)

    return softmin


def logsumexp(formula: Function) -> Function:
    def logsumexp(x: Any, axis: int = -1, keepdims: bool = False, where: Any = None) -> Any:
        # The native derivative exp(x − y) magnifies the rounding of y.
        if (
            not is_compiling()
            and where is None
            and isinstance(keepdims, bool)
            and x.dtype in ARITHMETIC
            and x.dim()
            and not differentiates([x])
        ):
            index = _arguments.check_axis("logsumexp", axis, x.dim())
            return _logsumexp(x, index, keepdims)
        return formula(x, axis, keepdims, where)

    return logsumexp


def glu(formula: Function) -> Function:
    def glu(x: Any, axis: int = -1) -> Any:
        # The native forward derivative has no rule for vmap.
        if x.dtype in ARITHMETIC and x.dim() and not functorch_active():
            index = _arguments.check_axis("glu", axis, x.dim())
            if x.shape[index] % 2 == 0:
                return F.glu(x, index)
        return formula(x, axis)

    return glu
