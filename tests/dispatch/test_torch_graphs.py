"""PyTorch's ways to turn a program into a graph, and tensors spread over devices."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any

import multiact_torch
import pytest
import torch
import torch.distributed
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import DTensor, Replicate, Shard, distribute_tensor

import multiact
from tests.dispatch import reference
from tests.dispatch.reference import CASES, Case

# Dynamo instantiates the autograd.Functions that it traces, and warns about it.
pytestmark = pytest.mark.filterwarnings("ignore:.*Function'> should not be instantiated")

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


class Module(torch.nn.Module):
    """One activation after a learnable scale."""

    def __init__(self, call: Any) -> None:
        super().__init__()
        self.call = call
        self.scale = torch.nn.Parameter(torch.tensor(1.5, dtype=torch.float64))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.call(x * self.scale)
        return result


def tensor() -> torch.Tensor:
    return torch.tensor(reference.POINTS, dtype=torch.float64)


@every_case
@pytest.mark.parametrize("strict", [True, False], ids=["strict", "non-strict"])
def test_export(case: Case, strict: bool) -> None:
    exported = torch.export.export(Module(case.call), (tensor(),), strict=strict)
    y = exported.module()(tensor())
    reference.close(y.detach(), case.value(1.5 * tensor().numpy()), 1e-13)


@pytest.mark.parametrize("strict", [True, False], ids=["strict", "non-strict"])
def test_export_sees_the_native_kernel(strict: bool) -> None:
    exported = torch.export.export(Module(multiact.tanh), (tensor(),), strict=strict)
    targets = [str(node.target) for node in exported.graph.nodes if node.op == "call_function"]
    assert targets == ["aten.mul.Tensor", "aten.tanh.default"]


def test_export_of_a_learnable_slope_with_a_dynamic_batch() -> None:
    class Prelu(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.slope = torch.nn.Parameter(torch.full((5,), reference.SLOPE))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return multiact.prelu(x, self.slope)

    batch = torch.export.Dim("batch", min=2, max=64)
    exported = torch.export.export(Prelu(), (torch.randn(4, 5),), dynamic_shapes=({0: batch},))
    x = torch.randn(7, 5)
    torch.testing.assert_close(exported.module()(x), torch.where(x > 0, x, reference.SLOPE * x))


@every_case
def test_symbolic_trace(case: Case) -> None:
    traced = torch.fx.symbolic_trace(Module(case.call))
    (call,) = (
        node
        for node in traced.graph.nodes
        if node.op == "call_function" and node.target is not operator.mul
    )
    assert call.target in (multiact_torch.gelu, multiact_torch.silu)
    reference.close(traced(tensor()).detach(), case.value(1.5 * tensor().numpy()), 1e-13)


def test_symbolic_trace_of_parameters_and_attributes() -> None:
    def program(x: Any, slope: Any) -> Any:
        return multiact.prelu(x.T, slope=slope, axis=0)

    traced = torch.fx.symbolic_trace(program)
    x, slope = torch.randn(3, 5), torch.randn(5)
    torch.testing.assert_close(traced(x, slope), multiact.prelu(x.T, slope, axis=0))


@pytest.mark.parametrize("name", list(multiact.records))
def test_symbolic_trace_of_every_function(name: str) -> None:
    arguments = dict(multiact.records[name].cases[0])
    traced = torch.fx.symbolic_trace(lambda x: getattr(multiact, name)(x, **arguments))
    x = torch.randn(3, 6)
    torch.testing.assert_close(traced(x), getattr(multiact, name)(x, **arguments))


@pytest.mark.parametrize(
    "program",
    [
        lambda x: multiact.vjp(multiact.gelu, x, x),
        lambda x: multiact.derivative(multiact.gelu, x),
    ],
    ids=["vjp", "derivative"],
)
def test_symbolic_trace_refuses_what_it_cannot_record(program: Any) -> None:
    with pytest.raises(TypeError, match=r"torch\.fx\.Proxy.*torch\.export"):
        torch.fx.symbolic_trace(program)


@every_case
@pytest.mark.filterwarnings("ignore:`torch.jit.trace")
def test_jit_trace(case: Case) -> None:
    traced = torch.jit.trace(case.call, (tensor(),))
    reference.close(traced(2 * tensor()), case.value(2 * tensor().numpy()), 1e-13)


@every_case
def test_make_fx(case: Case) -> None:
    from torch.fx.experimental.proxy_tensor import make_fx

    def program(x: torch.Tensor) -> torch.Tensor:
        return torch.autograd.grad(case.call(x).sum(), x)[0]

    traced = make_fx(program)(tensor().requires_grad_())
    x = (0.5 * tensor()).requires_grad_()
    reference.close(traced(x).detach(), case.slope(0.5 * tensor().numpy()), 1e-12)


@pytest.fixture(scope="module")
def mesh() -> Iterator[Any]:
    """One device of one process."""
    torch.distributed.init_process_group(
        "gloo", store=torch.distributed.HashStore(), rank=0, world_size=1
    )
    yield init_device_mesh("cpu", (1,))
    torch.distributed.destroy_process_group()


@every_case
@pytest.mark.parametrize("differentiated", [False, True])
def test_distributed_tensors(mesh: Any, case: Case, differentiated: bool) -> None:
    local = tensor().repeat(4, 1)
    x = distribute_tensor(local, mesh, [Shard(0)]).requires_grad_(differentiated)
    y = case.call(x)
    assert isinstance(y, DTensor)
    assert y.placements == (Shard(0),)
    reference.close(y.to_local().detach()[0], case.value(tensor().numpy()), 1e-13)
    if differentiated:
        (gradient,) = torch.autograd.grad(y.sum(), x)
        assert isinstance(gradient, DTensor)
        assert gradient.placements == (Shard(0),)
        reference.close(gradient.to_local()[0], case.slope(tensor().numpy()), 1e-13)


def _distributed_parameter_gradient(mesh: Any, call: Any) -> Any:
    x = distribute_tensor(tensor().repeat(4, 1), mesh, [Shard(0)])
    parameter = distribute_tensor(torch.full((5,), 0.3, dtype=torch.float64), mesh, [Replicate()])
    parameter.requires_grad_()
    y = call(x, parameter)
    assert y.placements == (Shard(0),)
    (gradient,) = torch.autograd.grad(y.sum(), parameter)
    return gradient.full_tensor()


def test_a_distributed_parameter(mesh: Any) -> None:
    gradient = _distributed_parameter_gradient(mesh, multiact.elu)
    torch.testing.assert_close(gradient, 4 * torch.expm1(torch.clamp(tensor(), max=0)))


def test_a_distributed_slope(mesh: Any) -> None:
    gradient = _distributed_parameter_gradient(mesh, multiact.prelu)
    torch.testing.assert_close(gradient, 4 * torch.clamp(tensor(), max=0))
