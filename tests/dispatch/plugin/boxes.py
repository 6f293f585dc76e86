"""A library of arrays that multiact has never heard of: each holds a NumPy array.

It knows as much of the array API standard as multiact's fallback for unknown libraries needs.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from typing import Any

import numpy as np


class Box:
    """Arithmetic, comparisons and indexing, but nothing for NumPy to recognise."""

    __array_ufunc__ = None

    def __init__(self, values: Any, dtype: Any = None) -> None:
        self.values = np.asarray(values, dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape

    @property
    def dtype(self) -> Any:
        return self.values.dtype

    @property
    def ndim(self) -> int:
        return self.values.ndim

    @property
    def device(self) -> str:
        return "cardboard"

    def __neg__(self) -> Box:
        return Box(-self.values)

    def __getitem__(self, index: Any) -> Box:
        return Box(self.values[index])

    def __array_namespace__(self, api_version: str | None = None) -> Any:
        return sys.modules[__name__]


def over(function: Callable[..., Any]) -> Callable[..., Box]:
    """A function of NumPy arrays, on boxes and numbers."""

    def boxed(*operands: Any, **options: Any) -> Box:
        return Box(function(*(o.values if isinstance(o, Box) else o for o in operands), **options))

    return boxed


def _operator(function: Callable[..., Any]) -> Callable[[Box, Any], Any]:
    def method(self: Box, other: Any) -> Any:
        if not isinstance(other, (Box, int, float)):
            return NotImplemented
        return over(function)(self, other)

    return method


def _reflected(function: Callable[..., Any]) -> Callable[[Box, Any], Any]:
    return _operator(lambda own, other: function(other, own))


for _name in ("add", "sub", "mul", "truediv"):
    setattr(Box, f"__{_name}__", _operator(getattr(operator, _name)))
    setattr(Box, f"__r{_name}__", _reflected(getattr(operator, _name)))
for _name in ("lt", "le", "gt", "ge", "eq", "ne", "and_", "or_"):
    setattr(Box, f"__{_name.strip('_')}__", _operator(getattr(operator, _name)))

float32, float64 = np.dtype(np.float32), np.dtype(np.float64)
abs, atan, cos, exp, expm1 = map(over, (np.abs, np.arctan, np.cos, np.exp, np.expm1))
log, log1p, round, sin, sqrt = map(over, (np.log, np.log1p, np.round, np.sin, np.sqrt))
tanh, where, maximum, minimum = map(over, (np.tanh, np.where, np.maximum, np.minimum))
sum, max, sort, reshape = map(over, (np.sum, np.max, np.sort, np.reshape))
cumulative_sum, expand_dims = map(over, (np.cumulative_sum, np.expand_dims))
isdtype = np.isdtype


def concat(arrays: tuple[Box, ...], *, axis: int) -> Box:
    return Box(np.concatenate([array.values for array in arrays], axis))


def astype(x: Box, dtype: Any) -> Box:
    return Box(x.values, dtype)


def asarray(values: Any, *, dtype: Any = None, device: str = "cardboard") -> Box:
    assert device == "cardboard"
    return Box(values, dtype)
