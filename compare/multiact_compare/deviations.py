"""Known deviations from the contract, each with its reason.

The table is strict: a row excuses the failures that it describes, and the run fails once a row
describes none, so that a repaired backend loses its row the same day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from multiact_compare.plan import BACKENDS, Quantity, TierName, Where

ANY = "*"


@dataclass(frozen=True)
class Deviation:
    """One known deviation of a tier. Function, dtype and mode may be ``"*"``, for all of them."""

    backend: str
    function: str
    dtype: str
    quantity: Quantity
    mode: str
    where: Where
    reason: str
    tier: TierName = "default"

    def covers(self, backend: str, function: str, dtype: str, quantity: str, mode: str) -> bool:
        """Whether results measured under these names are the row's business."""
        return (
            (self.backend, self.quantity) == (backend, quantity)
            and self.function in (ANY, function)
            and self.dtype in (ANY, dtype)
            and self.mode in (ANY, mode)
        )


NATIVE_AT_NAN = (
    "the native kernel's derivative at NaN is that of one side; NaN goes on in the value, and a "
    "derivative of our own would cost its speed"
)
TRACED = (
    "around torch.func, Dynamo differentiates the formula's value, whose pieces all exclude NaN; "
    "NaN goes on in the value"
)
FLUSHED = (
    "the framework takes subnormal inputs as 0 in comparisons, so they get the derivative at the "
    "kink; only integer comparisons of the bits could tell them apart"
)
SUBNORMAL = (
    "the framework takes subnormal float64 numbers as 0, in operands and in results; narrower "
    "dtypes are computed in float64, where theirs are normal"
)
KINKED = (
    "relu", "leaky_relu", "prelu", "rrelu", "elu", "selu", "relu6", "clipped_relu", "threshold",
)  # fmt: skip
BENT = ("elu", "selu", "celu", "xielu", "squared_relu", "star_relu", "softsign")
NATIVE = (
    "relu", "leaky_relu", "rrelu", "elu", "selu", "celu", "relu6", "clipped_relu", "hard_tanh",
    "hard_silu", "threshold", "thresholded_relu", "softshrink", "hardshrink", "identity",
)  # fmt: skip
CUT = ("prelu", "hard_sigmoid", "sparse_sigmoid", "softshrink", "shrink")
SHORT = (
    "some 75 bits are carried where parameters in arrays make a root, and next to it a float64 "
    "needs 110; numbers get these from integers, which cannot look into an array that is traced "
    "or on a device, and arithmetic of so many bits would take minutes to compile"
)
PRECISE_QUANTITIES: tuple[Quantity, ...] = ("value", "derivative")
FLUSHED_PLACES: tuple[Where, ...] = ("subnormal", "underflow")

DEVIATIONS: tuple[Deviation, ...] = (
    *(Deviation("torch", name, ANY, "derivative", ANY, "nan", NATIVE_AT_NAN) for name in NATIVE),
    *(Deviation("torch", name, ANY, "derivative", "compiled", "nan", TRACED) for name in CUT),
    *(
        Deviation("tensorflow", name, ANY, "derivative", ANY, "nan", NATIVE_AT_NAN)
        for name in ("relu", "leaky_relu", "rrelu", "relu6", "identity")
    ),
    Deviation("jax", "relu", ANY, "derivative", ANY, "nan", NATIVE_AT_NAN),
    *(
        Deviation(backend, name, ANY, "derivative", ANY, "subnormal", FLUSHED)
        for backend in ("tensorflow", "jax")
        for name in KINKED
    ),
    *(
        Deviation(backend, name, ANY, "second", ANY, "subnormal", FLUSHED)
        for backend in ("tensorflow", "jax")
        for name in BENT
    ),
    *(
        Deviation(backend, ANY, "float64", quantity, ANY, where, SUBNORMAL, "precise")
        for backend in ("tensorflow", "jax")
        for quantity in PRECISE_QUANTITIES
        for where in FLUSHED_PLACES
    ),
    *(
        Deviation(backend, name, "float64", quantity, "eager", "root", SHORT, "precise")
        for backend in BACKENDS
        for name in ("xielu", "acon_c")
        for quantity in PRECISE_QUANTITIES
    ),
)


FLUSHED_QUANTITIES: tuple[Quantity, ...] = ("derivative", "second")


def of_custom(name: str) -> tuple[Deviation, ...]:
    """What no activation of a user can do better; whether it deviates depends on its kinks."""
    return tuple(
        Deviation(backend, name, ANY, quantity, ANY, "subnormal", FLUSHED)
        for backend in ("tensorflow", "jax")
        for quantity in FLUSHED_QUANTITIES
    )


def excuse(
    rows: Iterable[Deviation],
    backend: str,
    function: str,
    dtype: str,
    quantity: str,
    mode: str,
) -> dict[Where, Deviation]:
    """The rows that apply to these results, by the kind of place where they fail."""
    return {row.where: row for row in rows if row.covers(backend, function, dtype, quantity, mode)}
