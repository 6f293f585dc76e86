"""transformers: its table of activations with ours in it, in small models with random weights."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import pytest
import torch
import transformers
from transformers.activations import ACT2CLS, ACT2FN

import multiact
import multiact.layers.torch as layers
from tests.ecosystems import judging
from tests.ecosystems.catalogue import Call

TANH: dict[str, Any] = {"approximate": "tanh"}

OURS: dict[str, Any] = {
    "gelu": layers.GELU,
    "gelu_accurate": (layers.GELU, TANH),
    "gelu_fast": (layers.GELU, TANH),
    "gelu_new": (layers.GELU, TANH),
    "gelu_python": layers.GELU,
    "gelu_python_tanh": (layers.GELU, TANH),
    "gelu_pytorch_tanh": (layers.GELU, TANH),
    "gelu_10": layers.GELU10,
    "hardswish": layers.HardSwish,
    "laplace": layers.Laplace,
    "leaky_relu": layers.LeakyReLU,
    "linear": layers.Identity,
    "mish": layers.Mish,
    "quick_gelu": layers.QuickGELU,
    "relu": layers.ReLU,
    "relu2": layers.ReLU2,
    "relu6": layers.ReLU6,
    "sigmoid": layers.Sigmoid,
    "silu": layers.SiLU,
    "swish": layers.SiLU,
    "tanh": layers.Tanh,
}
"""An entry is a class, or a class with its arguments."""

OTHERS = {
    "prelu": "has a parameter of another name in checkpoints",
    "sqrtsoftplus": "is not in the catalogue",
    "xielu": "learns its alphas through a softplus of them",
}
"""The rest of the table."""


@pytest.fixture(autouse=True)
def table() -> Iterator[None]:
    """The table as it was, after each test."""
    yield
    ACT2FN.update(ACT2CLS)


def bert(activation: str) -> Any:
    """An encoder with two layers."""
    config = transformers.BertConfig(
        vocab_size=50, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=64, max_position_embeddings=32, hidden_act=activation,
        # Large enough for the activations to bend.
        initializer_range=0.5,
    )  # fmt: skip
    return transformers.BertForMaskedLM(config)


def gpt2(activation: str) -> Any:
    """A decoder with two layers."""
    config = transformers.GPT2Config(
        vocab_size=50, n_embd=32, n_layer=2, n_head=4, n_positions=32,
        activation_function=activation, initializer_range=0.5,
        bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    return transformers.GPT2LMHeadModel(config)


def llama(activation: str) -> Any:
    """A decoder with two layers, whose activation is the gate of a gated unit."""
    config = transformers.LlamaConfig(
        vocab_size=50, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=64, max_position_embeddings=32, hidden_act=activation,
        initializer_range=0.5,
    )  # fmt: skip
    return transformers.LlamaForCausalLM(config)


MODELS = {"bert": bert, "gpt2": gpt2, "llama": llama}
# So many that what float32 rounds on the way evens out; for three rows it does not.
TOKENS = torch.randint(50, (60, 20), generator=torch.Generator().manual_seed(0))


def build(kind: str, activation: str) -> Any:
    """The model, with the activation that stands in the table now."""
    torch.manual_seed(0)
    return MODELS[kind](activation).eval()


def inputs_of(model: Any) -> list[Any]:
    """What the model's activation layers are given, as they are called."""
    seen: list[Any] = []
    for module in model.modules():
        if isinstance(module, layers.Activation):
            module.register_forward_pre_hook(lambda _, given: seen.append(given[0].numpy()))
    return seen


def deviation(logits: Any, truth: Any) -> float:
    """The root of the mean square of what is wrong in the logits."""
    return float((logits.double() - truth).square().mean().sqrt())


def test_the_whole_table_is_known() -> None:
    assert sorted([*OURS, *OTHERS]) == sorted(ACT2FN)


@pytest.mark.parametrize(
    ("kind", "activation"),
    [("gpt2", "gelu_new"), ("llama", "silu"), *(("bert", name) for name in OURS)],
)
def test_outputs(kind: str, activation: str) -> None:
    original = build(kind, activation)
    ACT2FN.update(OURS)
    ours = build(kind, activation)
    ours.load_state_dict(original.state_dict())
    with torch.no_grad():
        given = inputs_of(ours)
        expected, found = original(TOKENS).logits, ours(TOKENS).logits
        truth = original.double()(TOKENS).logits
    assert len(given) >= 2
    # The same model: beside what float32 rounds in some hundred sums, nothing differs.
    assert deviation(found, truth) <= 1.02 * deviation(expected, truth)
    assert deviation(found, truth) <= 1e-5 * float(truth.square().mean().sqrt())
    # And every activation keeps the contract on what the model gave it.
    layer = next(m for m in ours.modules() if isinstance(m, layers.Activation))
    call = Call(multiact.records[layer.settings.name], _parameters(OURS[activation]))
    x = np.unique(np.concatenate([array.ravel() for array in given]))[::20]
    assert np.abs(x).max() > 1
    with torch.no_grad():
        assert judging.ratio(call, x, layer(torch.from_numpy(x)).numpy()) <= 1


def _parameters(entry: Any) -> dict[str, Any]:
    return dict(entry[1]) if isinstance(entry, tuple) else {}
