"""NumPy's and PyTorch's functions are served without the table, in both tiers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Run = Callable[..., str]

ARRAYS = {
    "numpy": "import numpy; numpy_x = numpy.array([0.75])",
    "torch": "import torch; torch_x = torch.tensor([0.75])",
    "tensorflow": "import tensorflow as tf; tensorflow_x = tf.constant([0.75])",
    "jax": "import jax; jax_x = jax.numpy.array([0.75])",
}

CHECKS = """
import importlib
import multiact
from multiact import precise

def call(name, x, tier=multiact):
    y = tier.gelu(x)
    assert type(y) is type(x), (name, type(y))
    assert abs(float(y[0]) - 0.5800295) < 1e-6, (name, y)

def check(place, framework, x):
    package = importlib.import_module("multiact_" + framework)
    for name, record in multiact.records.items():
        twin = getattr(precise, name)
        for front, backend in (record.function, package), (twin, package.precise):
            names = front.__globals__
            assert names[f"{place}_{name}"] is getattr(backend, name), (place, name)
            assert names[f"{place}_type"] is type(x), (place, name)
    # Without a search nobody else can answer.
    for tier in multiact, precise:
        names = tier.gelu.__globals__
        kept, names["find"] = names["find"], None
        call(framework, x, tier)
        names["find"] = kept

def check_free(place):
    for name, record in multiact.records.items():
        for front in record.function, getattr(precise, name):
            names = front.__globals__
            assert names.get(f"{place}_{name}") is None, (place, name)
            assert names[f"{place}_type"] is None, (place, name)
"""


def script(*steps: str) -> str:
    """A program of steps: "import F", "call F", "first F", "second F", "free P"."""
    lines = [CHECKS]
    for step in steps:
        verb, what = step.split()
        lines.append(
            {
                "import": ARRAYS.get(what, ""),
                "call": f"call({what!r}, {what}_x)",
                "first": f"check('first', {what!r}, {what}_x)",
                "second": f"check('second', {what!r}, {what}_x)",
                "free": f"check_free({what!r})",
            }[verb]
        )
    return "\n".join(lines)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param("free first, free second", id="nobody before a call"),
        pytest.param("import numpy, call numpy, first numpy, free second", id="numpy alone"),
        pytest.param(
            "import numpy, import torch, call numpy, free first, second numpy, "
            "call torch, first torch, second numpy",
            id="numpy makes room for a torch that is imported",
        ),
        pytest.param(
            "import torch, call torch, first torch, free second, "
            "import numpy, call numpy, first torch, second numpy",
            id="torch before numpy",
        ),
        pytest.param(
            "import numpy, call numpy, import torch, call torch, first numpy, second torch",
            id="a place is kept when torch comes later",
        ),
        pytest.param("import jax, call jax, free first", id="jax has none"),
        pytest.param("import tensorflow, call tensorflow, free first", id="tensorflow has none"),
    ],
)
def test_places(steps: str, run_fresh: Run) -> None:
    run_fresh(script(*steps.split(", ")))


def test_others_take_the_table(run_fresh: Run) -> None:
    """With both places taken, and a call of theirs changes neither."""
    run_fresh(
        script("import torch", "import numpy", "call torch", "call numpy")
        + """
import array_api_strict
call("strict", array_api_strict.asarray([0.75]))
y = multiact.gelu(torch.nn.Parameter(torch_x)).detach()
assert abs(float(y[0]) - 0.5800295) < 1e-6
check("first", "torch", torch_x)
check("second", "numpy", numpy_x)
"""
    )
