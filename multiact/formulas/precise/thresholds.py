"""star_relu for the precise tier: scale·x² and a negative bias may all but cancel."""

from __future__ import annotations

from typing import Any

from multiact.formulas._kinds import Elementwise
from multiact.formulas.precise._arithmetic import product, settle, settled_product, total

# Where an exact square might overflow, the bias no longer matters.
HUGE = 2.0**250
# Within this the parts of an exact square may be subnormal.
SMALL = 2.0**-400


def _star_relu(xp: Any, x: Any, scale: Any, bias: Any) -> Any:
    up = xp.where(x <= 0, 0.0, x)
    near = xp.minimum(up, HUGE)
    rising, rising_rest = product(xp, near, scale)
    square, square_rest = product(xp, rising, near)
    high, low = total(square, bias)
    small = settle(xp, high, low + (square_rest + rising_rest * near))
    # The comparisons are false for NaN, which stays.
    return xp.where((up < HUGE) & (up > SMALL), small, (scale * up) * up + bias)


STAR_RELU = Elementwise(
    "star_relu",
    value=_star_relu,
    partials=(
        lambda xp, x, scale, bias: settled_product(xp, xp.where(x <= 0, 0.0, x), 2 * scale),
        lambda xp, x, scale, bias: xp.where(x <= 0, 0.0, x * x),
        # 1 in the shape of x.
        lambda xp, x, scale, bias: xp.astype_like(x == x, x),
    ),
    parameters=("scale", "bias"),
)
