"""Which functions can be a network's activation, and how they are called there."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

import multiact
from multiact import Record
from multiact_compare import customs

PROBE = (3, 6)
"""A shape whose last axis every function of whole rows can take, in halves and in thirds too."""


@dataclass(frozen=True)
class Activation:
    """A public function of multiact with the parameters it is trained with.

    These are the record's first: the defaults, and for what has none the values that the parity
    report measures first, 0.25 for the slope of prelu. They are fixed, none is learnt. ``rrelu``
    runs in its evaluation mode, the default, with the mean slope.
    """

    name: str
    function: Callable[..., Any]
    params: Mapping[str, Any]
    by_rows: bool

    def __call__(self, x: Any, channels: int = -1) -> Any:
        """The activation of an array whose axis ``channels`` runs over the units."""
        return self.function(x, **self._settings(channels))

    def pullback(self, x: Any, cotangent: Any, channels: int = -1) -> Any:
        """The gradient by x of the activation's product with ``cotangent``.

        With ones for the cotangent it is the derivative of an elementwise function.
        """
        settings = self._settings(channels)
        return multiact.vjp(self.function, x, cotangent, **settings).x

    def _settings(self, channels: int) -> dict[str, Any]:
        return {**self.params, "axis": channels} if self.by_rows else dict(self.params)


def activation(name: str) -> Activation:
    """The activation of a name or an alias of the catalogue, or of your_module:your_function.

    Raises
    ------
    ValueError
        The catalogue has no such function, or it has one that a layer cannot be followed by.
    """
    record: Record | None
    if customs.is_custom(name):
        try:
            record = customs.load(name).record
        except customs.UnknownCustomError as error:
            raise ValueError(str(error)) from None
    else:
        record = next((r for r in multiact.records.values() if name in (r.name, *r.aliases)), None)
    if record is None:
        raise ValueError(f"activation {name!r} is not in the catalogue; allowed are {_listed()}")
    reason = _objection(record)
    if reason is not None:
        raise ValueError(
            f"activation {name!r} {reason}, so it cannot stand after a layer of this network; "
            f"allowed are {_listed()}"
        )
    params = record.cases[0]
    return Activation(record.name, record.function, params, record.kind == "rowwise")


def usable() -> Iterator[str]:
    """The names of all functions that can be an activation here."""
    for name, record in sorted(multiact.records.items()):
        if _objection(record) is None:
            yield name


def _objection(record: Record) -> str | None:
    """Why a function cannot follow a layer, or ``None`` if it can."""
    if "noise" in inspect.signature(record.function).parameters:
        return "draws new noise in every call, which no two frameworks do alike"
    shape = record.function(np.zeros(PROBE), **record.cases[0]).shape
    if shape != PROBE:
        return f"changes the shape (of {PROBE} into {shape})"
    return None


def _listed() -> str:
    return ", ".join(usable())
