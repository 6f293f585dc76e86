"""Primitives for formulas that Dynamo traces as they are.

Around a ``torch.func`` transform Dynamo differentiates the forward pass of an ``autograd.Function``
in place of calling its ``backward``, and an exported graph is differentiated later, so a formula's
value must itself have the right derivative, to any order. With these primitives it has: what is
chosen by sign belongs to the side x ≤ bound, hence the derivative at a kink is that of the flat
piece and at 0 a smooth formula gets its own; and the sigmoid is made of exponentials, whose
derivative does not cancel.
"""

from __future__ import annotations

from typing import Any

import torch

from multiact_torch.primitives import (
    astype_like,
    atan,
    concat,
    cos,
    cumsum,
    detach,
    erf,
    erfc,
    exp,
    expand_dims,
    expm1,
    halves,
    inf,
    log,
    log1p,
    max,
    merge_axes,
    sin,
    sort,
    split_axis,
    sqrt,
    sum,
    tanh,
    truncate,
    where,
)

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


def abs(x: Any) -> Any:
    return torch.where(x > 0, x, -x)


def maximum(x: Any, bound: float) -> Any:
    return torch.where(x <= bound, bound, x)


def minimum(x: Any, bound: float) -> Any:
    return torch.where(x > bound, bound, x)


def sigmoid(x: Any) -> Any:
    return exp(minimum(x, 0.0)) / (1 + exp(-abs(x)))


def sigmoids(x: Any) -> tuple[Any, Any]:
    return sigmoid(x), sigmoid(-x)
