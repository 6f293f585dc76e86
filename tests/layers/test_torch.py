"""The layers at home in PyTorch."""

from __future__ import annotations

import copy
import io
import pickle

import pytest
import torch
from torch import nn

import multiact
import multiact.layers.torch as layers

IMAGES = torch.linspace(-3, 3, 2 * 3 * 4 * 4).reshape(2, 3, 4, 4)


def network() -> nn.Sequential:
    """Every kind of layer."""
    torch.manual_seed(0)
    return nn.Sequential(
        layers.SwiGLU(3, 4),
        layers.Maxout(4, 4, 3),
        layers.Swish(channels=4),
        layers.RReLU(),
        layers.PReLU(),
        layers.Activation("gelu", "tanh"),
    )


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (layers.ReLU(), "ReLU()"),
        (layers.SiLU(beta=2), "SiLU(beta=2.0)"),
        (layers.PReLU(), "PReLU(slope=0.25, learnable=('slope',))"),
        (layers.Swish(channels=3, axis=1),
         "Swish(beta=1.0, learnable=('beta',), channels=3, axis=1)"),
        (layers.Activation("tanh"), "Activation('tanh')"),
        (layers.Activation("elu", 0.5), "Activation('elu', alpha=0.5)"),
    ],
)  # fmt: skip
def test_repr(layer: nn.Module, expected: str) -> None:
    assert repr(layer) == expected


def test_repr_of_affine_maps() -> None:
    assert layers.Maxout(3, 4, 5).extra_repr() == "in_features=3, out_features=4, pieces=5"


def test_prelu_is_pytorchs() -> None:
    ours, theirs = layers.PReLU(channels=3, axis=1), nn.PReLU(3)
    torch.testing.assert_close(ours(IMAGES), theirs(IMAGES), rtol=0, atol=0)
    assert [p.shape for p in ours.parameters()] == [p.shape for p in theirs.parameters()]


def test_fixed_parameters_are_no_state() -> None:
    assert layers.SiLU(beta=2.0).state_dict() == {}
    assert list(layers.PReLU(0.1, learnable=False).parameters()) == []


def test_state_dict() -> None:
    first, second = network(), network()
    with torch.no_grad():
        for parameter in first.parameters():
            parameter.add_(0.5)
    assert set(first.state_dict()) == {
        "0.affine.weight", "0.affine.bias", "1.affine.weight", "1.affine.bias", "2.beta", "4.slope",
    }  # fmt: skip
    file = io.BytesIO()
    torch.save(first.state_dict(), file)
    file.seek(0)
    second.load_state_dict(torch.load(file))
    x = torch.randn(5, 3)
    assert torch.equal(first.eval()(x), second.eval()(x))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_dtypes(dtype: torch.dtype) -> None:
    x = torch.randn(5, 3, dtype=dtype)
    assert network().to(dtype)(x).dtype == dtype
    assert layers.PReLU(dtype=dtype).slope.dtype == dtype
    assert layers.Maxout(3, 4, 2, dtype=dtype)(x).dtype == dtype


def test_meta_device() -> None:
    with torch.device("meta"):
        model = network()
    assert all(parameter.is_meta for parameter in model.parameters())
    assert model(torch.empty(5, 3, device="meta")).shape == (5, 4)
    assert all(parameter.is_meta for parameter in network().to("meta").parameters())
    prelu = layers.PReLU([0.5, 1.0, 2.0], device="meta").to_empty(device="cpu")
    prelu.reset_parameters()
    assert prelu.slope.tolist() == [0.5, 1.0, 2.0]


def test_copies() -> None:
    model = network().eval()
    x = torch.randn(5, 3)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert torch.equal(other(x), model(x))
        assert repr(other) == repr(model)
        assert not {id(p) for p in other.parameters()} & {id(p) for p in model.parameters()}


def test_training_under_compile() -> None:
    model = network()
    compiled = torch.compile(model, fullgraph=True, backend="aot_eager")
    optimiser = torch.optim.SGD(model.parameters(), 0.05)
    x, target = torch.randn(64, 3), torch.randn(64, 4)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    losses = []
    for _ in range(20):
        optimiser.zero_grad()
        loss = nn.functional.mse_loss(compiled(x), target)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    assert all((value != before[name]).any() for name, value in model.state_dict().items())


def test_compiled_equals_eager() -> None:
    model = network().eval()
    compiled = torch.compile(model, fullgraph=True, backend="aot_eager")
    x = torch.randn(5, 3)
    torch.testing.assert_close(compiled(x), model(x), rtol=1e-5, atol=1e-6)


def test_rrelu_draws_in_training_only() -> None:
    layer, x = layers.RReLU(), -torch.ones(1000)
    torch.manual_seed(3)
    first = layer(x)
    torch.manual_seed(3)
    assert torch.equal(layer(x), first)
    assert not torch.equal(layer(x), first)
    assert ((-first >= 1 / 8) & (-first <= 1 / 3)).all()
    assert torch.equal(layer.eval()(x), multiact.rrelu(x))


def test_gumbel_softmax_draws() -> None:
    layer, x = layers.GumbelSoftmax(hard=True), torch.zeros(2000, 2)
    share = layer(x)[:, 0].mean().item()
    # Four standard errors.
    assert abs(share - 0.5) < 4 * 0.5 / 2000**0.5


@pytest.mark.parametrize("strict", [True, False])
def test_export(strict: bool) -> None:
    model = network().eval()
    x = torch.randn(5, 3)
    rows = {0: torch.export.Dim("rows", min=2)}
    program = torch.export.export(model, (x,), dynamic_shapes=(rows,), strict=strict)
    for other in (x, torch.randn(7, 3)):
        torch.testing.assert_close(program.module()(other), model(other), rtol=1e-6, atol=1e-7)
    assert set(program.state_dict) == set(model.state_dict())


def test_gradients_are_right() -> None:
    for layer in (layers.Swish(channels=3, dtype=torch.float64), layers.PReLU(dtype=torch.float64)):
        x = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
        assert torch.autograd.gradcheck(layer, (x,))
