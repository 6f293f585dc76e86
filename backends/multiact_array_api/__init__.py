"""multiact on every other array of the array API standard: Dask, MLX, CuPy, array-api-strict."""

from __future__ import annotations

from abc import ABC
from typing import Any

from multiact.backend import build, welcome
from multiact_array_api import precise
from multiact_array_api.gradients import derivative, vjp
from multiact_array_api.lift import ArrayLift

_functions = build(__name__, ArrayLift())
globals().update(_functions)

__all__ = ["ARRAY_TYPES", "EXACT_TYPES", "derivative", "precise", "vjp", *_functions]


class ArrayApiType(ABC):  # noqa: B024
    """The class of all array types that array-api-compat knows how to use."""

    @classmethod
    def __subclasshook__(cls, kind: type) -> Any:
        if hasattr(kind, "__array_namespace__"):
            return True
        return any((root_of(base), base.__name__) in WITHOUT_METHOD for base in kind.__mro__)


def root_of(kind: type) -> str:
    """The name of the package that a class comes from."""
    return kind.__module__.partition(".")[0]


WITHOUT_METHOD = {("dask", "Array"), ("cupy", "ndarray")}
"""Array types that array-api-compat adapts to the standard."""

# None: the types are those of several libraries, and the table of exact types grows with each one.
EXACT_TYPES: dict[type, Any] = {}
ARRAY_TYPES = (ArrayApiType,)
welcome(__name__, ArrayLift())
