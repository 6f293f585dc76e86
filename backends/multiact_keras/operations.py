"""The functions of the catalogue as operations in the graph of a functional model."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import keras

import multiact
from multiact import _custom
from multiact._record import Record


@keras.saving.register_keras_serializable(package="multiact")
class CatalogueOperation(keras.Operation):
    """A function in a graph; saved models hold its name and parameters."""

    def __init__(self, function: str, name: str | None = None) -> None:
        super().__init__(name=name)
        self.function = function

    def call(self, x: Any, *args: Any, **params: Any) -> Any:
        """The function on the arrays of Keras's framework."""
        return _custom.find(self.function).function(x, *args, **params)

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the operation."""
        return {"function": self.function, "name": self.name}


def functions(package: str) -> dict[str, Callable[..., Any]]:
    """Every function of the catalogue, for the types of Keras."""
    return {name: function_of(package, record) for name, record in multiact.records.items()}


def function_of(package: str, record: Record) -> Callable[..., Any]:
    @functools.wraps(record.function)
    def function(x: Any, *args: Any, **params: Any) -> Any:
        values = (x, *args, *params.values())
        if any(isinstance(value, keras.KerasTensor) for value in values):
            # What stands at its default says nothing, and a saved model shall not hold it.
            bound = record.signature.bind(x, *args, **params).arguments
            defaults = record.signature.parameters
            given = {n: v for n, v in bound.items() if n != "x" and v is not defaults[n].default}
            return CatalogueOperation(record.name)(x, **given)
        return record.function(
            _value(x), *map(_value, args), **{name: _value(v) for name, v in params.items()}
        )

    function.__module__ = package
    return function


def _value(value: Any) -> Any:
    """The framework's own array in a variable."""
    return value.value if isinstance(value, keras.Variable) else value
