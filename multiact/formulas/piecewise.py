"""hard_sigmoid, hard_tanh, hard_silu, sparse_sigmoid, sparse_plus: straight and quadratic pieces.

x is cut first and scaled afterwards: comparing x itself with a kink is exact, and next to a kink
where the value is 0 the sum with the kink is exact too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from multiact import _arguments, _errors
from multiact.formulas._kinds import Elementwise, Lift, unary
from multiact.formulas.precise._arithmetic import settled_half
from multiact.formulas.thresholds import CLIP, between, clip

HARD_SIGMOID = Elementwise(
    "hard_sigmoid",
    value=lambda xp, x: (clip(xp, x, -3.0, 3.0) + 3) / 6,
    partials=(lambda xp, x: between(xp, x, -3.0, 3.0, 1 / 6),),
)


def _hard_silu(xp: Any, x: Any) -> Any:
    # As a factor too x is cut at −3, so that −inf gives 0 and not inf·0.
    up = xp.maximum(x, -3.0)
    return settled_half(xp, x, 1 / 6, up * ((3 - xp.maximum(-up, -3.0)) / 6))


def _hard_silu_dx(xp: Any, x: Any) -> Any:
    return xp.where(x <= -3, 0.0, xp.where(x >= 3, 1.0, (2 * x + 3) / 6))


HARD_SILU = Elementwise("hard_silu", value=_hard_silu, partials=(_hard_silu_dx,))

SPARSE_SIGMOID = Elementwise(
    "sparse_sigmoid",
    value=lambda xp, x: (clip(xp, x, -1.0, 1.0) + 1) / 2,
    partials=(lambda xp, x: between(xp, x, -1.0, 1.0, 0.5),),
)


def _sparse_plus_dx(xp: Any, x: Any) -> Any:
    return (xp.minimum(xp.maximum(x, -1.0), 1.0) + 1) / 2


def _sparse_plus(xp: Any, x: Any) -> Any:
    # The slope is the root of the quadratic piece; from 1 on the square is 1, and x − 1 is added.
    root = _sparse_plus_dx(xp, x)
    return root * root + xp.maximum(x - 1, 0)


SPARSE_PLUS = Elementwise("sparse_plus", value=_sparse_plus, partials=(_sparse_plus_dx,))

hard_sigmoid = unary(HARD_SIGMOID)
hard_silu = unary(HARD_SILU)
sparse_sigmoid = unary(SPARSE_SIGMOID)
sparse_plus = unary(SPARSE_PLUS)


def hard_tanh(lift: Lift) -> Callable[..., Any]:
    """Ends that are numbers."""
    apply = lift.elementwise(CLIP, "hard_tanh")

    def hard_tanh(x: Any, min: float = -1.0, max: float = 1.0) -> Any:  # noqa: A002
        _arguments.check_numbers("hard_tanh", min=min, max=max)
        if not min < max:
            raise _errors.bounds("hard_tanh", "min", min, "max", max)
        return apply(x, min, max)

    return hard_tanh
