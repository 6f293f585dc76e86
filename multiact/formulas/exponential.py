"""elu, selu: linear above 0, a shifted exponential below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from multiact.formulas._kinds import Elementwise, Lift, unary

# Klambauer et al. 2017, section 2 and appendix A1: the fixed point of mean 0 and variance 1.
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946
SELU_PRODUCT = 1.7580993408473768599402175208123

ELU = Elementwise(
    "elu",
    value=lambda xp, x, alpha: xp.maximum(x, 0) + alpha * xp.expm1(xp.minimum(x, 0)),
    partials=(
        lambda xp, x, alpha: xp.where(x > 0, 1.0, alpha * xp.exp(xp.minimum(x, 0))),
        lambda xp, x, alpha: xp.expm1(xp.minimum(x, 0)),
    ),
    parameters=("alpha",),
)

# With alpha = 1 the derivative is continuous and needs no selection by sign.
ELU_UNIT = Elementwise(
    "elu",
    value=lambda xp, x: xp.maximum(x, 0) + xp.expm1(xp.minimum(x, 0)),
    partials=(lambda xp, x: xp.exp(xp.minimum(x, 0)),),
)

SELU = Elementwise(
    "selu",
    value=lambda xp, x: SELU_SCALE * xp.maximum(x, 0) + SELU_PRODUCT * xp.expm1(xp.minimum(x, 0)),
    partials=(lambda xp, x: xp.where(x > 0, SELU_SCALE, SELU_PRODUCT * xp.exp(xp.minimum(x, 0))),),
)

selu = unary(SELU)


def elu(lift: Lift) -> Callable[..., Any]:
    """alpha may be a tensor."""
    apply = lift.elementwise(ELU, "elu")
    unit = lift.elementwise(ELU_UNIT, "elu")

    def elu(x: Any, alpha: Any = 1.0) -> Any:
        if isinstance(alpha, (int, float)) and alpha == 1:
            return unit(x)
        return apply(x, alpha)

    return elu
