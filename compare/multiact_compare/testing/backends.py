"""One framework in somebody's test: its arrays, its compiled mode, its derivatives."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

import multiact
from multiact_compare.adapters import ADAPTERS, Adapter
from multiact_compare.dtypes import DTYPES
from multiact_compare.plan import NEVER_COMPILED
from multiact_compare.testing import names

ROOTS = {"jaxlib": "jax", "array_api_strict": "array_api"}
"""The modules that array types say they are of, where that is not the backend's name."""

WIDE = frozenset({"float64", "int64", "uint64"})

TORCH_SAYS = (
    ".*Function'> should not be instantiated",
    r".torch\.jit\.\w+. is (deprecated|not supported)",
)
"""What PyTorch warns of while it differentiates and compiles: its own doing, not the caller's."""


class Backend:
    """One framework, by its name: ``Backend("torch").array([0.5], "bfloat16")``.

    On JAX, 64-bit types are switched on from the first 64-bit array to :meth:`close`.
    """

    def __init__(self, name: str) -> None:
        wrong = names.problem(name)
        if wrong:
            raise ValueError(wrong)
        self.name = name
        self._adapter = _adapter(name)
        self._open = ExitStack()
        self._wide = False

    def __repr__(self) -> str:
        return f"Backend({self.name!r})"

    @property
    def module(self) -> Any:
        """The framework's own module."""
        return importlib.import_module(names.MODULES[self.name])

    @property
    def compiles(self) -> bool:
        """Whether there is a compiled mode; without one :meth:`compile` returns its argument."""
        return self.name not in NEVER_COMPILED

    @property
    def differentiates(self) -> bool:
        """Whether any function of the framework can be differentiated, not only multiact's."""
        return self.name not in ("numpy", "array_api")

    def owns(self, value: object) -> bool:
        """Whether this is an array of the framework."""
        return self._adapter.owns(value)

    def array(self, data: Any, dtype: str | None = None) -> Any:
        """A new array of the framework.

        Parameters
        ----------
        data : NumPy array, number or nested list of numbers
            The values.
        dtype : str, optional
            The name of the dtype, ``"bfloat16"`` included. Without one a NumPy array keeps its
            own, and numbers become float32, int64 or bool.
        """
        known = DTYPES.get(dtype or "")
        values = np.array(data, known.native if known else dtype, order="C")
        if dtype is None and values.dtype == np.float64 and not hasattr(data, "dtype"):
            values = values.astype(np.float32)
        known = DTYPES.get(values.dtype.name)
        if values.dtype.kind not in "biuf" and known is None:
            raise TypeError(
                f"got data of dtype {values.dtype}; allowed are floating dtypes "
                f"({', '.join(DTYPES)}), integers and bool"
            )
        if values.dtype.name in WIDE and not self._wide:
            self._open.enter_context(self._adapter.wide())
            self._wide = True
        if known is None:
            return self._adapter.integers(values)
        return self._adapter.array(values.view(known.carrier), known)

    def to_numpy(self, array: Any) -> NDArray[Any]:
        """An array of the framework as NumPy's, in its dtype (bfloat16 as that of ml_dtypes)."""
        if not self.owns(array):
            raise TypeError(f"got {kind_of(array)}, expected an array of {self.name}")
        known = DTYPES.get(self.dtype_name(array))
        if known is None:
            return self._adapter.to_numpy(array)
        return self._adapter.bits(array, known).view(known.native)

    def dtype_name(self, array: Any) -> str:
        """The name of an array's dtype, as NumPy spells it."""
        return self._adapter.dtype_name(array)

    def compile(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function compiled: ``torch.compile(fullgraph=True)``, ``tf.function`` with XLA,
        ``jax.jit``."""
        if not self.compiles:
            return function
        compiled = self._adapter.compile(function)

        def quietly(*arguments: Any, **options: Any) -> Any:
            with quiet():
                return compiled(*arguments, **options)

        return quietly

    def derivative(
        self, function: Callable[..., Any], x: Any, order: int = 1, **params: Any
    ) -> Any:
        """See :func:`multiact.derivative`."""
        with quiet():
            return multiact.derivative(function, x, order=order, **params)

    def vjp(self, function: Callable[..., Any], x: Any, cotangent: Any, **params: Any) -> Any:
        """See :func:`multiact.vjp`."""
        with quiet():
            return multiact.vjp(function, x, cotangent, **params)

    def close(self) -> None:
        """Put back what was switched on for arrays of 64 bits."""
        self._open.close()
        self._wide = False

    def __enter__(self) -> Backend:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()


@contextmanager
def quiet() -> Iterator[None]:
    """Without the warnings that PyTorch gives about itself, which some runs turn into errors."""
    with warnings.catch_warnings():
        for message in TORCH_SAYS:
            warnings.filterwarnings("ignore", message, DeprecationWarning)
        yield


def owner(value: object) -> str | None:
    """The name of the backend to which an array belongs."""
    if isinstance(value, (int, float)):
        return "numpy"
    for base in type(value).__mro__:
        root = base.__module__.partition(".")[0]
        name = ROOTS.get(root, root)
        if name in ADAPTERS and _adapter(name).owns(value):
            return name
    return None


def kind_of(value: object) -> str:
    """The type of a value, as one would import it."""
    kind = type(value)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else (f"{kind.__module__}.{kind.__qualname__}")
    )


@cache
def _adapter(name: str) -> Adapter:
    return ADAPTERS[name](alone=False)
