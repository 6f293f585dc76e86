"""True results of whole rows, computed row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
from mpmath import mpf

from tests.backends import DTYPES


def rounded(x: Any, dtype: str) -> Any:
    """The numbers as ``dtype`` has them, in float64."""
    return np.asarray(x).astype(DTYPES[dtype]).astype(np.float64)


def by_rows(f: Callable[..., Any], *arrays: Any) -> Any:
    """A function of rows, in mpmath, over the last axis."""
    flat = (np.reshape(a, (-1, np.shape(a)[-1])).tolist() for a in arrays)
    with mpmath.workdps(50):
        rows = np.array([f(*row) for row in zip(*flat, strict=True)], object)
    return rows.reshape(*np.shape(arrays[0])[:-1], -1)


def weighted(weights: list[mpf], vector: Any) -> list[mpf]:
    """(diag(w) − w·wᵀ/Σ w)·v."""
    mean = sum(w * mpf(v) for w, v in zip(weights, vector, strict=True)) / sum(weights)
    return [w * (mpf(v) - mean) for w, v in zip(weights, vector, strict=True)]
