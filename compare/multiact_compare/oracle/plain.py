"""The definition of the function that changes nothing."""

from __future__ import annotations

from multiact_compare.oracle.enclosure import Value
from multiact_compare.oracle.point import Formulas, Kinks, Point


def identity() -> Point:
    def at(x: float, second: bool) -> tuple[Value, ...]:
        return (x, 1.0, 0.0) if second else (x, 1.0)

    return at


FORMULAS: Formulas = {"identity": identity}
KINKS: Kinks = {}
