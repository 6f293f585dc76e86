"""The precise tier on PyTorch: 16 and 32 bits are computed in float64 and rounded once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from multiact import _errors
from multiact.backend import Elementwise, Rowwise, build, welcome
from multiact.formulas import precise_elementwise
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


_functions = build(__name__, TorchLift(precise=True))
globals().update(_functions)
welcome(__name__, TorchLift(precise=True))

# Compiled, derivatives are taken from here: Dynamo cannot differentiate what makes a formula
# precise.
_slopes = build(__name__, SlopeLift(precise=True))

__all__ = list(_functions)


def slope_of(f: Callable[..., Any]) -> Callable[..., Any] | None:
    """The function that gives the derivative of a precise function, ``None`` for any other."""
    from multiact import precise

    name = getattr(f, "__name__", "")
    if name in _functions and (f is _functions[name] or f is getattr(precise, name)):
        return _slopes[name]
    return None
