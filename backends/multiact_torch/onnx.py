"""Primitives for a graph that becomes an ONNX model; no one differentiates it.

onnxruntime's sigmoid is up to 9e-8 off, which x·σ(x) magnifies beyond the contract. And maximum
and minimum choose by ``where``, since two clips in a row, which onnxscript 0.7 fuses, make an
invalid model.

ONNX has no erfc, expm1 and log1p, and what exporters write for them leaves nothing of a small
result. Most functions keep the contract all the same, and take a tenth of the time that accurate
ones would. For the others there is :data:`tails`.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from multiact.backend import error_function
from multiact_torch.primitives import (
    abs,
    astype_like,
    atan,
    concat,
    cos,
    cumsum,
    detach,
    exp,
    expand_dims,
    halves,
    inf,
    log,
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
from multiact_torch.traced import maximum, minimum

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

erf = torch.erf


def erfc(x: Any) -> Any:
    return 1 - erf(x)


def expm1(x: Any) -> Any:
    return exp(x) - 1


def log1p(x: Any) -> Any:
    return log(1 + x)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + exp(-x))


def sigmoids(x: Any) -> tuple[Any, Any]:
    return sigmoid(x), sigmoid(-x)


def _erfc(x: Any) -> Any:
    return error_function.erfc(tails, "float32", x)


def _expm1(x: Any) -> Any:
    # (y − 1)/ln(y) varies so slowly that it may be taken at the exponential as rounded.
    y = exp(x)
    rest = y - 1
    near = where(rest == 0, x, rest * (x / log(y)))
    return where(abs(x) < 0.5, near, rest)


def _log1p(x: Any) -> Any:
    # The same at 1 + x as rounded.
    y = 1 + x
    rest = y - 1
    near = where(rest == 0, x, log(y) * (x / rest))
    return where(abs(x) < 0.5, near, log(y))


_accurate = {"erfc": _erfc, "expm1": _expm1, "log1p": _log1p, "round": torch.round}
tails = SimpleNamespace(**{name: globals()[name] for name in __all__} | _accurate)
"""The primitives with an erfc, expm1 and log1p that are accurate however small they are."""
