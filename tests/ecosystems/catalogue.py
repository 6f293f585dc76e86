"""Calls of the catalogue that a program of any framework can hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import multiact


class Call(NamedTuple):
    """One function with one setting of its parameters."""

    record: multiact.Record
    params: dict[str, Any]

    @property
    def name(self) -> str:
        """The function's name."""
        return self.record.name

    @property
    def function(self) -> Callable[..., Any]:
        """The function itself."""
        return self.record.function

    @property
    def elementwise(self) -> bool:
        """Whether no element of the result depends on another one of x."""
        return self.record.kind == "elementwise"

    def __str__(self) -> str:
        return ", ".join([self.name, *(f"{key}={value}" for key, value in self.params.items())])


def calls(first_only: bool = True) -> list[Call]:
    """Every function, with the first setting of its record or with all of them."""
    return [
        Call(record, dict(case))
        for record in multiact.records.values()
        for case in record.cases[: 1 if first_only else None]
    ]
