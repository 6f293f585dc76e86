"""Kernels of functions of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional as F

from multiact import _arguments
from multiact_torch.functions import ARITHMETIC, differentiates, functorch_active, is_compiling

Function = Callable[..., Any]
# By their own names: torch's attributes are looked up the slow way, as it has __getattr__.
_softmax, _log_softmax, _logsumexp = torch.softmax, torch.log_softmax, torch.logsumexp


def softmax(formula: Function) -> Function:
    def softmax(x: Any, axis: int = -1, where: Any = None) -> Any:
        if where is None and x.dtype in ARITHMETIC and x.dim():
            return _softmax(x, _arguments.check_axis("softmax", axis, x.dim()))
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
            return _log_softmax(x, _arguments.check_axis("log_softmax", axis, x.dim()))
        return formula(x, axis, where)

    return log_softmax


def softmin(formula: Function) -> Function:
    def softmin(x: Any, axis: int = -1, where: Any = None) -> Any:
        if where is None and x.dtype in ARITHMETIC and x.dim():
            return _softmax(-x, _arguments.check_axis("softmin", axis, x.dim()))
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
