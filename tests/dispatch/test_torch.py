"""Every kind of PyTorch tensor, eagerly and under the transforms of ``torch.func``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode

import multiact
from multiact import _dispatch
from tests.dispatch import reference
from tests.dispatch.reference import CASES, Case

# PyTorch loads its own forward-mode decompositions with its own deprecated torch.jit.script.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


class Plain(torch.Tensor):
    """A subclass that changes nothing."""


class Logging(torch.Tensor):
    """A subclass that sees every call made on it."""

    calls: ClassVar[list[str]] = []

    @classmethod
    def __torch_function__(
        cls, function: Any, types: Any, arguments: Iterable[Any] = (), keywords: Any = None
    ) -> Any:
        cls.calls.append(getattr(function, "__name__", str(function)))
        return super().__torch_function__(function, types, arguments, keywords or {})


def tensor() -> torch.Tensor:
    return torch.tensor(reference.POINTS, dtype=torch.float64)


@every_case
@pytest.mark.parametrize("kind", [torch.Tensor, torch.nn.Parameter, Plain, Logging])
def test_kinds_of_tensor(case: Case, kind: Any) -> None:
    x = tensor() if kind is torch.Tensor else tensor().as_subclass(kind)
    y = case.call(x)
    assert type(y) is (torch.Tensor if kind is torch.nn.Parameter else kind)
    reference.close(y.detach().as_subclass(torch.Tensor), case.value(tensor().numpy()), 1e-13)


@every_case
@pytest.mark.parametrize("kind", [torch.Tensor, torch.nn.Parameter, Plain, Logging])
def test_gradients_reach_every_kind(case: Case, kind: Any) -> None:
    x = tensor() if kind is torch.Tensor else tensor().as_subclass(kind)
    x.requires_grad_()
    (gradient,) = torch.autograd.grad(case.call(x).sum(), x)
    reference.close(gradient.as_subclass(torch.Tensor), case.slope(tensor().numpy()), 1e-13)


def test_a_subclass_sees_the_call() -> None:
    Logging.calls.clear()
    multiact.gelu(tensor().as_subclass(Logging))
    assert "gelu" in Logging.calls


def test_a_parameter_with_a_subclass_and_a_buffer() -> None:
    class Weight(torch.nn.Parameter):
        pass

    expected = reference.gelu(tensor().numpy())
    for x in (Weight(tensor()), torch.nn.Buffer(tensor())):
        reference.close(multiact.gelu(x).detach(), expected, 1e-13)


def test_subclasses_never_grow_the_hot_table() -> None:
    multiact.relu(tensor())
    before = dict(_dispatch.backends)
    for number in range(20):
        multiact.relu(tensor().as_subclass(type(f"Derived{number}", (torch.Tensor,), {})))
    assert dict(_dispatch.backends) == before


@every_case
def test_meta_tensors(case: Case) -> None:
    y = case.call(torch.empty(3, 4, device="meta", dtype=torch.bfloat16))
    assert y.device.type == "meta"
    assert (y.shape, y.dtype) == ((3, 4), torch.bfloat16)


@every_case
@pytest.mark.parametrize("differentiated", [False, True])
def test_fake_tensors(case: Case, differentiated: bool) -> None:
    with FakeTensorMode():
        x = torch.randn(3, 4, requires_grad=differentiated)
        y = case.call(x)
    assert isinstance(y, FakeTensor)
    assert y.shape == (3, 4)
    assert y.requires_grad is differentiated


def test_a_fake_tensor_as_slope() -> None:
    with FakeTensorMode():
        assert multiact.prelu(torch.randn(3, 4), torch.randn(())).shape == (3, 4)


def _vmap(call: Callable[[Any], Any], x: Any) -> Any:
    return torch.func.vmap(call)(x)


def _nested_vmap(call: Callable[[Any], Any], x: Any) -> Any:
    return torch.func.vmap(torch.func.vmap(call))(x.reshape(-1, 1)).reshape(x.shape)


@every_case
@pytest.mark.parametrize("transform", [_vmap, _nested_vmap])
def test_vmap(case: Case, transform: Any) -> None:
    reference.close(transform(case.call, tensor()), case.value(tensor().numpy()), 1e-13)


def _grad(call: Callable[[Any], Any], x: Any) -> Any:
    return torch.func.grad(lambda x: call(x).sum())(x)


def _vmap_grad(call: Callable[[Any], Any], x: Any) -> Any:
    return torch.func.vmap(torch.func.grad(call))(x)


def _jvp(call: Callable[[Any], Any], x: Any) -> Any:
    return torch.func.jvp(call, (x,), (torch.ones_like(x),))[1]


def _vmap_jvp(call: Callable[[Any], Any], x: Any) -> Any:
    return torch.func.vmap(lambda x: torch.func.jvp(call, (x,), (torch.ones_like(x),))[1])(x)


def _vjp(call: Callable[[Any], Any], x: Any) -> Any:
    return torch.func.vjp(call, x)[1](torch.ones_like(x))[0]


def _jacfwd(call: Callable[[Any], Any], x: Any) -> Any:
    return torch.func.jacfwd(call)(x).diagonal()


def _jacrev(call: Callable[[Any], Any], x: Any) -> Any:
    return torch.func.jacrev(call)(x).diagonal()


def _dual_numbers(call: Callable[[Any], Any], x: Any) -> Any:
    forward = torch.autograd.forward_ad
    with forward.dual_level():
        return forward.unpack_dual(call(forward.make_dual(x, torch.ones_like(x)))).tangent


@every_case
@pytest.mark.parametrize(
    "transform", [_grad, _vmap_grad, _jvp, _vmap_jvp, _vjp, _jacfwd, _jacrev, _dual_numbers]
)
def test_first_derivatives(case: Case, transform: Any) -> None:
    reference.close(transform(case.call, tensor()), case.slope(tensor().numpy()), 1e-12)


def _hessian(call: Callable[[Any], Any], x: Any) -> Any:
    return torch.func.hessian(lambda x: call(x).sum())(x).diagonal()


def _grad_of_grad(call: Callable[[Any], Any], x: Any) -> Any:
    return torch.func.vmap(torch.func.grad(torch.func.grad(call)))(x)


def _forward_over_forward(call: Callable[[Any], Any], x: Any) -> Any:
    return torch.func.jacfwd(lambda x: _jvp(call, x))(x).diagonal()


def _reverse_over_forward(call: Callable[[Any], Any], x: Any) -> Any:
    return torch.func.jacrev(lambda x: _jvp(call, x))(x).diagonal()


@every_case
@pytest.mark.parametrize(
    "transform", [_hessian, _grad_of_grad, _forward_over_forward, _reverse_over_forward]
)
def test_second_derivatives(case: Case, transform: Any) -> None:
    reference.close(transform(case.call, tensor()), case.curvature(tensor().numpy()), 1e-11)


@every_case
def test_third_derivatives_agree_in_every_mode(case: Case) -> None:
    forward, reverse = torch.func.jacfwd, torch.func.jacrev
    expected = reverse(reverse(reverse(case.call)))(tensor())
    for outer, middle, inner in (
        (forward, forward, forward),
        (forward, reverse, forward),
        (reverse, forward, forward),
    ):
        torch.testing.assert_close(outer(middle(inner(case.call)))(tensor()), expected)


def test_nested_forward_mode_through_whole_rows() -> None:
    x = torch.randn(4, dtype=torch.float64)

    def call(x: torch.Tensor) -> torch.Tensor:
        return multiact.softmax(x, where=torch.tensor([True, True, False, True]))

    forward = torch.func.jacfwd(torch.func.jacfwd(call))(x)
    torch.testing.assert_close(forward, torch.func.jacrev(torch.func.jacrev(call))(x))
    assert forward.abs().max() > 1e-3


@pytest.mark.parametrize("transform", [_grad, _jvp, _jacfwd, _jacrev])
@pytest.mark.parametrize("shape", [(), (5,)], ids=["scalar slope", "slope per channel"])
def test_a_tensor_parameter_under_transforms(transform: Any, shape: tuple[int, ...]) -> None:
    """The derivative with respect to the slope is min(x, 0)."""
    x = tensor()
    slope = torch.full((5,), reference.SLOPE, dtype=torch.float64)

    def call(slopes: torch.Tensor) -> torch.Tensor:
        return multiact.prelu(x, slopes) if shape else multiact.prelu(x, slopes[0])

    reference.close(call(slope), reference.prelu(x.numpy(), reference.SLOPE), 1e-14)
    if shape:
        reference.close(transform(call, slope), np.minimum(x.numpy(), 0), 1e-14)
    elif transform is _grad:
        assert transform(call, slope)[0] == torch.clamp(x, max=0).sum()
    hessian = torch.func.hessian(lambda s: call(s).sum())(slope)
    assert hessian.count_nonzero() == 0


@pytest.mark.parametrize("name", ["softmax", "softmin", "log_softmax", "logsumexp", "glu"])
def test_rows_of_any_length_are_exported(name: str) -> None:
    function = getattr(multiact, name)

    class Model(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return function(x)

    length = 2 * torch.export.Dim("half", min=2)
    x = torch.linspace(-3, 3, 60).reshape(3, 20)
    program = torch.export.export(Model(), (x,), dynamic_shapes=({1: length},)).module()
    for shorter in (x[:, :6], x):
        torch.testing.assert_close(program(shorter), function(shorter))


def test_vmap_over_the_slope_alone() -> None:
    slopes = torch.tensor([0.1, 0.2, 0.3], dtype=torch.float64)
    y = torch.func.vmap(lambda slope: multiact.prelu(tensor(), slope))(slopes)
    for row, slope in zip(y, slopes, strict=True):
        reference.close(row, reference.prelu(tensor().numpy(), float(slope)), 1e-14)


def test_a_masked_softmax_under_transforms() -> None:
    x = torch.randn(3, 4, dtype=torch.float64)
    mask = torch.tensor([[True, True, False, True]] * 3)

    def whole(x: torch.Tensor) -> torch.Tensor:
        return multiact.softmax(x, where=mask)

    def row(x: torch.Tensor) -> torch.Tensor:
        return multiact.softmax(x, where=mask[0])

    torch.testing.assert_close(torch.func.vmap(row)(x), whole(x))
    forward, reverse = torch.func.jacfwd(row)(x[0]), torch.func.jacrev(row)(x[0])
    torch.testing.assert_close(forward, reverse)
    s = whole(x)[0]
    torch.testing.assert_close(forward, torch.diag(s) - torch.outer(s, s))


@every_case
def test_checkpointing_and_saved_tensor_hooks(case: Case) -> None:
    from torch.utils.checkpoint import checkpoint

    x = tensor().requires_grad_()
    with torch.autograd.graph.save_on_cpu():
        (gradient,) = torch.autograd.grad(checkpoint(case.call, x, use_reentrant=False).sum(), x)
    reference.close(gradient, case.slope(tensor().numpy()), 1e-13)


def test_inference_mode_and_no_grad() -> None:
    x = torch.nn.Parameter(tensor())
    with torch.no_grad():
        assert not multiact.silu(x, beta=reference.BETA).requires_grad
    with torch.inference_mode():
        assert multiact.silu(x, beta=reference.BETA).is_inference()
