"""A few functions written out in float64, apart from the formulas under test."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import multiact

POINTS = (-2.0, -0.5, 0.25, 0.75, 3.0)
"""Where values and derivatives are compared: both signs, no kink."""

BETA = 0.7
SLOPE = 0.3


def gelu(x: Any) -> Any:
    return np.array([v * 0.5 * math.erfc(-v / math.sqrt(2)) for v in np.ravel(x)])


def gelu_slope(x: Any) -> Any:
    density = np.exp(-np.square(x) / 2) / math.sqrt(2 * math.pi)
    return np.array([0.5 * math.erfc(-v / math.sqrt(2)) for v in np.ravel(x)]) + x * density


def gelu_curvature(x: Any) -> Any:
    return np.exp(-np.square(x) / 2) / math.sqrt(2 * math.pi) * (2 - np.square(x))


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def silu(x: Any, beta: float) -> Any:
    return x * _sigmoid(beta * x)


def silu_slope(x: Any, beta: float) -> Any:
    s = _sigmoid(beta * x)
    return s + beta * x * s * (1 - s)


def silu_curvature(x: Any, beta: float) -> Any:
    s = _sigmoid(beta * x)
    return beta * s * (1 - s) * (2 + beta * x * (1 - 2 * s))


def prelu(x: Any, slope: float) -> Any:
    return np.where(np.asarray(x) > 0, x, slope * np.asarray(x))


@dataclass(frozen=True)
class Case:
    """A call of multiact, and what it and its two derivatives must be."""

    name: str
    call: Callable[[Any], Any]
    value: Callable[[Any], Any]
    slope: Callable[[Any], Any]
    curvature: Callable[[Any], Any]


def _gelu(x: Any) -> Any:
    return multiact.gelu(x)


def _silu(x: Any) -> Any:
    return multiact.silu(x, beta=BETA)


def _gelu_sigmoid(x: Any) -> Any:
    return multiact.gelu(x, "sigmoid")


CASES = (
    Case("native kernel", _gelu, gelu, gelu_slope, gelu_curvature),
    Case(
        "lifted formula",
        _silu,
        lambda x: silu(x, BETA),
        lambda x: silu_slope(x, BETA),
        lambda x: silu_curvature(x, BETA),
    ),
    Case(
        "lifted formula behind an option",
        _gelu_sigmoid,
        lambda x: silu(x, 1.702),
        lambda x: silu_slope(x, 1.702),
        lambda x: silu_curvature(x, 1.702),
    ),
)
"""gelu is PyTorch's own kernel; silu with a beta is made from the shared formula everywhere."""


def close(actual: Any, expected: Any, tolerance: float = 2e-6) -> None:
    """Relative comparison; the accuracy itself is measured elsewhere."""
    np.testing.assert_allclose(
        np.asarray(actual, np.float64), expected, rtol=tolerance, atol=tolerance
    )
