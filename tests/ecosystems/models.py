"""Small models of PyTorch, exported to ONNX and run in onnxruntime."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from typing import Any

import onnxruntime
import torch
from torch import nn

import multiact.layers.torch as layers
from tests.ecosystems.catalogue import Call


class Catalogue(nn.Module):
    """Calls in one program: those of rows on the second input, all others on the first."""

    def __init__(self, calls: Sequence[Call]) -> None:
        super().__init__()
        self.calls = calls

    def forward(self, x: torch.Tensor, rows: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return tuple(
            call.function(x if call.elementwise else rows, **call.params) for call in self.calls
        )


class Unary(nn.Module):
    """A function after an affine map."""

    def __init__(self, function: Any, params: Any) -> None:
        super().__init__()
        self.affine = nn.Linear(6, 6)
        self.function, self.params = function, params

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.function(self.affine(x), **self.params)
        return y


def network() -> nn.Module:
    """Layers with learnt parameters and weights, and functions, as a model would have them."""
    torch.manual_seed(0)
    model = nn.Sequential(
        layers.SwiGLU(6, 8),
        layers.Maxout(8, 8, 3),
        layers.Swish([0.5 + 0.25 * i for i in range(8)]),
        layers.PReLU([0.05 * i for i in range(8)]),
        layers.XIELU(learnable=True),
        layers.RReLU(),
        nn.Linear(8, 4),
        layers.Activation("gelu", "tanh"),
    )
    return model.eval()


def export(model: nn.Module, *inputs: torch.Tensor) -> Any:
    """The ONNX model, whose inputs may have any number of rows."""
    shapes = tuple({0: torch.export.Dim(f"rows{i}")} for i in range(len(inputs)))
    # It prints its progress.
    with contextlib.redirect_stdout(io.StringIO()):
        return torch.onnx.export(
            model.eval(), inputs, dynamo=True, dynamic_shapes=shapes, verbose=False
        )


def run(model: bytes, *inputs: Any) -> list[Any]:
    """The outputs of an ONNX model in onnxruntime, on one thread of the CPU."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    names = [entry.name for entry in session.get_inputs()]
    outputs: list[Any] = session.run(None, dict(zip(names, inputs, strict=True)))
    return outputs
