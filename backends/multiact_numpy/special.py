"""The error function and its complement, which NumPy lacks."""

from __future__ import annotations

from typing import Any

import numpy as np

from multiact.backend import error_function


class Primitives:
    """What they are made of."""

    exp = np.exp
    abs = np.abs
    round = np.rint
    minimum = np.minimum
    where = staticmethod(np.where)

    @staticmethod
    def astype_like(condition: Any, x: Any) -> Any:
        return condition.astype(x.dtype)


def erfc(z: Any) -> Any:
    """1 − erf(z) for a float32 or float64 array, relatively accurate in both tails."""
    return error_function.erfc(Primitives, z.dtype.name, z)


def erf(z: Any) -> Any:
    """The error function of a float32 or float64 array, relatively accurate everywhere."""
    return error_function.erf(Primitives, z.dtype.name, z)
