"""elu, selu, celu, xielu: a shifted exponential below 0."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from multiact import _errors
from multiact.formulas import _exact
from multiact.formulas._kinds import Elementwise, Lift, unary
from multiact.formulas.precise import exponential as precise
from multiact.formulas.precise._xielu_roots import NOWHERE, descent

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
    precise=precise.ELU,
)

# With alpha = 1 the derivative is continuous and needs no selection by sign.
ELU_UNIT = Elementwise(
    "elu",
    value=lambda xp, x: xp.maximum(x, 0) + xp.expm1(xp.minimum(x, 0)),
    partials=(lambda xp, x: xp.exp(xp.minimum(x, 0)),),
    precise=precise.ELU_UNIT,
)

SELU = Elementwise(
    "selu",
    value=lambda xp, x: SELU_SCALE * xp.maximum(x, 0) + SELU_PRODUCT * xp.expm1(xp.minimum(x, 0)),
    partials=(lambda xp, x: xp.where(x > 0, SELU_SCALE, SELU_PRODUCT * xp.exp(xp.minimum(x, 0))),),
    precise=precise.SELU,
)


def _celu_dalpha(xp: Any, x: Any, alpha: Any) -> Any:
    z = xp.minimum(x, 0) / alpha
    return xp.expm1(z) - z * xp.exp(z)


CELU = Elementwise(
    "celu",
    value=lambda xp, x, alpha: xp.maximum(x, 0) + alpha * xp.expm1(xp.minimum(x, 0) / alpha),
    partials=(lambda xp, x, alpha: xp.exp(xp.minimum(x, 0) / alpha), _celu_dalpha),
    parameters=("alpha",),
    precise=precise.CELU,
)


def _xielu(
    xp: Any, x: Any, alpha_p: Any, alpha_n: Any, alpha_n_rest: Any, beta: Any, beta_rest: Any
) -> Any:
    # Far below 0 alpha_n·x and beta·x may all but cancel. Hence their factors are subtracted first,
    # with what a rounding to float32 would take from them.
    far = (beta - alpha_n) + (beta_rest - alpha_n_rest)
    up, down = xp.maximum(x, 0), xp.minimum(x, 0)
    right = up * (alpha_p * up + (beta + beta_rest))
    return right + ((alpha_n + alpha_n_rest) * xp.expm1(down) + far * down)


def _xielu_dx(
    xp: Any, x: Any, alpha_p: Any, alpha_n: Any, alpha_n_rest: Any, beta: Any, beta_rest: Any
) -> Any:
    # The exponential is capped beyond 0, where it is not chosen: at 0 it has its own derivative.
    below = (alpha_n + alpha_n_rest) * xp.expm1(xp.minimum(x, 1))
    return xp.where(x > 0, (2 * alpha_p) * x, below) + (beta + beta_rest)


def _xielu_dalpha_p(xp: Any, x: Any, *parameters: Any) -> Any:
    up = xp.maximum(x, 0)
    return up * up


def _xielu_dalpha_n(xp: Any, x: Any, *parameters: Any) -> Any:
    down = xp.minimum(x, 0)
    return xp.expm1(down) - down


def _xielu_dbeta(xp: Any, x: Any, *parameters: Any) -> Any:
    return x


# alpha_n, unless it is a tensor, and beta are numbers in two parts.
XIELU = Elementwise(
    "xielu",
    value=_xielu,
    partials=(
        _xielu_dx,
        _xielu_dalpha_p,
        *(_xielu_dalpha_n,) * 2,
        *(_xielu_dbeta,) * 2,
    ),
    parameters=("alpha_p", "alpha_n", "alpha_n", "beta", "beta"),
    precise=precise.XIELU,
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


def celu(lift: Lift) -> Callable[..., Any]:
    """alpha is one number; with alpha = 1 this is elu."""
    apply = lift.elementwise(CELU, "celu")
    unit = lift.elementwise(ELU_UNIT, "celu")

    def celu(x: Any, alpha: float = 1.0) -> Any:
        if not isinstance(alpha, (int, float)):
            raise _errors.scalar("celu", "alpha", alpha)
        if not math.isfinite(alpha) or alpha == 0:
            raise _errors.number("celu", "alpha", alpha, "a finite number other than 0")
        return unit(x) if alpha == 1 else apply(x, alpha)

    return celu


def xielu(lift: Lift) -> Callable[..., Any]:
    """alpha_p and alpha_n may be tensors."""
    apply = lift.elementwise(XIELU, "xielu")

    def xielu(x: Any, alpha_p: Any = 0.8, alpha_n: Any = 0.8, beta: float = 0.5) -> Any:
        if not isinstance(beta, (int, float)):
            raise _errors.scalar("xielu", "beta", beta)
        rest, roots = 0.0, NOWHERE
        # NumPy's float64 scalars are arrays as well as numbers, and get a gradient.
        if isinstance(alpha_n, (int, float)) and not lift.is_array(alpha_n):
            if lift.precise:
                roots = descent(_exact.constant(alpha_n), _exact.constant(beta))
            alpha_n, rest = _exact.halves(float(alpha_n))
        parts = (alpha_p, alpha_n, rest, *_exact.halves(float(beta)))
        return apply(x, *parts, *roots) if lift.precise else apply(x, *parts)

    return xielu
