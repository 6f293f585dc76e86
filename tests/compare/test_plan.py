"""What a default run measures, and what only a thorough one does."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from multiact_compare import customs, oracle
from multiact_compare.dtypes import DTYPES
from multiact_compare.plan import (
    BACKENDS,
    COMMON,
    MODES,
    NEVER_COMPILED,
    QUANTITIES,
    WIDE_ONLY,
    Case,
    Measurement,
    cases,
    measurements,
    unavailable,
)

import multiact

CASES = cases(customs.records, multiact.records, oracle.kinks, few=True)
COMPILED = [name for name in BACKENDS if name not in NEVER_COMPILED]
RARE = "softsign"


def _plan(backend: str, chosen: list[Case], thorough: bool = False) -> list[Measurement]:
    return measurements(backend, chosen, DTYPES, MODES, thorough=thorough)


def _of(name: str) -> list[Case]:
    return [case for case in CASES if case.function == name]


def _found(plan: list[Measurement], mode: str, layout: str = "long") -> set[tuple[str, str]]:
    return {
        (m.dtype, m.variant.quantity)
        for m in plan
        if (m.variant.mode, m.variant.layout) == (mode, layout)
    }


def _dtypes(backend: str) -> Iterator[str]:
    yield from (name for name in DTYPES if backend not in WIDE_ONLY or DTYPES[name].width > 16)


def test_parameters_in_arrays_are_measured_where_a_run_may_take_long() -> None:
    whole = cases(customs.records, multiact.records, oracle.kinks, arrays=True)
    in_arrays = {case.function: case for case in whole if case.arrays}
    numbered = {case.key: case for case in whole if not case.arrays}
    assert numbered == {case.key: replace(case, few=False) for case in CASES}
    # rrelu's slope is what it draws otherwise; its settings are those of the drawing.
    wanted = {name for name, record in multiact.records.items() if record.tensor_parameters}
    assert set(in_arrays) == wanted - {"rrelu"}
    for case in in_arrays.values():
        assert set(case.arrays) <= set(multiact.records[case.function].tensor_parameters)
        assert case.params == numbered[case.reference].params
        assert "array(" in case.label
        for name in case.arrays:
            value = np.array([case.params[name]])
            for dtype in DTYPES.values():
                assert dtype.decode(dtype.encode(value)) == value, case.label


@pytest.mark.parametrize("backend", BACKENDS)
def test_parameters_in_arrays_are_measured_in_every_dtype(backend: str) -> None:
    (case,) = (c for c in cases(customs.records, ["acon_c"], oracle.kinks, arrays=True) if c.arrays)
    plan = measurements(backend, [case], DTYPES, MODES, "precise")
    assert _found(plan, "eager") == set(itertools.product(_dtypes(backend), QUANTITIES[:2]))
    assert {(m.variant.mode, m.variant.layout) for m in plan} == {("eager", "long")}


def test_common_functions_are_in_the_catalogue() -> None:
    assert set(multiact.records) >= COMMON
    assert RARE not in COMMON


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_function_is_measured_at_all_points_in_every_dtype(backend: str) -> None:
    for case in CASES:
        assert not case.few or not (case.first or case.function in COMMON)
        if case.first:
            eager = _found(_plan(backend, [case]), "eager")
            assert eager >= set(itertools.product(_dtypes(backend), QUANTITIES[:2])), case.key


@pytest.mark.parametrize("backend", COMPILED)
def test_every_function_is_compiled_the_common_ones_in_every_dtype(backend: str) -> None:
    for case in CASES:
        compiled = _found(_plan(backend, [case]), "compiled")
        common = case.function in COMMON
        wanted = set(itertools.product(DTYPES if common else ("float32",), QUANTITIES[:2]))
        if common or backend == "jax":
            wanted.add(("float32", "second"))
        if common and backend == "jax":
            wanted |= set(itertools.product(DTYPES, QUANTITIES))
        assert compiled == (wanted if case.first else set()), case.key


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_thorough_run_measures_everything(backend: str) -> None:
    chosen = [replace(case, few=False) for case in CASES]
    plan = _plan(backend, chosen, thorough=True)
    assert not any(m.variant.longest for m in plan)
    modes = MODES if backend in COMPILED else MODES[:1]
    for case in chosen:
        quantities = [q for q in QUANTITIES if unavailable(backend, case.kind, q) is None]
        everything = set(itertools.product(_dtypes(backend), quantities))
        mine = [m for m in plan if m.case == case]
        assert all(_found(mine, mode) == everything for mode in modes), case.key
    brief = {m.file for m in _plan(backend, CASES)}
    assert brief <= {m.file for m in plan}


@pytest.mark.parametrize("backend", COMPILED)
def test_short_arrays_of_less_common_functions_are_float32(backend: str) -> None:
    rare, common = _plan(backend, _of(RARE)), _plan(backend, _of("tanh"))
    kinds = ("0-d",) if backend == "jax" else ("length-1", "0-d")
    for layout in kinds:
        assert {dtype for dtype, _ in _found(rare, "eager", layout)} == {"float32"}
    assert {dtype for dtype, _ in _found(common, "eager", "0-d")} == set(DTYPES)


def test_numpy_gets_short_arrays_in_every_dtype_and_strided_ones_in_float32() -> None:
    plan = _plan("numpy", _of(RARE))
    assert {dtype for dtype, _ in _found(plan, "eager", "0-d")} == set(DTYPES)
    assert {dtype for dtype, _ in _found(plan, "eager", "strided")} == {"float32"}
    strided = _found(_plan("numpy", _of("tanh")), "eager", "strided")
    assert {dtype for dtype, _ in strided} == set(DTYPES)


@pytest.mark.parametrize("backend", ["numpy", *COMPILED])
def test_second_derivatives_of_less_common_functions_are_taken_once(backend: str) -> None:
    plan = _plan(backend, _of(RARE)[:1])
    seconds = [m for m in plan if m.variant.quantity == "second" and m.variant.layout == "long"]
    mode = "compiled" if backend == "jax" else "eager"
    assert [(m.dtype, m.variant.mode) for m in seconds] == [("float32", mode)]


def test_jax_takes_one_length_of_rows() -> None:
    def lengths(name: str, thorough: bool = False) -> set[int]:
        plan = _plan("jax", _of(name)[:1], thorough)
        return {n for m in plan if m.variant.quantity == "value" for n in m.lengths}

    assert 1 in lengths("softmax")
    rows = {m.lengths for m in _plan("jax", _of("softmin")) if m.variant.layout == "long"}
    assert rows == {(131,)}
    assert 1 in lengths("softmin", thorough=True)
    assert all(len(m.lengths) > 1 for m in _plan("numpy", _of("softmin")))


def test_a_function_of_ones_own_is_compiled_in_every_dtype() -> None:
    (case,) = _of(RARE)
    own = replace(case, function="module:name")
    for backend in COMPILED:
        assert {dtype for dtype, _ in _found(_plan(backend, [own]), "compiled")} == set(DTYPES)


def test_the_precise_tier_leaves_out_none_of_that() -> None:
    plan = measurements("torch", _of(RARE), DTYPES, MODES, "precise")
    assert {dtype for dtype, _ in _found(plan, "compiled")} == set(DTYPES)
