"""maxout, crelu: several features become one, or one several."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from multiact import _arguments, _errors
from multiact.formulas._kinds import Elementwise, Lift, Rowwise
from multiact.formulas._tiers import precise_elementwise
from multiact.formulas.rectifiers import RELU


def _maxout(xp: Any, x: Any, mask: None, axis: int, pieces: int) -> Any:
    return xp.max(xp.split_axis(x, axis, pieces), axis + 1)


def _maxout_precise(xp: Any, x: Any, mask: None, axis: int, pieces: int) -> Any:
    top = _maxout(xp, x, mask, axis, pieces)
    # Frameworks do not agree on the larger one of 0 and −0.
    return xp.where(top == 0, 0.0, top)


def _winners(xp: Any, x: Any, axis: int, pieces: int) -> tuple[Any, Any]:
    """The groups, and the share of each piece: equal among those tied for the maximum."""
    groups = xp.split_axis(x, axis, pieces)
    top = xp.expand_dims(xp.max(groups, axis + 1), axis + 1)
    won = xp.astype_like(groups == top, groups)
    return groups, won / xp.expand_dims(xp.sum(won, axis + 1), axis + 1)


def _maxout_forward(xp: Any, x: Any, tangent: Any, mask: None, axis: int, pieces: int) -> Any:
    _, share = _winners(xp, x, axis, pieces)
    return xp.sum(share * xp.split_axis(tangent, axis, pieces), axis + 1)


def _maxout_back(xp: Any, x: Any, cotangent: Any, mask: None, axis: int, pieces: int) -> Any:
    _, share = _winners(xp, x, axis, pieces)
    return xp.merge_axes(share * xp.expand_dims(cotangent, axis + 1), axis)


def _slopes(xp: Any, x: Any) -> tuple[Any, Any]:
    """The derivatives of max(x, 0) and of max(−x, 0)."""
    return RELU.partials[0](xp, x), -RELU.partials[0](xp, -x)


def _crelu_forward(xp: Any, x: Any, tangent: Any, mask: None, axis: int) -> Any:
    rising, falling = _slopes(xp, x)
    return xp.concat((rising * tangent, falling * tangent), axis)


def _crelu_back(xp: Any, x: Any, cotangent: Any, mask: None, axis: int) -> Any:
    rising, falling = _slopes(xp, x)
    first, second = xp.halves(cotangent, axis)
    return rising * first + falling * second


def _both_signs(rectifier: Elementwise) -> Rowwise:
    """The formula of crelu, made of one of relu."""
    # Dynamo follows a function that a formula refers to, but no record of one.
    rectified = rectifier.value

    def value(xp: Any, x: Any, mask: None, axis: int) -> Any:
        return xp.concat((rectified(xp, x), rectified(xp, -x)), axis)

    return Rowwise("crelu", value, _crelu_forward, _crelu_back)


MAXOUT = Rowwise(
    "maxout",
    _maxout,
    _maxout_forward,
    _maxout_back,
    precise=Rowwise("maxout", _maxout_precise, _maxout_forward, _maxout_back),
)
# The precise relu has a sign of 0 of its own, the frameworks' maximum theirs.
CRELU = replace(_both_signs(RELU), precise=_both_signs(precise_elementwise(RELU)))


def maxout(lift: Lift) -> Callable[..., Any]:
    """The maximum over groups of ``pieces`` consecutive features."""
    apply = lift.rowwise(MAXOUT)

    def maxout(x: Any, pieces: int, axis: int = -1) -> Any:
        shape = lift.shape(x)
        if shape is None:
            raise ValueError("maxout needs x with a known rank; set its shape before the call.")
        axis = _arguments.check_axis("maxout", axis, len(shape))
        length = shape[axis]
        try:
            count = operator.index(pieces)
        except TypeError:
            raise _errors.scalar("maxout", "pieces", pieces) from None
        if count < 1 or (length is not None and length % count):
            raise _errors.pieces("maxout", pieces, axis, length)
        return apply(x, None, axis, count)

    return maxout


def crelu(lift: Lift) -> Callable[..., Any]:
    """Both signs of every feature, so twice as many."""
    apply = lift.rowwise(CRELU)

    def crelu(x: Any, axis: int = -1) -> Any:
        return apply(x, None, _arguments.row_axis(lift, "crelu", axis, x))

    return crelu
