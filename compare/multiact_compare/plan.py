"""What a run measures: cases, and the ways in which each backend evaluates them.

Shared by the parent, which knows from it what to expect, and by the workers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from multiact_compare import rows

Quantity: TypeAlias = Literal["value", "derivative", "second"]
Where: TypeAlias = Literal["nan", "kink", "subnormal", "finite"]
"""The places where results can fail: NaN came in, x is a kink, is subnormal, or any other x."""

WHERES: tuple[Where, ...] = ("nan", "kink", "subnormal", "finite")

Kind: TypeAlias = Literal["elementwise", "rowwise"]
Mode: TypeAlias = Literal["eager", "compiled"]

BACKENDS = ("numpy", "torch", "tensorflow", "jax")
QUANTITIES: tuple[Quantity, ...] = ("value", "derivative", "second")
MODES: tuple[Mode, ...] = ("eager", "compiled")

NEVER_COMPILED = frozenset({"numpy"})
STRIDED = frozenset({"numpy", "torch"})
"""Frameworks whose arrays may have strides."""

SHORT_STEPS: dict[Quantity, int] = {"value": 1, "derivative": 3, "second": 10}
"""One by one, a derivative costs many times a value: of the short points, every so many."""

SLOW_STEPS: dict[Quantity, int] = {"value": 1, "derivative": 6}
"""The same for frameworks that need about a millisecond for each."""

SLOW = frozenset({"tensorflow", "jax"})

FIRST_CASE_ONLY: frozenset[tuple[str, Mode, str, Quantity]] = frozenset(
    {
        ("torch", "compiled", "long", "second"),
        ("tensorflow", "compiled", "long", "second"),
        ("jax", "eager", "long", "second"),
        ("jax", "eager", "length-1", "derivative"),
    }
)
"""Measured for the first case of a function only: half a second to a second of compilation for each
case and dtype. Another mode or layout of the same backend measures all cases."""

ROW_STEP = 11
"""Every so many rows of a block are also evaluated alone, as vectors."""


@dataclass(frozen=True)
class Case:
    """One function with one setting of its parameters."""

    key: str
    function: str
    kind: Kind
    params: Mapping[str, Any]
    kinks: tuple[float, ...]

    @property
    def label(self) -> str:
        """The parameters as a call would spell them, empty for the defaults."""
        return ", ".join(f"{name}={value!r}" for name, value in self.params.items())

    @property
    def first(self) -> bool:
        """Whether it is the first case of its function, mostly that of the defaults."""
        return self.key.endswith("-0")

    @property
    def group(self) -> int:
        """The number that a row's length must be a multiple of."""
        return int(self.params.get("pieces", 1))


@dataclass(frozen=True)
class Variant:
    """One way of evaluating a case: mode, layout of the input, and how many of the points.

    ``step`` thins out the points of layouts that are evaluated one by one.
    """

    mode: Mode
    layout: str
    quantity: Quantity
    step: int = 1


@dataclass(frozen=True)
class Measurement:
    """One array of results: a case in one dtype, in one variant."""

    case: Case
    dtype: str
    variant: Variant

    @property
    def lengths(self) -> tuple[int, ...]:
        """The row lengths that are measured, if the function works on rows."""
        if self.variant.mode == "compiled" or self.variant.quantity == "second":
            return rows.FEW_LENGTHS
        return rows.LENGTHS

    @property
    def file(self) -> str:
        """Where its bits lie in the backend's folder."""
        variant = self.variant
        stem = f"{self.case.key}.{self.dtype}.{variant.mode}.{variant.layout}"
        return f"{stem}.{variant.quantity}.npy"


def cases(records: Mapping[str, Any], names: Iterable[str]) -> list[Case]:
    """The cases of the named functions, as their records list them."""
    return [
        Case(f"{name}-{index}", name, records[name].kind, dict(params), records[name].kinks)
        for name in names
        for index, params in enumerate(records[name].cases)
    ]


def variants(backend: str, kind: Kind, modes: Iterable[Mode]) -> Iterator[Variant]:
    """All ways in which a backend evaluates functions of a kind."""
    modes = tuple(modes)
    quantities = tuple(q for q in QUANTITIES if unavailable(backend, kind, q) is None)
    if "eager" in modes:
        for layout in ("long", "strided") if backend in STRIDED else ("long",):
            yield from (Variant("eager", layout, quantity) for quantity in quantities)
        steps = SLOW_STEPS if backend in SLOW else SHORT_STEPS
        for quantity in (quantity for quantity in quantities if quantity in steps):
            # XLA compiles every shape anew: what is slow gets one more shape, not two.
            twice = quantity == "value" or backend not in SLOW
            if kind == "elementwise":
                yield Variant("eager", "length-1", quantity, steps[quantity])
            if twice:
                layout = "0-d" if kind == "elementwise" else "row"
                step = steps[quantity] if kind == "elementwise" else ROW_STEP
                yield Variant("eager", layout, quantity, step)
    if "compiled" in modes and backend not in NEVER_COMPILED:
        yield from (Variant("compiled", "long", quantity) for quantity in quantities)


def unavailable(backend: str, kind: Kind, quantity: Quantity) -> str | None:
    """Why a backend has no such quantity at all, or ``None`` if it has."""
    if backend == "numpy" and kind == "rowwise" and quantity == "second":
        return "NumPy has no automatic differentiation, so rows have first derivatives only"
    return None


def measurements(
    backend: str, chosen: Iterable[Case], dtypes: Iterable[str], modes: Iterable[Mode]
) -> list[Measurement]:
    """Everything that one backend is asked to evaluate."""
    chosen, modes = tuple(chosen), tuple(modes)
    return [
        Measurement(case, dtype, variant)
        for dtype in dtypes
        for case in chosen
        for variant in variants(backend, case.kind, modes)
        if case.first
        or (backend, variant.mode, variant.layout, variant.quantity) not in FIRST_CASE_ONLY
    ]
