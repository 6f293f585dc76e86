"""What the tests of native calls share: arrays of every library, and a run that nobody watches."""

from __future__ import annotations

from typing import Any

import numpy as np
from multiact_compare.natives.call import program

from tests.backends import Backend

POINTS = np.array([-40.0, -4.0, -1.75, -0.7, -0.25, -1e-3, 0.0, 0.3, 0.75, 1.5, 2.5, 5.0, 30.0])
ROWS = np.array([[0.5, -1.0, 2.0, 0.25], [3.0, 3.5, -7.0, 1.0], [-2.0, 0.75, 0.0, -0.5]])

# Kernels of any quality are within this; another formula is not.
ROUGH = 1e-5


def result(text: str, values: Any, library: str) -> Any:
    """What a call gives at float32 values, as doubles."""
    # Keras runs on TensorFlow here.
    backend = Backend("tensorflow" if library == "keras" else library)
    return backend.doubles(program(text)(backend.array(values, "float32")))


class Silent:
    """Nobody wants to know."""

    def start(self, total: int) -> None: ...

    def advance(self, steps: int, activity: str) -> None: ...
