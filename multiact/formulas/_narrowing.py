"""Primitives for results that are rounded once more."""

from __future__ import annotations

from types import ModuleType


def narrowing(primitives: ModuleType) -> ModuleType:
    """A copy of a module of primitives with ``narrows = True``.

    The precise lift of a backend passes it to formulas in place of the primitives themselves where
    a result in float64 is going to be rounded to a narrower dtype. It is a module as well, because
    that is what compilers take for a constant.
    """
    copy = ModuleType(f"{primitives.__name__}.narrowing", primitives.__doc__)
    copy.__dict__.update({name: getattr(primitives, name) for name in primitives.__all__})
    copy.__dict__["narrows"] = True
    return copy
