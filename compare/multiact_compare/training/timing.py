"""What activations cost, measured in turns: a machine that is busy for a while is so for all."""

from __future__ import annotations

import math
from collections.abc import Sequence

from multiact_compare.training.loop import Trainer
from multiact_compare.training.results import Data, Setup


def shortest_epochs(setups: Sequence[Setup], data: Data) -> list[float]:
    """The shortest epoch of each setup in seconds, without compilation, in this process.

    Every setup trains its first epoch, then every one its second, as far as all of them go.
    """
    trainers = [Trainer(setup, data) for setup in setups]
    for trainer, setup in zip(trainers, setups, strict=True):
        trainer.compile(setup)
    shortest = [math.inf] * len(setups)
    running = [trainer.epochs(setup) for trainer, setup in zip(trainers, setups, strict=True)]
    for epochs in zip(*running, strict=False):
        shortest = [min(one, epoch.seconds) for one, epoch in zip(shortest, epochs, strict=True)]
    return shortest
