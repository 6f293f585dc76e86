"""The primitives over any namespace of the array API standard, 2024.12 or later.

Most of them are the standard's own functions; this class has the others. What a single library
needs beyond it stands in ``libraries.py``.
"""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from array_api_compat import device

from multiact import _errors
from multiact.formulas import error_function

STANDARD = (
    "abs",
    "atan",
    "cos",
    "exp",
    "expm1",
    "log",
    "log1p",
    "maximum",
    "minimum",
    "round",
    "sin",
    "sqrt",
    "tanh",
)
"""Called as the standard names them."""


class Primitives:
    """Those of one namespace for one dtype of the arithmetic.

    ``narrows`` says that results are rounded once more, to a narrower dtype.
    """

    inf = math.inf
    exp: Any
    sin: Any
    cos: Any
    abs: Any
    maximum: Any
    minimum: Any

    def __init__(self, namespace: Any, dtype: str, narrows: bool = False) -> None:
        self.namespace = namespace
        self.name = dtype
        self.narrows = narrows
        self.dtype = getattr(namespace, dtype)
        for name in STANDARD:
            if not hasattr(type(self), name):
                setattr(self, name, getattr(namespace, name))
        self._numpy = sys.modules.get("numpy")

    def elementwise(self, function: Callable[..., Any], x: Any, *operands: Any) -> Any:
        """``function(xp, x, *operands)``, where no element depends on another one."""
        with self.quiet():
            return function(self, x, *operands)

    def rowwise(self, function: Callable[..., Any], x: Any, *operands: Any) -> Any:
        """The same for whole rows."""
        with self.quiet():
            return function(self, x, *operands)

    def quiet(self) -> AbstractContextManager[Any]:
        """No warnings where NumPy does the computing: an infinite x is no mistake."""
        return self._numpy.errstate(all="ignore") if self._numpy else nullcontext()

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        if isinstance(x, (int, float)) and isinstance(y, (int, float)):
            # The standard wants one array; made without asking for the shape, which may be unknown.
            y = self.namespace.astype(condition, self.dtype) * 0 + y
        return self.namespace.where(condition, x, y)

    def sigmoid(self, x: Any) -> Any:
        # Two exponentials of non-positive numbers: nothing overflows, and both tails are accurate.
        return self.exp(self.minimum(x, 0)) / (1 + self.exp(-self.abs(x)))

    def sigmoids(self, x: Any) -> tuple[Any, Any]:
        total = 1 + self.exp(-self.abs(x))
        return self.exp(self.minimum(x, 0)) / total, self.exp(self.minimum(-x, 0)) / total

    def erf(self, x: Any) -> Any:
        return error_function.erf(self, self.name, x)

    def erfc(self, x: Any) -> Any:
        return error_function.erfc(self, self.name, x)

    def sum(self, x: Any, axis: int) -> Any:
        return self.namespace.sum(x, axis=axis)

    def max(self, x: Any, axis: int) -> Any:
        if 0 in x.shape:
            # An empty axis has no maximum; −inf lets softmax of an empty row be empty. Dask has
            # none either if another axis is empty.
            return self.namespace.sum(x, axis=axis) - math.inf
        return self.namespace.max(x, axis=axis)

    def cumsum(self, x: Any, axis: int) -> Any:
        return self.namespace.cumulative_sum(x, axis=axis)

    def sort(self, x: Any, axis: int) -> Any:
        return self.namespace.sort(x, axis=axis)

    def expand_dims(self, x: Any, axis: int) -> Any:
        return self.namespace.expand_dims(x, axis=axis)

    def split_axis(self, x: Any, axis: int, pieces: int) -> Any:
        before, after = x.shape[:axis], x.shape[axis + 1 :]
        return self.namespace.reshape(x, (*before, x.shape[axis] // pieces, pieces, *after))

    def merge_axes(self, x: Any, axis: int) -> Any:
        before, after = x.shape[:axis], x.shape[axis + 2 :]
        return self.namespace.reshape(x, (*before, x.shape[axis] * x.shape[axis + 1], *after))

    def halves(self, x: Any, axis: int) -> tuple[Any, Any]:
        before, middle = (slice(None),) * axis, x.shape[axis] // 2
        return x[(*before, slice(middle), ...)], x[(*before, slice(middle, None), ...)]

    def concat(self, parts: tuple[Any, ...], axis: int) -> Any:
        return self.namespace.concat(parts, axis=axis)

    def astype_like(self, condition: Any, x: Any) -> Any:
        return self.namespace.astype(condition, x.dtype)

    def detach(self, x: Any) -> Any:
        return x

    def truncate(self, x: Any) -> Any:
        """The upper 26 bits of x in float64, rounded."""
        # Veltkamp's splitting: the standard has no way to the bits.
        scale = self.where(self.abs(x) > 2.0**990, 2.0**-30, 1.0)
        small = x * scale
        large = small * (2.0**27 + 1)
        return self.where(self.abs(x) < math.inf, (large - (large - small)) / scale, x)

    def astype(self, x: Any, dtype: Any) -> Any:
        """The array in another dtype, of which only the lift makes use."""
        with self.quiet():
            return self.namespace.astype(x, dtype)

    def uniform(self, function: str, x: Any, lower: float, upper: float, rng: Any) -> Any:
        """NumPy draws: the standard has no random numbers."""
        draws = numpy_generator(function, rng).uniform(lower, upper, x.shape)
        return self.namespace.asarray(draws, dtype=self.dtype, device=device(x))


def numpy_generator(function: str, rng: Any) -> Any:
    """A NumPy generator from what the caller passed."""
    import numpy

    if isinstance(rng, numpy.random.Generator):
        return rng
    return numpy.random.default_rng(
        None if rng is None else seed(function, rng, "a numpy.random.Generator")
    )


def seed(function: str, rng: Any, allowed: str) -> int:
    """The int seed that the caller passed, if it is one."""
    try:
        return operator.index(rng)
    except TypeError:
        raise TypeError(
            f"{function} got rng of type {_errors.describe(type(rng))}. Allowed for these arrays "
            f"is {allowed}, an int seed or None."
        ) from None
