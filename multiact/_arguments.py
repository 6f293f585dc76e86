"""Checks of arguments that every backend shares."""

from __future__ import annotations

import math
import operator
from typing import Any

from multiact import _errors
from multiact.formulas._kinds import Lift


def check_axis(function: str, axis: Any, rank: int) -> int:
    """The axis counted from the front."""
    if isinstance(axis, bool):
        raise _errors.axis_type(function, axis)
    try:
        index = operator.index(axis)
    except TypeError:
        raise _errors.axis_type(function, axis) from None
    if not -rank <= index < rank:
        raise _errors.axis_range(function, index, rank)
    return index % rank


def row_axis(lift: Lift, function: str, axis: Any, x: Any) -> Any:
    """The axis of x's rows; as it came where not even the rank is known while tracing."""
    shape = lift.shape(x)
    return axis if shape is None else check_axis(function, axis, len(shape))


def check_broadcast(
    function: str,
    name: str,
    shape: tuple[int | None, ...] | None,
    x_shape: tuple[int | None, ...] | None,
) -> None:
    """The parameter must broadcast to x's shape; sizes unknown while tracing pass."""
    if shape is None or x_shape is None or not shape:
        return
    fits = len(shape) <= len(x_shape) and all(
        size is None or size == 1 or length is None or size == length
        for size, length in zip(reversed(shape), reversed(x_shape), strict=False)
    )
    if not fits:
        raise _errors.parameter_shape(function, name, shape, x_shape)


def per_channel(lift: Lift, function: str, name: str, value: Any, x: Any, axis: Any) -> Any:
    """Lay a one-dimensional parameter along ``axis`` of x; leave scalars and other ranks."""
    x_shape = lift.shape(x)
    if x_shape is None:
        return value
    rank = len(x_shape)
    # A scalar x has no channels; axis stays at its default there.
    index = check_axis(function, axis, rank) if rank or axis != -1 else 0
    if not lift.is_array(value):
        return value
    shape = lift.shape(value)
    if shape is None or len(shape) != 1 or rank == 0:
        return value
    length, channels = shape[0], x_shape[index]
    if length is None or length == 1:
        return value
    if channels is not None and length != channels:
        raise _errors.channel_count(function, name, length, index, x_shape)
    return lift.reshape(value, (length,) + (1,) * (rank - index - 1))


def check_interval(function: str, lower: Any, upper: Any) -> None:
    """Two finite numbers in order."""
    for name, value in (("lower", lower), ("upper", upper)):
        if not isinstance(value, (int, float)):
            raise _errors.scalar(function, name, value)
    if not (math.isfinite(lower) and math.isfinite(upper) and lower <= upper):
        raise ValueError(
            f"{function} got lower={lower!r} and upper={upper!r}. Allowed are finite numbers "
            f"with lower ≤ upper; swap or correct them."
        )


def check_numbers(function: str, **values: Any) -> None:
    """Each is a Python number, which other numbers can be compared with."""
    for name, value in values.items():
        if not isinstance(value, (int, float)):
            raise _errors.scalar(function, name, value)
        if value != value:
            raise _errors.number(function, name, value, "any number that is not NaN")


def check_positive(function: str, name: str, value: Any) -> None:
    """A finite number above 0."""
    if not isinstance(value, (int, float)):
        raise _errors.scalar(function, name, value)
    if not 0 < value < math.inf:
        raise _errors.number(function, name, value, "a positive, finite number")


def check_finite(function: str, name: str, value: float) -> None:
    """Neither infinite nor NaN."""
    if not math.isfinite(value):
        raise _errors.number(function, name, value, "a finite number or an array")


def check_flag(function: str, name: str, value: Any) -> bool:
    """A Python bool: a traced one could not choose a branch."""
    if isinstance(value, bool):
        return value
    raise TypeError(
        f"{function} got {name}={value!r} of type {_errors.describe(type(value))}. Allowed is a "
        f"Python bool, known when the call is traced."
    )


def check_mask(lift: Lift, function: str, mask: Any, x: Any) -> None:
    """A boolean array of x's framework that broadcasts to x, or None."""
    if mask is None:
        return
    if not lift.is_array(mask):
        raise _errors.foreign_parameter(function, "where", mask, x)
    if not lift.is_bool(mask):
        raise _errors.mask(function, mask)
    check_broadcast(function, "where", lift.shape(mask), lift.shape(x))
