"""What the world needs to know about an activation function, declared once beside it."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

INF = math.inf


@dataclass(frozen=True)
class Record:
    """The facts about one activation function that hold on every framework.

    ``cases`` are the parameter settings that the parity report measures: the first is the
    function as called with its defaults wherever it has defaults for everything.
    ``limits`` are the values at −inf and +inf, and ``range`` the closure of the image, both for
    the default parameters; ``None`` where the idea does not apply (functions of whole rows).
    """

    name: str
    family: str
    kind: Literal["elementwise", "rowwise"]
    formula: str
    signature: inspect.Signature
    aliases: tuple[str, ...] = ()
    kinks: tuple[float, ...] = ()
    limits: tuple[float, float] | None = None
    range: tuple[float, float] | None = None
    monotonic: bool | None = None
    zero_centred: bool | None = None
    tensor_parameters: tuple[str, ...] = ()
    keeps_integers: bool = False
    cases: tuple[Mapping[str, Any], ...] = field(default_factory=lambda: (MappingProxyType({}),))
    paper: str = ""


_records: dict[str, Record] = {}
records: Mapping[str, Record] = MappingProxyType(_records)
"""Every function of the catalogue: canonical name -> :class:`Record`, in the catalogue's order."""


def activation(
    *,
    kind: Literal["elementwise", "rowwise"] = "elementwise",
    cases: tuple[Mapping[str, Any], ...] = ({},),
    **facts: Any,
) -> Callable[[Function], Function]:
    """Register the record of a front-end function and return the function untouched."""

    def register(function: Function) -> Function:
        name = function.__name__
        _records[name] = Record(
            name=name,
            family=function.__module__.rpartition(".")[2],
            kind=kind,
            signature=inspect.signature(function),
            cases=tuple(MappingProxyType(dict(case)) for case in cases),
            **facts,
        )
        return function

    return register


def canonical_name(name: str) -> str:
    """The catalogue's name for a name or alias; ``KeyError`` if it has neither."""
    if name in _records:
        return name
    for record in _records.values():
        if name in record.aliases:
            return record.name
    raise KeyError(name)
