"""Functions that are one NumPy ufunc: called bare, without blocks and conversions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from multiact.backend import Native

Function = Callable[..., Any]
_SINGLE, _DOUBLE = np.dtype(np.float32), np.dtype(np.float64)


def relu(formula: Function) -> Function:
    def relu(x: Any) -> Any:
        if type(x) is np.ndarray and (x.dtype is _SINGLE or x.dtype is _DOUBLE) and x.ndim:
            return np.maximum(x, 0)
        return formula(x)

    return relu


def tanh(formula: Function) -> Function:
    def tanh(x: Any) -> Any:
        if type(x) is np.ndarray and (x.dtype is _SINGLE or x.dtype is _DOUBLE) and x.ndim:
            return np.tanh(x)
        return formula(x)

    return tanh


def arctan(formula: Function) -> Function:
    def arctan(x: Any) -> Any:
        if type(x) is np.ndarray and (x.dtype is _SINGLE or x.dtype is _DOUBLE) and x.ndim:
            return np.arctan(x)
        return formula(x)

    return arctan


NATIVES: dict[str, Native] = {"relu": relu, "tanh": tanh, "arctan": arctan}
