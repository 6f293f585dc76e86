"""ONNX: models exported by PyTorch and run in onnxruntime keep the contract."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from torch.nn import functional

import multiact
from tests.ecosystems import judging, models
from tests.ecosystems.catalogue import Call, calls
from tests.ecosystems.limits import LIMITS, Limit

# What the exporter does inside.
pytestmark = pytest.mark.filterwarnings("ignore:.*isinstance.treespec, LeafSpec:FutureWarning")

X = torch.linspace(-3, 3, 24).reshape(4, 6)


@pytest.mark.parametrize(
    "first_only", [True, pytest.param(False, marks=pytest.mark.thorough)], ids=["first", "all"]
)
def test_every_function_keeps_the_contract(first_only: bool) -> None:
    """In one model, since an export takes a second whatever there is in it."""
    chosen = calls(first_only)
    program = models.export(models.Catalogue(chosen), torch.linspace(-3, 3, 7), X)
    x = judging.numbers(tuple(sorted({at for call in chosen for at in judging.kinks(call)})))
    rows = judging.rows()
    results = models.run(program.model_proto.SerializeToString(), x, rows)
    ratios = {
        str(call): judging.ratio(call, x if call.elementwise else rows, result)
        for call, result in zip(chosen, results, strict=True)
    }
    assert len(ratios) == len(chosen)
    assert {call: ratio for call, ratio in ratios.items() if not ratio <= 1} == {}


def test_layers_with_learnt_parameters() -> None:
    model = models.network()
    program = models.export(model, X)
    x = torch.randn(9, 6)
    (found,) = models.run(program.model_proto.SerializeToString(), x.numpy())
    wide = models.network().double()(x.double()).detach().numpy()
    # Four matrix products of at most nine terms each, and the functions' own 8 ULP.
    bound = 64 * np.finfo(np.float32).eps * max(1.0, float(np.abs(wide).max()))
    for y in (found, model(x).detach().numpy()):
        assert y.shape == wide.shape
        assert np.abs(y - wide).max() <= bound
    onnx.checker.check_model(program.model_proto, full_check=True)


def test_one_operator_stays_one() -> None:
    """Where onnxruntime's own kernel keeps the contract, it is what runs."""
    names = ("gelu", "relu", "leaky_relu", "softmax", "hard_sigmoid")
    chosen = [call for call in calls() if call.name in names]
    program = models.export(models.Catalogue(chosen), X[:3], X)
    kinds = [node.op_type.lower() for node in program.model_proto.graph.node]
    assert sorted(kinds) == sorted(name.replace("_", "") for name in names)


class Natives(torch.nn.Module):
    """PyTorch's own functions, whose operators and kernels would be the obvious ones."""

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return functional.silu(x), functional.logsigmoid(x), functional.gelu(x, approximate="tanh")


def test_the_kernels_that_break_the_contract() -> None:
    """The reason why these are exported as formulas; a repaired kernel fails here."""
    x = judging.numbers()
    program = models.export(Natives(), torch.linspace(-3, 3, 7))
    results = models.run(program.model_proto.SerializeToString(), x)
    wanted = (("silu", {}), ("log_sigmoid", {}), ("gelu", {"approximate": "tanh"}))
    for (name, params), result in zip(wanted, results, strict=True):
        assert judging.ratio(Call(multiact.records[name], params), x, result) > 1, name


def rows_of(where: str) -> list[Limit]:
    return [limit for limit in LIMITS if limit.where == where]


def fails(limit: Limit, attempt: Callable[[], Any]) -> None:
    """The attempt ends in an error that says what the table says."""
    with pytest.raises(Exception) as caught:
        attempt()
    said = []
    error: BaseException | None = caught.value
    while error is not None:
        said.append(str(error))
        error = error.__cause__
    assert limit.says in "\n".join(said), limit.name


def test_limits_in_float64() -> None:
    limits = rows_of("float64")
    chosen = [call for call in calls() if call.name in {limit.name for limit in limits}]
    program = models.export(models.Catalogue(chosen), X[:3].double(), X.double()).model_proto
    (entry,) = [entry.name for entry in program.graph.input if entry.name == "x"]
    ends = [end.name for end in program.graph.output]
    found = dict(zip([call.name for call in chosen], ends, strict=True))
    for limit in limits:
        part = onnx.utils.Extractor(program).extract_model([entry], [found[limit.name]])
        fails(limit, lambda part=part: models.run(part.SerializeToString(), X.double().numpy()))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
@pytest.mark.parametrize("name", list(multiact.records))
def test_the_torchscript_exporter(name: str) -> None:
    """PyTorch has a newer one, and has deprecated this."""
    (call,) = [call for call in calls() if call.name == name]
    model, x = models.Unary(call.function, call.params).eval(), torch.randn(4, 6)

    def attempt() -> Any:
        file = io.BytesIO()
        torch.onnx.export(model, (x,), file, dynamo=False)
        return models.run(file.getvalue(), x.numpy())[0]

    for limit in rows_of("TorchScript"):
        if limit.name == name:
            fails(limit, attempt)
            return
    np.testing.assert_allclose(attempt(), model(x).detach().numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.thorough
@pytest.mark.parametrize("limit", rows_of("precise"), ids=lambda limit: limit.name)
def test_limits_of_the_precise_tier(limit: Limit) -> None:
    model = models.Unary(getattr(multiact.precise, limit.name), {})
    fails(limit, lambda: models.export(model, X))
