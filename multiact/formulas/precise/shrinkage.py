"""tanhshrink for the precise tier."""

from __future__ import annotations

from typing import Any

from multiact.formulas._kinds import Elementwise
from multiact.formulas.precise._arithmetic import odd, tanh, tanh_rest


def _tanhshrink(xp: Any, x: Any) -> Any:
    a = xp.abs(x)
    e = xp.exp(-2 * a)
    return odd(xp, x, xp.where(a < 1, tanh_rest(xp, a), (a - 1) + 2 * e / (1 + e)))


def _tanhshrink_dx(xp: Any, x: Any) -> Any:
    y = tanh(xp, x)
    return y * y


TANHSHRINK = Elementwise("tanhshrink", value=_tanhshrink, partials=(_tanhshrink_dx,))
