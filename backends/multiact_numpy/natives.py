"""Functions that are one call of NumPy, or a few: called bare, without blocks and conversions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from multiact import _arguments
from multiact.backend import Native

Function = Callable[..., Any]
# By their own names: numpy's attributes are looked up the slow way, as it has __getattr__.
_Array, _maximum, _tanh, _arctan = np.ndarray, np.maximum, np.tanh, np.arctan
_exp = np.exp
_SINGLE, _DOUBLE = np.dtype(np.float32), np.dtype(np.float64)
# Larger numbers may be infinite in float32.
_LARGE = 2.0**127


def relu(formula: Function) -> Function:
    def relu(x: Any) -> Any:
        if type(x) is _Array and ((d := x.dtype) is _SINGLE or d is _DOUBLE) and x.ndim:
            return _maximum(x, 0)
        return formula(x)

    return relu


def tanh(formula: Function) -> Function:
    def tanh(x: Any) -> Any:
        if type(x) is _Array and ((d := x.dtype) is _SINGLE or d is _DOUBLE) and x.ndim:
            return _tanh(x)
        return formula(x)

    return tanh


def arctan(formula: Function) -> Function:
    def arctan(x: Any) -> Any:
        if type(x) is _Array and ((d := x.dtype) is _SINGLE or d is _DOUBLE) and x.ndim:
            return _arctan(x)
        return formula(x)

    return arctan


def relu6(formula: Function) -> Function:
    def relu6(x: Any) -> Any:
        if type(x) is _Array and ((d := x.dtype) is _SINGLE or d is _DOUBLE) and x.ndim:
            return x.clip(0, 6)
        return formula(x)

    return relu6


def hard_tanh(formula: Function) -> Function:
    def hard_tanh(x: Any, min: float = -1.0, max: float = 1.0) -> Any:  # noqa: A002
        plain = type(x) is _Array and ((d := x.dtype) is _SINGLE or d is _DOUBLE) and x.ndim
        if plain and type(min) is type(max) is float and -_LARGE < min < max < _LARGE:
            return x.clip(min, max)
        return formula(x, min, max)

    return hard_tanh


def softmax(formula: Function) -> Function:
    def softmax(x: Any, axis: int = -1, where: Any = None) -> Any:
        plain = type(x) is _Array and ((d := x.dtype) is _SINGLE or d is _DOUBLE) and x.size
        if plain and where is None and x.ndim:
            axis = _arguments.check_axis("softmax", axis, x.ndim)
            # The formula's steps, in one array.
            with np.errstate(all="ignore"):
                e = x - x.max(axis, keepdims=True)
                _exp(e, e)
                e /= e.sum(axis, keepdims=True)
            return e
        return formula(x, axis, where)

    return softmax


NATIVES: dict[str, Native] = {
    f.__name__: f for f in (relu, relu6, tanh, hard_tanh, arctan, softmax)
}
