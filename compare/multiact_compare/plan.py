"""What a run measures: cases, and the ways in which each backend evaluates them.

Shared by the parent, which knows from it what to expect, and by the workers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from multiact_compare import customs, rows
from multiact_compare.dtypes import DTYPES

Quantity: TypeAlias = Literal["value", "derivative", "second"]
Where: TypeAlias = Literal["nan", "kink", "subnormal", "underflow", "root", "finite"]
"""The places where results can fail: NaN came in, x is a kink, is subnormal, the truth is
subnormal, x is next to a root that parameters in arrays make, or any other x."""

WHERES: tuple[Where, ...] = ("nan", "kink", "subnormal", "underflow", "root", "finite")

Kind: TypeAlias = Literal["elementwise", "rowwise"]
TierName: TypeAlias = Literal["default", "precise", "native", "port"]
Mode: TypeAlias = Literal["eager", "compiled"]

BACKENDS = ("numpy", "torch", "tensorflow", "jax", "array_api")
QUANTITIES: tuple[Quantity, ...] = ("value", "derivative", "second")
MODES: tuple[Mode, ...] = ("eager", "compiled")

NEVER_COMPILED = frozenset({"numpy", "array_api"})
WIDE_ONLY = frozenset({"array_api"})
"""Frameworks without 16-bit dtypes."""

LONG_ONLY = frozenset({"array_api"})
"""Frameworks whose arithmetic is that of NumPy, which is measured in every layout."""

STRIDED = frozenset({"numpy", "torch"})
"""Frameworks whose arrays may have strides."""

SHORT_STEPS: dict[Quantity, int] = {"value": 1, "derivative": 3, "second": 10}
"""One by one, a derivative costs many times a value: of the short points, every so many."""

SLOW_STEPS: dict[Quantity, int] = {"value": 1, "derivative": 6}
"""The same for frameworks that need about a millisecond for each."""

SLOW = frozenset({"tensorflow", "jax"})

PROBED = "float32"
"""The dtype in which a default run also measures what it leaves out in the others."""

COMMON = frozenset(
    (
        "sigmoid", "tanh", "relu", "leaky_relu", "prelu", "rrelu", "elu", "selu", "softplus",
        "silu", "mish", "gelu", "softmax", "maxout",
    )
)  # fmt: skip
"""The functions that a default run compiles in every dtype; the others in :data:`PROBED`."""

NATIVE_COMPILED = ("float32",)
"""The dtypes in which the frameworks' own functions are measured compiled, and on JAX, which
compiles eager operations too, their second derivatives."""

SHORT_BITS = 8
"""A parameter of no more bits is the same number in an array of any dtype."""

ROW_STEP = 11
"""Every so many rows of a block are also evaluated alone, as vectors."""


@dataclass(frozen=True)
class Case:
    """One function with one setting of its parameters, and its kinks with that setting.

    ``calls`` are what is measured in place of multiact's function, by backend, as text; backends
    without one are left out. ``few`` if it gets :func:`inputs.few` of the points. ``arrays`` are
    the parameters that are given as arrays of no dimensions, ``twin`` the key of the case with the
    same numbers, whose truth it shares.
    """

    key: str
    function: str
    kind: Kind
    params: Mapping[str, Any]
    kinks: tuple[float, ...]
    calls: Mapping[str, str] = field(default_factory=dict)
    few: bool = False
    arrays: tuple[str, ...] = ()
    twin: str = ""

    @property
    def label(self) -> str:
        """The parameters as a call would spell them, empty for the defaults."""
        spelled = {name: repr(value) for name, value in self.params.items()}
        spelled |= {name: f"array({spelled[name]})" for name in self.arrays}
        return ", ".join(f"{name}={value}" for name, value in spelled.items())

    @property
    def reference(self) -> str:
        """What the names of the files begin with that hold its truth."""
        return self.twin or self.key

    @property
    def first(self) -> bool:
        """Whether it is the first case of its function, mostly that of the defaults."""
        return self.key.endswith("-0")

    def inputs(self, name: str) -> str:
        """What the names of the files begin with that hold its points, if it is elementwise."""
        return f"{name}.few" if self.few else name

    @property
    def shape(self) -> rows.Shape:
        """What the rows of a rowwise function look like."""
        return rows.shape(self.function, self.params)


@dataclass(frozen=True)
class Variant:
    """One way of evaluating a case: mode, layout of the input, and how many of the points.

    ``step`` thins out the points of layouts that are evaluated one by one; ``longest`` leaves only
    the longest rows.
    """

    mode: Mode
    layout: str
    quantity: Quantity
    step: int = 1
    longest: bool = False


@dataclass(frozen=True)
class Measurement:
    """One array of results: a case in one dtype, in one variant."""

    case: Case
    dtype: str
    variant: Variant

    @property
    def lengths(self) -> tuple[int, ...]:
        """The row lengths that are measured, if the function works on rows."""
        if self.variant.layout == "row":
            return rows.ALONE_LENGTHS
        if self.variant.mode == "compiled" or self.variant.longest:
            return rows.COMPILED_LENGTHS
        return rows.SECOND_LENGTHS if self.variant.quantity == "second" else rows.LENGTHS

    @property
    def file(self) -> str:
        """Where its bits lie in the backend's folder."""
        variant = self.variant
        stem = f"{self.case.key}.{self.dtype}.{variant.mode}.{variant.layout}"
        return f"{stem}.{variant.quantity}.npy"


def cases(
    records: Mapping[str, Any],
    names: Iterable[str],
    kinks: Callable[[str, Mapping[str, Any]], tuple[float, ...]],
    few: bool = False,
    arrays: bool = False,
) -> list[Case]:
    """The cases of the named functions, as their records list them.

    If ``few``, less common functions get few points with further settings. If ``arrays``, one
    setting of each function that takes arrays for parameters is there a second time, as arrays.
    """
    found = []
    for name in names:
        mine = [
            # Keys are parts of file names, in which the colon of a user's function has no place.
            Case(
                f"{name.replace(':', '.')}-{index}",
                name,
                records[name].kind,
                dict(params),
                kinks(name, params),
                few=few and index > 0 and not compiled_in_all(name),
            )
            for index, params in enumerate(records[name].cases)
        ]
        found += mine
        if arrays:
            found += _in_arrays(mine, records[name].tensor_parameters)
    return found


def _in_arrays(mine: Iterable[Case], tensor_parameters: Iterable[str]) -> list[Case]:
    """The first case whose numbers are the same in every dtype, with arrays in their place."""
    for case in mine:
        arrays = tuple(name for name in tensor_parameters if name in case.params)
        if arrays and all(_is_short(case.params[name]) for name in arrays):
            return [replace(case, key=f"{case.key}-arrays", arrays=arrays, twin=case.key)]
    return []


def _is_short(number: float) -> bool:
    mantissa, _ = math.frexp(number)
    return math.ldexp(mantissa, SHORT_BITS).is_integer()


def variants(
    backend: str, kind: Kind, modes: Iterable[Mode], tier: TierName = "default"
) -> Iterator[Variant]:
    """All ways in which a backend evaluates functions of a kind."""
    modes = tuple(modes)
    if tier == "precise":
        yield from _precise_variants(backend, modes)
        return
    if tier in ("native", "port"):
        native = list(_native_variants(backend, kind, modes))
        # To port a call is a question of what it gives, not of how it is compiled and laid out.
        yield from native if tier == "native" else [v for v in native if _plain(v)]
        return
    quantities = tuple(q for q in QUANTITIES if unavailable(backend, kind, q) is None)
    if "eager" in modes:
        for layout in ("long", "strided") if backend in STRIDED else ("long",):
            yield from (Variant("eager", layout, quantity) for quantity in quantities)
        steps = SLOW_STEPS if backend in SLOW else SHORT_STEPS
        if backend in LONG_ONLY:
            steps = {}
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


def _precise_variants(backend: str, modes: tuple[Mode, ...]) -> Iterator[Variant]:
    """Values and first derivatives of all points; the arithmetic is the same in every layout."""
    for quantity in QUANTITIES[:2]:
        if "eager" in modes:
            yield Variant("eager", "long", quantity)
        if "compiled" in modes and backend not in NEVER_COMPILED:
            yield Variant("compiled", "long", quantity)


def _native_variants(backend: str, kind: Kind, modes: tuple[Mode, ...]) -> Iterator[Variant]:
    """What shows how a framework's own function behaves; NumPy's have no derivatives."""
    quantities = QUANTITIES[:1] if backend == "numpy" else QUANTITIES
    if "eager" in modes:
        yield from (Variant("eager", "long", quantity) for quantity in quantities)
        if backend in STRIDED:
            yield from (Variant("eager", "strided", quantity) for quantity in quantities[:2])
        if kind == "elementwise":
            yield Variant("eager", "length-1", "value")
    if "compiled" in modes and backend not in NEVER_COMPILED:
        yield from (Variant("compiled", "long", quantity) for quantity in quantities[:2])


def _plain(variant: Variant) -> bool:
    return (variant.mode, variant.layout) == ("eager", "long") and variant.quantity != "second"


def unavailable(backend: str, kind: Kind, quantity: Quantity) -> str | None:
    """Why a backend has no such quantity at all, or ``None`` if it has."""
    if backend == "numpy" and kind == "rowwise" and quantity == "second":
        return "NumPy has no automatic differentiation, so rows have first derivatives only"
    if backend == "array_api" and quantity == "second":
        return "second derivatives are NumPy's, by the same dual numbers"
    return None


def thorough_only(backend: str, measurement: Measurement, tier: TierName = "default") -> bool:
    """Whether only a thorough run measures this.

    What costs a compilation, half a second to a second, is measured for a function's first case;
    for the others on TensorFlow and JAX values and derivatives of whole arrays in one dtype. Second
    derivatives are compiled in one dtype, on JAX in all of them, where one program for all
    functions is cheaper than the operations one by one. JAX also compiles eager calls, once for
    each shape: length-1 arrays and rows alone are evaluated in one dtype. Less is measured in the
    default tier of what is not in :data:`COMMON`. Of the precise tier, eager, and of parameters in
    arrays nothing is left out.
    """
    case, variant = measurement.case, measurement.variant
    if case.arrays or (tier == "precise" and variant.mode == "eager"):
        return False
    if case.calls:
        costly = variant.mode == "compiled" or (backend == "jax" and variant.quantity == "second")
        return costly and measurement.dtype not in NATIVE_COMPILED
    probed, whole = measurement.dtype == PROBED, variant.layout in ("long", "strided")
    second, single = variant.quantity == "second", variant.layout in ("length-1", "0-d")
    if tier == "default" and not compiled_in_all(case.function) and _rarer(backend, measurement):
        return True
    if variant.mode == "compiled":
        return not case.first or (second and not probed and backend != "jax")
    if not case.first:
        if backend in SLOW:
            return not probed or not whole or second
        return single and variant.quantity != "value"
    if backend == "jax" and not probed:
        # A jitted function anew for each shape: of the short ones, 0-d remains.
        return second or variant.layout in ("length-1", "row")
    return False


def _rarer(backend: str, measurement: Measurement) -> bool:
    """Whether a default run leaves this out for functions that are not in :data:`COMMON`.

    What remains outside of one dtype are values and derivatives, eager, of whole arrays, and where
    that is cheap of short ones. In that dtype second derivatives are taken once, on JAX compiled
    and elsewhere eager, and of the short arrays JAX, which compiles each kind anew, gets one kind.
    """
    variant = measurement.variant
    second, short = variant.quantity == "second", variant.layout in ("length-1", "0-d")
    if measurement.dtype != PROBED:
        costly = variant.layout == "strided" or (short and backend not in NEVER_COMPILED)
        return second or costly or variant.mode == "compiled"
    if variant.mode == "compiled" or backend == "jax":
        if second:
            return (variant.mode == "compiled") != (backend == "jax")
        return short and (variant.layout == "length-1" or variant.quantity != "value")
    return short and not measurement.case.first


def _longest_only(backend: str, measurement: Measurement) -> bool:
    """Whether only a thorough run measures rows of all lengths, each of which JAX compiles."""
    case, variant = measurement.case, measurement.variant
    if backend != "jax" or case.kind != "rowwise" or case.calls or variant.quantity == "second":
        return False
    common = case.first and compiled_in_all(case.function)
    return (variant.mode, variant.layout) == ("eager", "long") and not common


def compiled_in_all(function: str) -> bool:
    """Whether a default run compiles a function in every dtype: common ones, and a user's own."""
    return function in COMMON or customs.is_custom(function)


def measurements(
    backend: str,
    chosen: Iterable[Case],
    dtypes: Iterable[str],
    modes: Iterable[Mode],
    tier: TierName = "default",
    thorough: bool = False,
) -> list[Measurement]:
    """Everything that one backend is asked to evaluate."""
    chosen, modes = tuple(chosen), tuple(modes)
    everything = [
        Measurement(case, dtype, variant)
        for dtype in dtypes
        if backend not in WIDE_ONLY or DTYPES[dtype].width > 16
        for case in chosen
        if not case.calls or backend in case.calls
        for variant in variants(backend, case.kind, modes, tier)
        # What is done to arrays neither depends on the layout of x nor on the mode.
        if not case.arrays or (variant.mode, variant.layout) == ("eager", "long")
    ]
    if thorough:
        return everything
    brief = (m for m in everything if not thorough_only(backend, m, tier))
    return [
        replace(m, variant=replace(m.variant, longest=True))
        if tier == "default" and _longest_only(backend, m)
        else m
        for m in brief
    ]
