"""The sentences users read when an input is wrong: what came, what is allowed, what to do.

Kept in one place so that every backend says the same, with the same exception type.
"""

from __future__ import annotations

from collections.abc import Iterable

from multiact._typing import Any

FLOATING = "float16, bfloat16, float32 or float64"


def describe(kind: type) -> str:
    """``torch.Tensor`` for a class: the name that a user would recognise."""
    module = kind.__module__
    return kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"


def unsupported_type(kind: type, supported: Iterable[str]) -> TypeError:
    """No backend takes arrays of this type."""
    if issubclass(kind, (list, tuple)):
        todo = "Wrap it in an array first, for example numpy.asarray(x)."
    elif kind is type(None):
        todo = "Pass an array; a function that returned nothing is the usual cause."
    elif issubclass(kind, (str, bytes)):
        todo = "Pass numbers in an array; multiact does not parse text."
    elif issubclass(kind, complex):
        todo = "Activation functions are real: pass the real or imaginary part."
    else:
        todo = (
            "Convert it to one of these, or teach multiact the type with "
            "multiact.register_backend(type, backend)."
        )
    return TypeError(
        f"multiact does not know arrays of type {describe(kind)}. "
        f"Supported: {', '.join(supported)}. {todo}"
    )


def broken_backend(kind: type, package: str, cause: BaseException) -> TypeError:
    """The type's framework is there, but its backend cannot be imported."""
    extra = package.removeprefix("multiact_").replace("_", "-")
    return TypeError(
        f"multiact cannot serve arrays of type {describe(kind)}: importing its backend "
        f"{package!r} failed with {type(cause).__name__}: {cause}. Repair that installation "
        f"(pip install 'multiact[{extra}]' names the versions)."
    )


def unsupported_dtype(function: str, dtype: Any) -> TypeError:
    """Complex, float8, strings, objects, extended precision."""
    return TypeError(
        f"{function} does not take arrays of dtype {dtype}. Allowed are {FLOATING}, and "
        f"integers or bool, which are promoted to the default floating dtype. Cast explicitly "
        f"(for complex numbers choose the real or imaginary part; for other kinds cast to float32)."
    )


def foreign_parameter(function: str, name: str, value: Any, x: Any) -> TypeError:
    """A parameter that is neither a number nor an array of x's own framework."""
    return TypeError(
        f"{function} got x of type {describe(type(x))} but {name} of type "
        f"{describe(type(value))}. A parameter is a Python number or an array of the same "
        f"framework as x; convert one of the two."
    )


def parameter_dtype(function: str, name: str, dtype: Any, x_dtype: Any) -> TypeError:
    """A parameter whose values would be rounded, or are no real numbers at all."""
    return TypeError(
        f"{function} got {name} of dtype {dtype} for x of dtype {x_dtype}. Allowed is a real "
        f"floating dtype that loses nothing in x's arithmetic (float32 for 16-bit x, otherwise "
        f"x's own dtype or a narrower one). Cast one of the two explicitly."
    )


def parameter_shape(
    function: str, name: str, shape: Iterable[int | None], x_shape: Iterable[int | None]
) -> ValueError:
    """A parameter that would not broadcast, or would enlarge the result."""
    return ValueError(
        f"{function} got {name} of shape {tuple(shape)}, which does not broadcast to the shape "
        f"{tuple(x_shape)} of x. Allowed is a scalar or a shape that broadcasts against x "
        f"without enlarging it; reshape {name}."
    )


def channel_count(
    function: str, name: str, length: int, axis: int, x_shape: Iterable[int | None]
) -> ValueError:
    """A per-channel parameter whose length is not the axis'."""
    return ValueError(
        f"{function} got {name} with {length} entries for axis {axis} of x of shape "
        f"{tuple(x_shape)}. Allowed is a scalar, or one entry per channel on that axis; pass "
        f"axis= if the channels are elsewhere, or reshape {name}."
    )


def axis_type(function: str, axis: Any) -> TypeError:
    """An axis that is no integer."""
    return TypeError(
        f"{function} got axis={axis!r} of type {describe(type(axis))}. Allowed is one integer."
    )


def axis_range(function: str, axis: int, rank: int) -> ValueError:
    """An axis that x does not have."""
    allowed = f"from {-rank} to {rank - 1}" if rank else "none, since x has no axes"
    return ValueError(
        f"{function} got axis={axis} for x with {rank} dimension{'s' * (rank != 1)}. "
        f"Allowed: {allowed}."
    )


def option(function: str, name: str, value: Any, allowed: Iterable[object]) -> ValueError:
    """A value outside a short list of choices."""
    choices = ", ".join(repr(choice) for choice in allowed)
    return ValueError(f"{function} got {name}={value!r}. Allowed: {choices}.")


def pieces(function: str, count: Any, axis: int, length: int | None) -> ValueError:
    """A group size that does not divide the axis."""
    return ValueError(
        f"{function} got pieces={count!r} for axis {axis} of length {length}. Allowed is a "
        f"positive integer that divides the length; choose another number or pad the features."
    )


def scalar(function: str, name: str, value: Any) -> TypeError:
    """A parameter that must be a plain number here."""
    return TypeError(
        f"{function} got {name} of type {describe(type(value))}. Allowed is a Python number."
    )


def number(function: str, name: str, value: Any, allowed: str) -> ValueError:
    """A number with which the function has no value."""
    return ValueError(f"{function} got {name}={value!r}. Allowed is {allowed}.")


def bounds(function: str, low_name: str, low: Any, high_name: str, high: Any) -> ValueError:
    """Two ends in the wrong order, or the same."""
    return ValueError(
        f"{function} got {low_name}={low!r} and {high_name}={high!r}. Allowed are numbers with "
        f"{low_name} < {high_name}; swap or correct them."
    )


def halves(function: str, axis: int, length: int) -> ValueError:
    """An axis that cannot be split in the middle."""
    return ValueError(
        f"{function} got axis {axis} of length {length} and needs two halves of it. Allowed is an "
        f"even length; pass axis= if the features are elsewhere, or add or drop a feature."
    )


def mask(function: str, value: Any) -> TypeError:
    """A mask that is not boolean."""
    dtype = getattr(value, "dtype", describe(type(value)))
    return TypeError(
        f"{function} got where of dtype {dtype}. Allowed is a boolean array of x's framework "
        f"that broadcasts to x, True where an element takes part; compare or cast it to bool."
    )


def cotangent_shape(
    function: str, shape: Iterable[int | None], expected: Iterable[int | None]
) -> ValueError:
    """A cotangent that does not look like the result."""
    return ValueError(
        f"vjp of {function} got a cotangent of shape {tuple(shape)}. Allowed is the shape "
        f"{tuple(expected)} of the result; broadcast or reshape the cotangent."
    )


def not_elementwise(function: str) -> ValueError:
    """A derivative of whole rows was asked for elementwise."""
    return ValueError(
        f"derivative got {function}, whose outputs each depend on several elements of x. Allowed "
        f"is an elementwise function; use multiact.vjp for products with its Jacobian."
    )


def not_differentiable(function: str, dtype: Any) -> TypeError:
    """Integers have no derivative."""
    return TypeError(
        f"The gradient of {function} was asked at x of dtype {dtype}. Allowed is {FLOATING}; "
        f"cast x to a floating dtype first."
    )


def no_gradients(kind: type, name: str) -> TypeError:
    """A registered backend that has values only."""
    return TypeError(
        f"multiact.{name} got an array of type {describe(kind)}, whose registered backend has no "
        f"{name}. Convert x to another framework, or give the backend that attribute."
    )


def no_precise(kind: type) -> TypeError:
    """A registered backend that has the default tier only."""
    return TypeError(
        f"multiact.precise got an array of type {describe(kind)}, whose registered backend has no "
        f"precise tier. Convert x to another framework, or give the backend an attribute "
        f"`precise` with the functions that multiact.backend.build makes with a precise lift."
    )
