"""JAX's own functions, where they keep the contract and are faster than the formula.

Under XLA a formula is one fused kernel like a native function, so a native one is worth it only
where it needs less arithmetic: the derivative of ``lax.logistic`` reuses the value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax

from multiact.backend import Native
from multiact_jax.lift import ARITHMETIC

Function = Callable[..., Any]


def sigmoid(formula: Function) -> Function:
    logistic = jax.jit(jax.lax.logistic)

    def sigmoid(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return logistic(x)
        return formula(x)

    return sigmoid


NATIVES: dict[str, Native] = {"sigmoid": sigmoid}
