"""The framework that a process meets first is served without the table, in both tiers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Run = Callable[..., str]

ARRAYS = {
    "numpy": "import numpy; x = numpy.array([0.75])",
    "torch": "import torch; x = torch.tensor([0.75])",
    "tensorflow": "import tensorflow as tf; x = tf.constant([0.75])",
    "jax": "import jax; x = jax.numpy.array([0.75])",
}

FIRST = """
import importlib, multiact
from multiact import precise

package = importlib.import_module("multiact_FRAMEWORK")

def check():
    for name, record in multiact.records.items():
        twin = getattr(precise, name)
        for front, backend in (record.function, package), (twin, package.precise):
            names = front.__globals__
            assert names["first_" + name] is getattr(backend, name), name
            assert names["first_type"] is type(x), name

check()

# With neither a table nor a search nobody else can answer.
for tier in multiact, precise:
    names = tier.gelu.__globals__
    kept = names["backends"], names["find"]
    names["backends"], names["find"] = {}, None
    y = tier.gelu(x)
    names["backends"], names["find"] = kept
    assert type(y) is type(x) and abs(float(y[0]) - 0.5800295) < 1e-6
"""

SECOND = """
# And a framework that comes later changes nothing.
import array_api_strict
later = array_api_strict.asarray([0.75])
assert type(multiact.gelu(later)) is type(later)
import numpy
y = multiact.gelu(numpy.array([0.75]))
assert abs(float(y[0]) - 0.5800295) < 1e-6 and type(y) is numpy.ndarray
check()
"""


@pytest.mark.parametrize("framework", ARRAYS)
def test_first(framework: str, run_fresh: Run) -> None:
    run_fresh(
        f"{ARRAYS[framework]}\nimport multiact\nmultiact.gelu(x)\n"
        + FIRST.replace("FRAMEWORK", framework)
        + (SECOND if framework != "numpy" else "")
    )


def test_none_before_a_call(run_fresh: Run) -> None:
    run_fresh(
        """
        import multiact
        from multiact import precise
        for name, record in multiact.records.items():
            for front in record.function, getattr(precise, name):
                names = front.__globals__
                assert names.get("first_" + name) is None and names["first_type"] is None, name
        """
    )
