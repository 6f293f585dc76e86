"""A second form next to a root that depends on parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from multiact.formulas.precise._arithmetic import narrows


def near_root(
    xp: Any,
    x: Any,
    at: Any,
    low: Any,
    high: Any,
    elsewhere: Any,
    beside: Callable[[Any], Any],
) -> Any:
    """``beside`` of the distance from ``at`` where that is between two numbers."""
    if narrows(xp):
        return elsewhere
    distance = x - at
    inside = (distance > low) & (distance < high)
    return xp.where(inside, beside(xp.where(inside, distance, 0.0)), elsewhere)
