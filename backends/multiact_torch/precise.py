"""The precise tier on PyTorch: 16 and 32 bits are computed in float64 and rounded once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import multiact
from multiact import _errors
from multiact.backend import Elementwise, Rowwise, build, welcome
from multiact.formulas import precise_elementwise, precise_rowwise
from multiact_torch import functions
from multiact_torch.lift import TorchLift


class SlopeLift(TorchLift):
    """Functions made with this lift return ∂f/∂x."""

    def elementwise(
        self,
        formula: Elementwise,
        function: str,
        kernels: functions.Kernels = functions.NO_KERNELS,
    ) -> Callable[..., Any]:
        slope = precise_elementwise(formula).partials[0]

        def apply(x: Any, *parameters: Any) -> Any:
            return functions.in_arithmetic(slope, x, parameters, arithmetic=self.arithmetic)

        return apply

    def rowwise(self, formula: Rowwise) -> Callable[..., Any]:
        def apply(x: Any, mask: Any, *static: Any) -> Any:
            raise _errors.not_elementwise(formula.name)

        return apply


class PullbackLift(TorchLift):
    """Functions of rows made with this lift return y and Jᵀ, a function of the cotangent."""

    def rowwise(self, formula: Rowwise) -> Callable[..., Any]:
        exact, arithmetic = precise_rowwise(formula), self.arithmetic
        value, product = exact.value, exact.pullback

        def apply(x: Any, mask: Any, *static: Any) -> Any:
            wide = x.to(arithmetic[x.dtype])
            primitives = functions.primitives_for(x.dtype, arithmetic)

            def pullback(cotangent: Any) -> Any:
                gradient = product(primitives, wide, cotangent.to(wide.dtype), mask, *static)
                return functions.narrow(gradient, x.dtype)

            return functions.narrow(value(primitives, wide, mask, *static), x.dtype), pullback

        return apply


_functions = build(__name__, TorchLift(precise=True))
globals().update(_functions)
welcome(__name__, TorchLift(precise=True))

# Compiled, derivatives are taken from here: Dynamo cannot differentiate what makes a formula
# precise.
_slopes = build(__name__, SlopeLift(precise=True))
_pullbacks = build(__name__, PullbackLift(precise=True))

__all__ = list(_functions)


def slope_of(f: Callable[..., Any]) -> Callable[..., Any] | None:
    """The function that gives the derivative of a precise function, ``None`` for any other."""
    return _slopes[f.__name__] if _is_precise(f) else None


def pullback_of(f: Callable[..., Any]) -> Callable[..., Any] | None:
    """The function that gives y and Jᵀ of a precise function of rows, ``None`` for any other."""
    if _is_precise(f) and multiact.records[f.__name__].kind == "rowwise":
        return _pullbacks[f.__name__]
    return None


def _is_precise(f: Callable[..., Any]) -> bool:
    name = getattr(f, "__name__", "")
    return name in _functions and (f is _functions[name] or f is getattr(multiact.precise, name))
