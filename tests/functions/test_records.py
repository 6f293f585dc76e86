"""The records and docstrings: complete, and true."""

from __future__ import annotations

import doctest
import importlib
import inspect
import math
from typing import Any

import numpy as np
import pytest

import multiact
from tests.backends import DTYPES

RECORDS = list(multiact.records.values())
ELEMENTWISE = [record for record in RECORDS if record.kind == "elementwise"]
every_record = pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.name)
every_elementwise = pytest.mark.parametrize("record", ELEMENTWISE, ids=lambda r: r.name)

SEEDS = {
    "sigmoid", "tanh", "relu", "leaky_relu", "prelu", "rrelu", "elu", "selu", "softplus", "silu",
    "mish", "gelu", "softmax", "maxout",
}  # fmt: skip
FACTS = (
    "limits", "range", "monotonic", "zero_centred", "smoothness", "derivative_range", "zeros",
)  # fmt: skip
SECTIONS = ("Parameters\n", "Returns\n", "Raises\n", "Notes\n", "Source: ", "Examples\n")
# Where formulas change: dense near 0, far out on both sides.
GRID = np.concatenate([np.linspace(-60, 60, 24_001), [-1e7, -1e4, -700.0, 700.0, 1e4, 1e7]])
GRID.sort()


def value(record: Any, x: Any) -> Any:
    return record.function(x, **record.cases[0])


def test_the_catalogue_has_the_seeds() -> None:
    assert set(multiact.records) >= SEEDS


def test_all_is_what_is_public() -> None:
    public = {
        name
        for name, thing in vars(multiact).items()
        if not name.startswith("_") and not inspect.ismodule(thing) and name != "annotations"
    }
    assert set(multiact.__all__) == public | {"__version__", "precise"}
    assert multiact.__all__ == sorted(multiact.__all__)
    names = set(multiact.records) | {a for r in RECORDS for a in r.aliases}
    assert names <= set(multiact.__all__)


def test_records_are_read_only() -> None:
    with pytest.raises(TypeError):
        multiact.records["relu"] = None  # type: ignore[index]
    with pytest.raises(AttributeError):
        multiact.records["relu"].name = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        multiact.records["relu"].cases[0]["slope"] = 1  # type: ignore[index]


@every_record
def test_records_are_complete(record: Any) -> None:
    assert getattr(multiact, record.name) is record.function
    assert record.function.__module__ == f"multiact.{record.family}"
    assert record.formula
    assert record.paper
    assert record.cases
    assert record.signature == inspect.signature(record.function)
    assert record.summary == inspect.getdoc(record.function).partition("\n")[0]
    assert record.kind in ("elementwise", "rowwise")
    if record.kind == "elementwise":
        for fact in FACTS:
            assert getattr(record, fact) is not None, fact


@every_record
def test_aliases_are_the_same_object(record: Any) -> None:
    for alias in record.aliases:
        assert getattr(multiact, alias) is record.function


@every_record
def test_parameters_of_the_record_are_those_of_the_function(record: Any) -> None:
    names = list(record.signature.parameters)
    assert names[0] == "x"
    assert set(record.tensor_parameters) <= set(names[1:])
    for case in record.cases:
        record.signature.bind(None, **case)


@every_elementwise
def test_limits(record: Any) -> None:
    for end, limit in zip((-1e300, 1e300), record.limits, strict=True):
        far = value(record, np.array([end / 1e200, end]))
        if math.isnan(limit):
            assert np.ptp(value(record, np.sign(end) * np.linspace(1e3, 1e3 + 20, 101))) > 0.1
        elif math.isinf(limit):
            assert (np.sign(far) == np.sign(limit)).all()
            assert abs(far[1]) > 1e9 * abs(far[0])
        else:
            assert far[1] == pytest.approx(limit, rel=1e-15, abs=1e-300)


@every_elementwise
def test_range(record: Any) -> None:
    """No value lies outside, and both ends are approached."""
    low, high = record.range
    y = value(record, GRID)
    slack = 4 * DTYPES["float64"].type(np.finfo(np.float64).eps)
    assert y.min() >= low - slack * abs(low if math.isfinite(low) else 0)
    assert y.max() <= high + (slack * abs(high) if math.isfinite(high) else 0)
    for end, extreme in ((low, y.min()), (high, y.max())):
        # The grid has a step of 1/200, so a minimum is met to its square.
        assert abs(extreme) > 10 if math.isinf(end) else extreme == pytest.approx(end, abs=1e-5)


@every_elementwise
def test_monotonic(record: Any) -> None:
    steps = np.diff(value(record, GRID))
    slack = 1e-15
    assert (steps.min() >= -slack) == record.monotonic


@every_elementwise
def test_zero_centred(record: Any) -> None:
    """Odd functions: their outputs balance about 0."""
    y = value(record, GRID)
    assert np.allclose(y, -y[::-1], rtol=1e-14) == record.zero_centred


def jumps(record: Any, case: Any, order: int) -> set[float]:
    """Where the value (0) or a derivative differs on both sides."""
    xs = np.union1d(np.arange(-12, 12.5, 0.5), record.kinks)
    sides = []
    for around in (xs - 1e-7, xs + 1e-7):
        if order == 0:
            sides.append(record.function(around, **case))
        else:
            sides.append(multiact.derivative(record.function, around, order=order, **case))
    return set(xs[np.abs(sides[1] - sides[0]) > 1e-4].tolist())


@every_elementwise
def test_kinks_are_where_the_derivative_jumps(record: Any) -> None:
    """Those of the first case are listed; and each that is listed is one, or bends, in some case:
    elu has none with its default alpha = 1, but with every other.
    """
    kinks = set(record.kinks)
    assert jumps(record, record.cases[0], 0) | jumps(record, record.cases[0], 1) <= kinks
    bent = {x for case in record.cases for order in range(3) for x in jumps(record, case, order)}
    assert kinks <= bent


@every_elementwise
def test_tensor_parameters_take_arrays(record: Any) -> None:
    """Every parameter that the record names; the other numbers have to be numbers."""
    x = np.array([-1.0, 2.0])
    for name, parameter in list(record.signature.parameters.items())[1:]:
        arguments = {**record.cases[0], name: np.array([0.5, 0.25])}
        if name in record.tensor_parameters:
            assert record.function(x, **arguments).shape == (2,)
        elif isinstance(record.cases[0].get(name, parameter.default), float):
            with pytest.raises(TypeError, match=name):
                record.function(x, **arguments)


@every_record
def test_docstrings_have_every_section(record: Any) -> None:
    text = inspect.getdoc(record.function)
    places = [text.find(section) for section in SECTIONS]
    assert -1 not in places, SECTIONS[places.index(-1)]
    assert places == sorted(places)
    for name in record.signature.parameters:
        assert name in text[: text.index("Returns\n")]
    summary = text.partition("\n")[0]
    assert len(summary) <= 100


def test_every_public_function_is_documented() -> None:
    for name in ("vjp", "derivative", "register_backend", "Gradients", "Record"):
        text = inspect.getdoc(getattr(multiact, name))
        assert text
        if inspect.isfunction(getattr(multiact, name)):
            for section in ("Parameters\n", "Raises\n"):
                assert section in text


@pytest.mark.parametrize(
    "module",
    [
        "multiact",
        "multiact._gradients",
        "multiact.precise",
        *sorted({f"multiact.{r.family}" for r in RECORDS}),
    ],
)
def test_examples_in_docstrings(module: str) -> None:
    with np.printoptions(legacy=False):
        results = doctest.testmod(importlib.import_module(module))
    assert results.failed == 0
    assert results.attempted > 0 or module == "multiact"
