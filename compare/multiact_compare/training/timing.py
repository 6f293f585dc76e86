"""What activations cost, measured in turns: a machine that is busy for a while is so for all."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from multiact_compare.training.loop import Trainer
from multiact_compare.training.results import Data, Setup


def shortest_epochs(setups: Sequence[Setup], data: Data) -> list[float]:
    """The shortest epoch of each setup, its evaluation included, without compilation.

    In seconds of the processor for this process, which others do not take from it. Every setup
    trains its first epoch, then every one its second, as far as all of them go.
    """
    trainers = [Trainer(setup, data) for setup in setups]
    for trainer, setup in zip(trainers, setups, strict=True):
        trainer.compile(setup)
    running = [trainer.epochs(setup) for trainer, setup in zip(trainers, setups, strict=True)]
    shortest = [math.inf] * len(setups)
    for _ in range(min(setup.epochs for setup in setups)):
        for index, epochs in enumerate(running):
            started = time.process_time()
            next(epochs)
            shortest[index] = min(shortest[index], time.process_time() - started)
    return shortest
