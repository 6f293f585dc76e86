"""Eight threads that make the first call of a process at the same moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Run = Callable[..., str]

ARRAYS = {
    "numpy": "import numpy as np; arrays = [np.array([0.75])]",
    "numpy subclass": "import numpy as np; arrays = [np.ma.array([0.75])]",
    "torch": "import torch; x = torch.tensor([0.75]); arrays = [x, torch.nn.Parameter(x)]",
    "jax": "import jax.numpy as jnp; arrays = [jnp.array([0.75])]",
    "tensorflow": "import tensorflow as tf; arrays = [tf.constant([0.75]), tf.Variable([0.75])]",
    "all": """
import numpy as np, torch, tensorflow as tf, jax.numpy as jnp
arrays = [np.array([0.75]), torch.tensor([0.75]), tf.constant([0.75]), jnp.array([0.75])]
""",
}

PROGRAM = """
import sys, threading
import multiact
from multiact._dispatch import backends

def first_call(array):
    try:
        barrier.wait()
        results.append((array, multiact.gelu(array)))
    except BaseException as error:
        results.append((array, error))

sys.setswitchinterval(1e-6)
results = []
barrier = threading.Barrier(8)
threads = [
    threading.Thread(target=first_call, args=(arrays[i % len(arrays)],)) for i in range(8)
]
assert not backends
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len(results) == 8
for array, result in results:
    if isinstance(result, BaseException):
        raise result
    module = type(array).__module__.partition(".")[0].replace("jaxlib", "jax")
    assert type(result).__module__.partition(".")[0].replace("jaxlib", "jax") == module
    value = result.detach() if module == "torch" else result
    assert abs(float(value[0]) - 0.5800295) < 1e-6, result
"""


@pytest.mark.parametrize("framework", ARRAYS)
def test_first_calls_at_once(framework: str, run_fresh: Run) -> None:
    run_fresh(ARRAYS[framework] + PROGRAM)
