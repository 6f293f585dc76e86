"""The frameworks under test: how to make their arrays, read them back and compile with them.

A framework is imported when a test first asks for it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from enum import Enum
from typing import Any

import ml_dtypes
import numpy as np
import pytest

DTYPES = {
    "float16": np.dtype(np.float16),
    "bfloat16": np.dtype(ml_dtypes.bfloat16),
    "float32": np.dtype(np.float32),
    "float64": np.dtype(np.float64),
}
"""Every floating dtype of the catalogue, as NumPy knows it."""

common_dtypes = pytest.mark.parametrize("dtype", ["bfloat16", "float32"], indirect=True)
"""For tests of what no dtype does differently: one that is widened inside, one that is not."""

float64_only = pytest.mark.parametrize("dtype", ["float64"], indirect=True)
"""For comparisons with finite differences and the like."""


class Backend(Enum):
    """One framework; ``Backend.TORCH.array([0.5], "bfloat16")`` makes one of its arrays."""

    NUMPY = "numpy"
    TORCH = "torch"
    TENSORFLOW = "tensorflow"
    JAX = "jax"

    @property
    def framework(self) -> Any:
        """The framework's own module."""
        return importlib.import_module(self.value)

    @property
    def differentiates(self) -> bool:
        """Whether it can differentiate any function of its own."""
        return self is not Backend.NUMPY

    @property
    def compiles(self) -> bool:
        """Whether :meth:`compile` does anything."""
        return self is not Backend.NUMPY

    def allowing(self, dtype: str) -> AbstractContextManager[Any]:
        """A context where arrays of this dtype exist: JAX has 64 bits only on request."""
        if self is Backend.JAX and dtype in ("float64", "int64"):
            return self.framework.enable_x64(True)
        return nullcontext()

    def array(self, values: Any, dtype: str) -> Any:
        """An array of this framework; ``dtype`` is a floating dtype, an integer one or bool."""
        source = np.array(values, DTYPES.get(dtype, dtype))
        if self is Backend.TORCH:
            if dtype == "bfloat16":
                bits = self.framework.tensor(source.view(np.int16))
                return bits.view(self.framework.bfloat16)
            return self.framework.tensor(source)
        if self is Backend.TENSORFLOW:
            return self.framework.constant(source)
        if self is Backend.JAX:
            return self.framework.numpy.asarray(source)
        return source

    def to_numpy(self, array: Any) -> Any:
        """The array as NumPy's, in its own dtype."""
        if self is Backend.TORCH:
            array = array.detach()
            if array.dtype == self.framework.bfloat16:
                bits = array.contiguous().view(self.framework.int16)
                return bits.numpy().view(ml_dtypes.bfloat16)
            return array.numpy()
        return np.asarray(array.numpy() if self is Backend.TENSORFLOW else array)

    def doubles(self, array: Any) -> Any:
        """The array's values as NumPy float64."""
        return self.to_numpy(array).astype(np.float64)

    def dtype_of(self, array: Any) -> str:
        """The name of an array's dtype; a result of another framework is a failure."""
        kinds = {
            Backend.NUMPY: (np.ndarray, np.generic),
            Backend.TORCH: getattr(self.framework, "Tensor", None),
            Backend.TENSORFLOW: getattr(self.framework, "Tensor", None),
            Backend.JAX: getattr(self.framework, "Array", None),
        }
        assert isinstance(array, kinds[self]), type(array)
        return str(self.to_numpy(array).dtype)

    def compile(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function in the framework's compiled mode."""
        if self is Backend.TORCH:
            return self.framework.compile(function, fullgraph=True, backend="aot_eager")
        if self is Backend.TENSORFLOW:
            return self.framework.function(function, jit_compile=True, autograph=False)
        if self is Backend.JAX:
            return self.framework.jit(function)
        return function

    def at_once(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function as one program on JAX, which compiles each of its steps otherwise."""
        return self.compile(function) if self is Backend.JAX else function
