"""``torch.compile(fullgraph=True)``: a graph break anywhere is an error."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
import torch

import multiact
from tests.dispatch import reference
from tests.dispatch.reference import CASES, Case

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script")

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
every_backend = pytest.mark.parametrize("backend", ["eager", "aot_eager"])
needs_compiler = pytest.mark.skipif(
    not any(shutil.which(name) for name in ("c++", "g++", "clang++")),
    reason="inductor needs a C++ compiler",
)


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Every test compiles anew."""
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


def tensor() -> torch.Tensor:
    return torch.tensor(reference.POINTS, dtype=torch.float64)


def compiled(call: Any, backend: str = "aot_eager") -> Any:
    return torch.compile(call, fullgraph=True, backend=backend)


@every_case
@every_backend
@pytest.mark.parametrize("kind", [torch.Tensor, torch.nn.Parameter])
def test_values_and_gradients(case: Case, backend: str, kind: Any) -> None:
    x = tensor().requires_grad_() if kind is torch.Tensor else kind(tensor())
    y = compiled(case.call, backend)(x)
    reference.close(y.detach(), case.value(tensor().numpy()), 1e-13)
    (gradient,) = torch.autograd.grad(y.sum(), x)
    reference.close(gradient, case.slope(tensor().numpy()), 1e-13)


@pytest.mark.parametrize("name", list(multiact.records))
def test_every_function_trains(name: str) -> None:
    arguments = dict(multiact.records[name].cases[0])
    function = getattr(multiact, name)
    x = torch.linspace(-3, 3, 24).reshape(4, 6).requires_grad_()
    y = compiled(lambda x: function(x, **arguments))(x)
    expected = function(x, **arguments)
    torch.testing.assert_close(y, expected)
    weights = torch.randn_like(expected)
    gradients = [torch.autograd.grad((r * weights).sum(), x)[0] for r in (y, expected)]
    torch.testing.assert_close(*gradients)


@every_backend
@pytest.mark.parametrize("shape", [(), (5,), (3, 5)])
def test_a_learnable_slope(backend: str, shape: tuple[int, ...]) -> None:
    x = tensor().repeat(3, 1)
    slope = torch.nn.Parameter(torch.full(shape, reference.SLOPE, dtype=torch.float64))
    y = compiled(multiact.prelu, backend)(x, slope)
    torch.testing.assert_close(y, torch.where(x > 0, x, reference.SLOPE * x))
    (gradient,) = torch.autograd.grad(y.sum(), slope)
    torch.testing.assert_close(gradient, torch.clamp(x, max=0).sum_to_size(shape))


@every_backend
def test_a_masked_softmax(backend: str) -> None:
    x = torch.randn(3, 5, dtype=torch.float64, requires_grad=True)
    mask = torch.tensor([True, False, True, True, False])

    def call(x: torch.Tensor) -> torch.Tensor:
        return multiact.softmax(x, where=mask)

    weights = torch.randn(3, 5, dtype=torch.float64)
    results = [compiled(call, backend)(x), call(x)]
    torch.testing.assert_close(*results)
    gradients = [torch.autograd.grad((y * weights).sum(), x)[0] for y in results]
    torch.testing.assert_close(*gradients)


@every_case
@pytest.mark.parametrize(
    "transform",
    [
        lambda call: torch.func.vmap(torch.func.grad(call)),
        lambda call: lambda x: torch.func.jvp(call, (x,), (torch.ones_like(x),))[1],
        lambda call: lambda x: torch.func.vjp(call, x)[1](torch.ones_like(x))[0],
    ],
    ids=["vmap(grad)", "jvp", "vjp"],
)
def test_transforms_inside(case: Case, transform: Any) -> None:
    reference.close(compiled(transform(case.call))(tensor()), case.slope(tensor().numpy()), 1e-12)


@every_case
def test_hessians_inside(case: Case) -> None:
    second = torch.func.vmap(torch.func.grad(torch.func.grad(case.call)))
    reference.close(compiled(second)(tensor()), case.curvature(tensor().numpy()), 1e-11)


@every_case
def test_vjp_and_derivative_inside(case: Case) -> None:
    def program(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return (
            multiact.derivative(case.call, x),
            multiact.vjp(case.call, x, torch.ones_like(x)).x,
        )

    for result in compiled(program)(tensor()):
        reference.close(result, case.slope(tensor().numpy()), 1e-12)


@every_case
@pytest.mark.parametrize("dynamic", [True, None])
def test_shapes_that_change(case: Case, dynamic: bool | None) -> None:
    call = torch.compile(case.call, fullgraph=True, backend="eager", dynamic=dynamic)
    for length in (3, 4, 7):
        x = torch.linspace(-2, 2, length, dtype=torch.float64)
        reference.close(call(x), case.value(x.numpy()), 1e-12)


def test_options_that_change() -> None:
    call = compiled(multiact.gelu, "eager")
    for approximate in ("none", "tanh", "sigmoid", True, False):
        torch.testing.assert_close(
            call(tensor(), approximate), multiact.gelu(tensor(), approximate)
        )


def test_mistakes_are_still_explained() -> None:
    """With graph breaks allowed the error of the eager call arrives untouched."""
    with pytest.raises(TypeError, match=r"dtype torch\.complex64"):
        torch.compile(multiact.gelu, backend="eager")(torch.randn(3, dtype=torch.complex64))


@needs_compiler
def test_inductor() -> None:
    """One program with a native kernel, a lifted formula and a learnable parameter."""

    def program(x: torch.Tensor, slope: torch.Tensor) -> torch.Tensor:
        for case in CASES:
            x = case.call(x)
        return multiact.prelu(x, slope)

    x = torch.randn(64, 32, requires_grad=True)
    slope = torch.nn.Parameter(torch.full((32,), 0.25))
    y, expected = compiled(program, "inductor")(x, slope), program(x, slope)
    torch.testing.assert_close(y, expected)
    torch.testing.assert_close(
        torch.autograd.grad(y.sum(), (x, slope)), torch.autograd.grad(expected.sum(), (x, slope))
    )


@needs_compiler
def test_inductor_on_a_subclass() -> None:
    class Derived(torch.Tensor):
        pass

    y = compiled(lambda x: multiact.gelu(x) + 1, "inductor")(tensor().as_subclass(Derived))
    assert type(y) is Derived
    reference.close(y.as_subclass(torch.Tensor), reference.gelu(tensor().numpy()) + 1, 1e-12)
