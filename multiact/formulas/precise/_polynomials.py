"""Horner's rule."""

from __future__ import annotations

from typing import Any


def polynomial(coefficients: tuple[float, ...], t: Any) -> Any:
    """The constant term comes first."""
    value = coefficients[-1] * t + coefficients[-2]
    for coefficient in coefficients[-3::-1]:
        value = value * t + coefficient
    return value
