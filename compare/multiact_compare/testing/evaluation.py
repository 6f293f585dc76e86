"""Calling the caller's function on a backend, and what may be wrong with what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from multiact_compare.channel import describe
from multiact_compare.dtypes import Bits, DType
from multiact_compare.plan import Quantity
from multiact_compare.testing.backends import Backend, kind_of, quiet


@dataclass(frozen=True)
class Result:
    """What came out on one backend; ``label`` names it, and says so if it was compiled."""

    label: str
    bits: Bits


@dataclass(frozen=True)
class Question:
    """What is asked of a function: a quantity at these inputs, with these parameters."""

    dtype: DType
    quantity: Quantity
    inputs: Bits
    params: Mapping[str, Any]

    @property
    def words(self) -> str:
        """The question in a message."""
        what = {"value": "value", "derivative": "derivative", "second": "second derivative"}
        return f"{what[self.quantity]}, {self.dtype.name}"


def evaluate(function: Callable[..., Any], name: str, question: Question, compiled: bool) -> Result:
    """The result on a backend; ``AssertionError`` if there is none, or of another kind."""
    with Backend(name) as backend:
        label = f"{name} (compiled)" if compiled else name
        x = backend.array(question.inputs.view(question.dtype.native))
        params = {
            key: backend.array(value, question.dtype.name)
            if isinstance(value, np.ndarray) and value.dtype.kind == "f"
            else value
            for key, value in question.params.items()
        }

        def program(x: Any) -> Any:
            if question.quantity == "value":
                return function(x, **params)
            order = 1 if question.quantity == "derivative" else 2
            return backend.derivative(function, x, order, **params)

        called = backend.compile(program) if compiled else program
        try:
            with quiet():
                found = called(x)
        except Exception as error:
            raise AssertionError(
                f"{title(function)} raised on {label} ({question.words}) for an array of shape "
                f"{question.inputs.shape}: {describe(error)}\n"
                f"  try  call it once with multiact_compare.testing.Backend({name!r}).array([0.5], "
                f"{question.dtype.name!r}), where the traceback is short"
            ) from error
        return Result(label, _checked(found, function, backend, label, question))


def _checked(
    found: Any, function: Callable[..., Any], backend: Backend, label: str, question: Question
) -> Bits:
    start = f"{title(function)} on {label} ({question.words})"
    if not backend.owns(found):
        raise AssertionError(
            f"{start} returned {kind_of(found)}, no array of {backend.name}\n"
            "  try  compute with the functions of the framework of x, and return one array"
        )
    got = backend.dtype_name(found)
    if got != question.dtype.name:
        raise AssertionError(
            f"{start} returned {got} for {question.dtype.name}\n"
            "  try  cast constants and the result to the dtype of x, or name the dtypes that the "
            "function keeps: dtypes=(…)"
        )
    values = backend.to_numpy(found)
    return np.asarray(values, order="C").view(question.dtype.carrier)


def title(function: Callable[..., Any]) -> str:
    """The function's name in a message."""
    return getattr(function, "__name__", None) or repr(function)
