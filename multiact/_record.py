"""What the world needs to know about an activation function, declared once beside it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from multiact._typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import inspect
    from typing import Literal, TypeVar

    Function = TypeVar("Function", bound=Callable[..., Any])

INF = math.inf


# A NamedTuple, since dataclasses would triple the time that `import multiact` takes.
class Record(NamedTuple):
    """The facts about one activation function that hold on every framework.

    ``cases`` are the parameter settings that the parity report measures: the first is the
    function as called with its defaults wherever it has defaults for everything.
    ``limits`` are the values at −inf and +inf, and ``range`` the closure of the image, both for
    the first case; ``None`` where the idea does not apply (functions of whole rows).
    ``kink_gradient`` says in words which derivative belongs to a kink. ``smoothness`` is
    "discontinuous", "C0" (continuous, with kinks), "C1", "C2" or "C∞"; ``derivative_range`` the
    smallest and the largest derivative, as infimum and supremum where they are not attained;
    ``derivative_roots`` where the derivative changes sign, or touches 0 at a single point; and
    ``zeros`` the share of inputs from N(0, 1) that become exactly 0: all for the first case.
    """

    name: str
    function: Callable[..., Any]
    family: str
    kind: Literal["elementwise", "rowwise"]
    formula: str
    aliases: tuple[str, ...] = ()
    kinks: tuple[float, ...] = ()
    kink_gradient: str = "smooth"
    limits: tuple[float, float] | None = None
    range: tuple[float, float] | None = None
    monotonic: bool | None = None
    zero_centred: bool | None = None
    smoothness: Literal["discontinuous", "C0", "C1", "C2", "C∞"] | None = None
    derivative_range: tuple[float, float] | None = None
    derivative_roots: tuple[float, ...] = ()
    zeros: float | None = None
    tensor_parameters: tuple[str, ...] = ()
    keeps_integers: bool = False
    cases: tuple[Mapping[str, Any], ...] = (MappingProxyType({}),)
    paper: str = ""

    @property
    def signature(self) -> inspect.Signature:
        """The parameters, with their defaults, that the function has on every backend."""
        import inspect

        return inspect.signature(self.function)

    @property
    def bounded(self) -> bool | None:
        """Whether the range is finite on both sides."""
        return None if self.range is None else all(map(math.isfinite, self.range))

    @property
    def saturates(self) -> tuple[str, ...]:
        """The sides, "left" and "right", on which the value approaches a finite limit."""
        ends = zip(("left", "right"), self.limits or (), strict=False)
        return tuple(side for side, limit in ends if math.isfinite(limit))

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return (self.function.__doc__ or "").partition("\n")[0]


_records: dict[str, Record] = {}
records: Mapping[str, Record] = MappingProxyType(_records)
"""Every function of the catalogue: canonical name -> :class:`Record`."""

rowwise: dict[str, Callable[..., Any]] = {}
"""The functions of whole rows; a plain dict, because Dynamo cannot trace a read-only one."""


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
            function=function,
            family=function.__module__.rpartition(".")[2],
            kind=kind,
            cases=tuple(MappingProxyType(dict(case)) for case in cases),
            **facts,
        )
        if kind == "rowwise":
            rowwise[name] = function
        return function

    return register
