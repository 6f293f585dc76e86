"""PyTorch's programs in files, loaded where there is no multiact."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from tests.ecosystems import models
from tests.ecosystems.catalogue import calls
from tests.ecosystems.processes import run_without_multiact

X = torch.linspace(-3, 3, 54).reshape(9, 6)


class Everything(nn.Module):
    """Learnt layers, whose result goes through every function of the catalogue."""

    def __init__(self) -> None:
        super().__init__()
        self.network = models.network()
        self.widen = nn.Linear(4, 6)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        hidden = self.widen(self.network(x))
        return tuple(call.function(hidden, **call.params) for call in calls())


def outside(folder: Path, loader: str, inputs: torch.Tensor) -> Any:
    """What the program in a file makes of the inputs where multiact cannot be imported."""
    torch.save(inputs, folder / "x.pt")
    run_without_multiact(
        f"""
        import torch
        with torch.no_grad():
            torch.save({loader}(torch.load("x.pt")), "y.pt")
        """,
        folder,
    )
    return torch.load(folder / "y.pt")


@pytest.fixture(scope="module")
def model() -> nn.Module:
    """The model in evaluation mode."""
    return Everything().eval()


@pytest.fixture(scope="module")
def program(model: nn.Module) -> torch.export.ExportedProgram:
    """The same, exported with any number of rows."""
    rows = {0: torch.export.Dim("rows")}
    return torch.export.export(model, (X[:4],), dynamic_shapes=(rows,))


@pytest.fixture
def as_outside() -> Iterator[None]:
    """One thread, as outside: how a product of matrices is split decides its last bits."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("as_outside")
def test_export(tmp_path: Path, model: nn.Module, program: torch.export.ExportedProgram) -> None:
    torch.export.save(program, tmp_path / "program.pt2")
    found = outside(tmp_path, "torch.export.load('program.pt2').module()", X)
    with torch.no_grad():
        eager, exported = model(X), program.module()(X)
    for call, y, expected, near in zip(calls(), found, exported, eager, strict=True):
        assert torch.equal(y, expected), call.name
        torch.testing.assert_close(y, near, rtol=1e-5, atol=1e-6)


def test_gradients_of_an_exported_program(
    model: nn.Module, program: torch.export.ExportedProgram
) -> None:
    found: list[torch.Tensor] = []
    expected: list[torch.Tensor] = []
    for gradients, call in ((found, program.module()), (expected, model)):
        x = X.clone().requires_grad_()
        for y in call(x):
            weights = torch.linspace(1, 2, y.numel()).reshape(y.shape)
            gradients.append(torch.autograd.grad((y * weights).sum(), x, retain_graph=True)[0])
    for call, gradient, near in zip(calls(), found, expected, strict=True):
        # Each is a product of Jacobians of six layers.
        torch.testing.assert_close(gradient, near, rtol=1e-4, atol=1e-5, msg=call.name)


@pytest.mark.usefixtures("as_outside")
@pytest.mark.filterwarnings("ignore:`torch.jit")
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
def test_jit_trace(tmp_path: Path, model: nn.Module) -> None:
    """Without gradients, as TorchScript has no word for a derivative of one's own."""
    with torch.no_grad():
        traced = torch.jit.trace(model, (X[:4],))
        expected = model(X)
    torch.jit.save(traced, tmp_path / "program.pt")
    found = outside(tmp_path, "torch.jit.load('program.pt')", X)
    for call, y, value in zip(calls(), found, expected, strict=True):
        assert torch.equal(y, value), call.name


@pytest.mark.filterwarnings("ignore:`torch.jit")
def test_jit_trace_with_gradients_is_refused() -> None:
    """The day it is not, the page about the ecosystems is to say so."""
    (silu,) = [call for call in calls() if call.name == "silu"]
    with pytest.raises(torch.jit.TracingCheckError, match="Graphs differed"):
        torch.jit.trace(models.Unary(silu.function, silu.params), (X,))
