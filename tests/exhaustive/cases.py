"""The elementwise cases of the catalogue, as sweeps measure them."""

from __future__ import annotations

from multiact_compare import oracle, plan
from multiact_compare.plan import Case

import multiact

CASES = [
    case
    for case in plan.cases(multiact.records, multiact.records, oracle.kinks)
    if case.kind == "elementwise"
]


def first_case(name: str) -> Case:
    """The function's first case."""
    return next(case for case in CASES if case.function == name)


def label(case: Case) -> str:
    return f"{case.function}({case.label})"
