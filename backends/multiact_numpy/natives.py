"""Functions that are one NumPy ufunc: called bare, without blocks and conversions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from multiact.backend import Native

Function = Callable[..., Any]
# By their own names: numpy's attributes are looked up the slow way, as it has __getattr__.
_Array, _maximum, _tanh, _arctan = np.ndarray, np.maximum, np.tanh, np.arctan
_SINGLE, _DOUBLE = np.dtype(np.float32), np.dtype(np.float64)


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


NATIVES: dict[str, Native] = {"relu": relu, "tanh": tanh, "arctan": arctan}
