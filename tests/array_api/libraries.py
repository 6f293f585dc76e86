"""The libraries under test: how to make their arrays and read them back."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from tests.backends import DTYPES


class Library(Enum):
    """One library; ``Library.DASK.array([0.5], "float32")`` makes one of its arrays."""

    STRICT = "array_api_strict"
    DASK = "dask.array"
    MLX = "mlx.core"
    CUPY = "cupy"

    @property
    def module(self) -> Any:
        """The library itself; the test is skipped where it cannot be used."""
        module = pytest.importorskip(self.value)
        if self is Library.CUPY and not module.cuda.is_available():
            pytest.skip("no GPU")
        return module

    @property
    def halves(self) -> tuple[str, ...]:
        """The dtypes of 16 bits that it has."""
        return {Library.STRICT: (), Library.CUPY: ("float16",)}.get(self, ("float16", "bfloat16"))

    def dtype(self, name: str) -> Any:
        """The library's own object for a dtype."""
        if self is Library.MLX:
            return getattr(self.module, "bool_" if name == "bool" else name)
        if self is Library.STRICT:
            return getattr(self.module, name)
        return DTYPES.get(name, np.dtype(name))

    def array(self, values: Any, dtype: str) -> Any:
        """An array of this library; Dask's has two chunks on each axis that is long enough."""
        source = np.array(values, DTYPES.get(dtype, dtype))
        if self is Library.MLX:
            return self.module.array(source, dtype=self.dtype(dtype))
        if self is Library.DASK:
            chunks = tuple(max(1, (size + 1) // 2) for size in source.shape)
            return self.module.from_array(source, chunks=chunks)
        return self.module.asarray(source)

    def to_numpy(self, *arrays: Any) -> list[Any]:
        """Each array as NumPy's, in its own dtype; a result of another library is a failure."""
        kind = type(self.array(0.0, "float32"))
        assert all(type(array) is kind for array in arrays), [type(array) for array in arrays]
        if self is Library.DASK:
            return list(_computed(arrays))
        return [np.asarray(self._read(array)) for array in arrays]

    def _read(self, array: Any) -> Any:
        if self is Library.MLX and array.dtype == self.module.bfloat16:
            # MLX cannot hand bfloat16 over.
            return np.array(array.astype(self.module.float32)).astype(ml_dtypes.bfloat16)
        return array.get() if self is Library.CUPY else array

    def doubles(self, *arrays: Any) -> Any:
        """The arrays' values as NumPy float64; a single one alone."""
        found = [array.astype(np.float64) for array in self.to_numpy(*arrays)]
        return found if len(found) != 1 else found[0]


def _computed(arrays: tuple[Any, ...]) -> Iterable[Any]:
    """All in one run; what they promised before must be what they are."""
    import dask

    for lazy, result in zip(arrays, dask.compute(*arrays, scheduler="synchronous"), strict=True):
        assert (result.dtype, result.shape) == (lazy.dtype, lazy.shape)
        yield np.asarray(result)
