"""vjp and derivative on arrays of the array API standard: the closed forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from multiact.backend import closed_form
from multiact_array_api.lift import ArrayLift


def vjp(
    f: Callable[..., Any], x: Any, cotangent: Any, params: dict[str, Any]
) -> tuple[Any, dict[str, Any]]:
    """See :func:`multiact.vjp`."""
    return closed_form.vjp(ArrayLift, f, x, cotangent, params)


def derivative(f: Callable[..., Any], x: Any, order: int, params: dict[str, Any]) -> Any:
    """See :func:`multiact.derivative`."""
    return closed_form.derivative(ArrayLift, f, x, order, params)
