"""What is wrong with a formula is said when it is given, what is wrong with a call when called."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import multiact
from tests.custom.samples import dynamic, relu_cos


def _branches(xp: Any, x: Any) -> Any:
    return x if x > 0 else 0.0 * x


def _floats(xp: Any, x: Any) -> Any:
    return math.exp(x)


def _returns_nothing(xp: Any, x: Any) -> None:
    xp.exp(x)


def _wrong_name(xp: Any, x: Any) -> Any:
    return xp.sigmod(x)


def _of_the_catalogue(xp: Any, x: Any) -> Any:
    return multiact.relu(x)


def _option(xp: Any, x: Any, mode: str = "fast") -> Any:
    return x


def _keyword_only(xp: Any, x: Any, *, a: float = 1.0) -> Any:
    return a * x


def _many(xp: Any, x: Any, *more: Any) -> Any:
    return x


def _power(xp: Any, x: Any, p: float = 2.0) -> Any:
    return x**p


def _good(xp: Any, x: Any, a: float = 1.0) -> Any:
    return a * x


@pytest.mark.parametrize(
    ("formula", "kind", "message"),
    [
        (_branches, TypeError, r"_branches: .*xp\.where\(condition, a, b\)"),
        (_floats, TypeError, "use xp.exp for math.exp"),
        (_returns_nothing, ValueError, "returned None.*add the return statement"),
        (lambda xp, x: 1.0, ValueError, "returned 1.0.*use x in it"),
        (_wrong_name, AttributeError, r"no 'sigmod'. Did you mean xp.sigmoid\?"),
        (_of_the_catalogue, TypeError, "use the functions of xp alone"),
        (lambda x: x, TypeError, r"takes 1 parameters. Allowed is f\(xp, x, …\)"),
        (_option, TypeError, "the parameter mode: 'str' = 'fast'"),
        (_keyword_only, TypeError, "Allowed are plain parameters"),
        (_many, TypeError, "Allowed are plain parameters"),
        (_power, TypeError, r"xp.exp\(b \* xp.log\(a\)\)"),
        (np.tanh, TypeError, "Allowed is a plain function"),
    ],
)
def test_formulas(formula: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        multiact.activation(formula)


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"kink": (0.0,)}, TypeError, "unknown fact 'kink'. Did you mean kinks"),
        ({"partials": {"b": _good}}, ValueError, "with respect to 'b'. Allowed: a"),
        ({"derivative": _branches}, TypeError, "derivative of _good: "),
        ({"derivative": _returns_nothing}, TypeError, "derivative of _good: "),
        ({"partials": {"a": _returns_nothing}}, TypeError, "with respect to a: "),
        ({"mpmath": abs, "arb": abs}, TypeError, "two references"),
        ({"cases": ({"b": 1.0},)}, ValueError, "Allowed is a dict with some of a"),
    ],
)
def test_options(options: dict[str, Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        multiact.activation(**options)(_good)


def test_a_failed_definition_leaves_nothing() -> None:
    from multiact._custom import customs

    before = dict(customs)
    with pytest.raises(TypeError):
        multiact.activation(_branches)
    assert customs == before


@pytest.mark.parametrize(
    ("args", "params", "message"),
    [
        ((), {}, "dynamic needs slope. Pass slope="),
        ((1.0, 2.0), {}, "got 2 parameters beside x. Allowed: slope"),
        ((1.0,), {"slope": 2.0}, "got slope twice"),
        ((), {"slop": 2.0}, "unknown parameter 'slop'. Allowed: slope"),
    ],
)
def test_calls(args: Any, params: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        dynamic(np.ones(3), *args, **params)


def test_arrays() -> None:
    with pytest.raises(TypeError, match="does not know arrays of type list"):
        relu_cos([1.0])
    with pytest.raises(TypeError, match="complex"):
        relu_cos(np.ones(2, complex))
    with pytest.raises(ValueError, match="amplitude"):
        relu_cos(np.ones(3), np.ones(2))
    import torch

    with pytest.raises(TypeError, match=r"x of type numpy.ndarray but amplitude of type torch"):
        relu_cos(np.ones(3), torch.ones(3))
