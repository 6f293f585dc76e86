"""The truth that a caller names: a function of the catalogue, or one of their own."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

import numpy as np

import multiact
from multiact_compare.dtypes import Doubles
from multiact_compare.plan import Quantity
from multiact_compare.rows import Block
from multiact_compare.testing import names
from multiact_compare.testing.backends import kind_of
from multiact_compare.testing.differences import Reference

Arithmetic: TypeAlias = Literal["float64", "mpmath", "arb"]
Given: TypeAlias = str | Callable[..., Any] | Mapping[str, Callable[..., Any]]

BITS = 256
"""The precision at which a caller's function of mpmath or arb is evaluated."""

ENOUGH_BITS = 64
"""The accuracy that an enclosure must have to judge float64 by it."""

ROW: dict[str, int] = {"value": 0, "derivative": 2, "second": 4}


def kinks_of(given: Given | None, params: Mapping[str, Any]) -> tuple[float, ...]:
    """Where a reference of the catalogue has kinks."""
    if not isinstance(given, str):
        return ()
    from multiact_compare import oracle

    return oracle.kinks(canonical(given), _checked(canonical(given), params))


def canonical(name: str) -> str:
    """The canonical name of a function of the catalogue; a wrong one is a ``ValueError``."""
    spelled = {
        spelling: record.name
        for record in multiact.records.values()
        for spelling in (record.name, *record.aliases)
    }
    if name not in spelled:
        raise ValueError(f"reference: there is no {names.unknown('function', name, spelled)}")
    return spelled[name]


def truth(
    given: Given,
    arithmetic: Arithmetic,
    quantity: Quantity,
    params: Mapping[str, Any],
    x: Doubles,
) -> Reference:
    """What a quantity must be at every x; x keeps its shape if the reference is a callable."""
    if isinstance(given, str):
        return _of_the_catalogue(canonical(given), quantity, params, x)
    function = given.get(quantity) if isinstance(given, Mapping) else given
    if function is None or (quantity != "value" and not isinstance(given, Mapping)):
        raise ValueError(
            f"reference says nothing about the {quantity}; give a mapping: "
            f'reference={{"{quantity}": a function of x that returns it}}'
        )
    if not callable(function):
        raise TypeError(
            f"reference is {kind_of(function)}; allowed are the name of a function of the "
            "catalogue, a callable, or a mapping from quantities to callables"
        )
    if arithmetic == "float64":
        return _in_float64(function, params, x)
    return _one_by_one(function, arithmetic, params, x)


def _in_float64(function: Callable[..., Any], params: Mapping[str, Any], x: Doubles) -> Reference:
    with np.errstate(all="ignore"):
        high = np.asarray(function(x.copy(), **params))
    if high.dtype.kind not in "fiub":
        raise TypeError(
            f"reference returned {high.dtype}; allowed are real numbers. It is called with float64 "
            'NumPy arrays; for one number at a time pass arithmetic="mpmath" or "arb"'
        )
    high = high.astype(np.float64)
    return Reference(high, np.zeros_like(high), np.ones(high.shape, bool))


def _one_by_one(
    function: Callable[..., Any], arithmetic: Arithmetic, params: Mapping[str, Any], x: Doubles
) -> Reference:
    """NaN and infinite points are not asked for: there NaN must come of NaN, and anything else."""
    evaluate = _mpmath if arithmetic == "mpmath" else _arb
    pairs = [
        evaluate(function, params, at) if math.isfinite(at) else (math.nan, 0.0)
        for at in x.ravel().tolist()
    ]
    high, low = np.array(pairs, np.float64).T.reshape(2, *x.shape)
    return Reference(high, low, ~np.isinf(x))


def _mpmath(
    function: Callable[..., Any], params: Mapping[str, Any], x: float
) -> tuple[float, float]:
    import mpmath

    with mpmath.workprec(BITS):
        value = mpmath.mpmathify(function(mpmath.mpf(x), **params))
        if isinstance(value, mpmath.mpc):
            raise TypeError(f"reference returned the complex number {value} at x = {x!r}")
        high = float(value)
        return high, float(value - high) if math.isfinite(high) else 0.0


def _arb(function: Callable[..., Any], params: Mapping[str, Any], x: float) -> tuple[float, float]:
    from flint import arb, ctx

    before, ctx.prec = ctx.prec, BITS
    try:
        value = arb(function(arb(x), **params))
        if value.is_exact() or value.rel_accuracy_bits() >= ENOUGH_BITS:
            high = float(value)
            return high, float(value - high) if math.isfinite(high) else 0.0
    finally:
        ctx.prec = before
    if value.is_nan():
        return math.nan, 0.0
    raise ValueError(
        f"reference encloses its value at x = {x!r} in {value} only, evaluated with {BITS} bits; "
        "write it without cancellation"
    )


def _of_the_catalogue(
    name: str, quantity: Quantity, params: Mapping[str, Any], x: Doubles
) -> Reference:
    from multiact_compare import oracle

    filled = _checked(name, params)
    if multiact.records[name].kind == "rowwise":
        if quantity != "value" or x.ndim != 2:
            raise ValueError(
                f"reference: {name} is a function of rows, of which the value is known for points "
                "of two axes, such as points=(50, 10)"
            )
        return _of_rows(name, filled, x)
    finite = np.isfinite(x)
    distinct, back = np.unique(x[finite] + 0.0, return_inverse=True)
    row = ROW[quantity]
    table = oracle.elementwise(name, filled, distinct)[row : row + 2, back]
    high, low = np.full(x.shape, np.nan), np.zeros(x.shape)
    high[finite], low[finite] = table
    # A derivative that does not exist (at a kink), or is that of NaN, is anybody's.
    known = ~np.isnan(high)
    if quantity == "value":
        known |= np.isnan(x)
    if quantity != "second" and np.isinf(x).any():
        for end, limits in oracle.limits(name, filled).items():
            high[x == end] = limits[0 if quantity == "value" else 1]
            known |= x == end
    return Reference(high, low, known)


def _of_rows(name: str, params: Mapping[str, Any], x: Doubles) -> Reference:
    from multiact_compare import oracle, rows

    shape = rows.shape(name, params)
    results = shape.result(x.shape[1])
    finite = np.asarray(np.isfinite(x).all(axis=1))
    cotangents = np.zeros((int(finite.sum()), shape.results_of(x.shape[1])))
    values = oracle.rowwise(name, params, Block(x[finite], cotangents, np.zeros_like(x[finite])))[0]
    high, low = np.zeros((2, len(x), cotangents.shape[1]))
    high[finite], low[finite] = values
    known = np.broadcast_to(finite[:, None], high.shape)
    whole = (len(x), *results)
    return Reference(high.reshape(whole), low.reshape(whole), known.reshape(whole))


def _checked(name: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters, if the definition of the catalogue can be evaluated with them."""
    from multiact_compare.oracle.elementwise import FORMULAS
    from multiact_compare.oracle.rowwise import ROW_FORMULAS

    formula = FORMULAS.get(name) or ROW_FORMULAS[name]
    try:
        inspect.signature(formula).bind(**params)
    except TypeError as error:
        raise ValueError(f"reference: {name} with {dict(params)}: {error}") from None
    for key, value in params.items():
        if not isinstance(value, (int, float, str)):
            raise TypeError(f"reference: {name} takes a number for {key}, got {kind_of(value)}")
    return dict(params)
