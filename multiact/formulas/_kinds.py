"""The two shapes a formula can have, and what a backend does with each.

A formula is written once over ``xp``, a namespace of primitives that every backend supplies
(:class:`Primitives` lists them), and Python's own operators. It is pure and branch-free. ``x``
and the parameters arrive in the dtype of the arithmetic: float32 for 16-bit inputs, else x's own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol


@dataclass(frozen=True)
class Elementwise:
    """f(x, *parameters), one output element per element of x.

    ``value(xp, x, *parameters)`` is f. ``partials[0](xp, x, *parameters)`` is ∂f/∂x and
    ``partials[i]`` the derivative with respect to the i-th parameter. Parameters are numbers or
    arrays that broadcast against x.

    ``precise`` is the form that the precise tier evaluates in float64, if this one is not accurate
    enough for it. ``oscillates`` names what has no limit at ±inf: the
    "derivative", or the "value" and the derivative. ``given`` are derivatives that a user has
    chosen: differentiating the value need not lead to them, not even at kinks.
    """

    name: str
    value: Callable[..., Any]
    partials: tuple[Callable[..., Any], ...]
    parameters: tuple[str, ...] = ()
    keeps_integers: bool = False
    precise: Elementwise | None = None
    oscillates: Literal["", "derivative", "value"] = ""
    given: bool = False


@dataclass(frozen=True)
class Rowwise:
    """f(x, mask, *static) over the rows of an axis. Only x carries a gradient.

    ``mask`` is a second array (mostly a boolean one) or ``None``; the static arguments are plain
    Python values.
    ``pushforward(xp, x, tangent, mask, *static)`` is J·tangent and
    ``pullback(xp, x, cotangent, mask, *static)`` is Jᵀ·cotangent, J being the Jacobian at x.
    ``precise`` is as for :class:`Elementwise`.
    """

    name: str
    value: Callable[..., Any]
    pushforward: Callable[..., Any]
    pullback: Callable[..., Any]
    precise: Rowwise | None = None


class Primitives(Protocol):
    """What a framework must supply for every formula to run on it.

    Each works elementwise with NaN in, NaN out, and is as accurate as the framework allows (a few
    ULP in the array's dtype). ``sigmoids(x)`` is the pair σ(x), σ(−x), both relatively accurate in
    both tails and with derivatives that are right at 0 too. ``where``, ``maximum`` and ``minimum``
    take Python numbers beside arrays without changing the array's dtype. ``sort`` is ascending,
    ``halves`` splits an axis of even length in the middle, ``detach`` is x without its derivative.
    ``truncate``, which the precise tier alone uses, leaves the upper 26 bits of float64 numbers,
    cut off or rounded, with the derivative of x. Primitives may also say ``narrows = True``, see
    :func:`multiact.formulas.narrowing`, and have a ``largest(x, axis)``: a ``max`` that is faster
    because it may pass over NaN.
    """

    def exp(self, x: Any) -> Any: ...
    def expm1(self, x: Any) -> Any: ...
    def log(self, x: Any) -> Any: ...
    def log1p(self, x: Any) -> Any: ...
    def sqrt(self, x: Any) -> Any: ...
    def sin(self, x: Any) -> Any: ...
    def cos(self, x: Any) -> Any: ...
    def atan(self, x: Any) -> Any: ...
    def tanh(self, x: Any) -> Any: ...
    def sigmoid(self, x: Any) -> Any: ...
    def sigmoids(self, x: Any) -> tuple[Any, Any]: ...
    def erf(self, x: Any) -> Any: ...
    def erfc(self, x: Any) -> Any: ...
    def abs(self, x: Any) -> Any: ...
    def where(self, condition: Any, x: Any, y: Any) -> Any: ...
    def maximum(self, x: Any, bound: float) -> Any: ...
    def minimum(self, x: Any, bound: float) -> Any: ...
    def sum(self, x: Any, axis: int) -> Any: ...
    def max(self, x: Any, axis: int) -> Any: ...
    def cumsum(self, x: Any, axis: int) -> Any: ...
    def sort(self, x: Any, axis: int) -> Any: ...
    def expand_dims(self, x: Any, axis: int) -> Any: ...
    def split_axis(self, x: Any, axis: int, pieces: int) -> Any: ...
    def merge_axes(self, x: Any, axis: int) -> Any: ...
    def halves(self, x: Any, axis: int) -> tuple[Any, Any]: ...
    def concat(self, parts: tuple[Any, ...], axis: int) -> Any: ...
    def astype_like(self, condition: Any, x: Any) -> Any: ...
    def detach(self, x: Any) -> Any: ...
    def truncate(self, x: Any) -> Any: ...


class Lift(Protocol):
    """How one framework turns formulas into its own differentiable functions.

    ``precise`` says whether it takes them in their precise form.
    """

    precise: bool

    def elementwise(self, formula: Elementwise, function: str) -> Callable[..., Any]:
        """A function of (x, *parameters); ``function`` is the name that errors mention."""

    def rowwise(self, formula: Rowwise) -> Callable[..., Any]:
        """A function of (x, mask, *static)."""

    def is_array(self, value: Any) -> bool:
        """Whether this framework made the value."""

    def shape(self, x: Any) -> tuple[int | None, ...] | None:
        """The shape of x, ``None`` for what is not known while tracing."""

    def reshape(self, x: Any, shape: tuple[int, ...]) -> Any:
        """x with another shape, differentiably."""

    def is_bool(self, x: Any) -> bool:
        """Whether an array of this framework is boolean."""

    def check_parameter(self, function: str, name: str, value: Any, x: Any) -> bool:
        """Whether the parameter is an array; a number is none, and anything else refused.

        The array must broadcast to x and lose nothing in the dtype of the arithmetic.
        """

    def uniform(self, function: str, x: Any, lower: float, upper: float, rng: Any) -> Any:
        """An array like x with entries from U(lower, upper), in the dtype of the arithmetic."""


def unary(formula: Elementwise) -> Callable[[Lift], Callable[..., Any]]:
    """The factory of a function of x alone."""

    def factory(lift: Lift) -> Callable[..., Any]:
        apply = lift.elementwise(formula, formula.name)

        def function(x: Any) -> Any:
            return apply(x)

        return function

    return factory
