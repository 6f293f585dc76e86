"""The worker process of one framework: ``python -m multiact_compare.training.worker JOB``.

Trains the setups of a job file one after the other and says on standard output, one JSON object a
line, what each epoch gave. What frameworks print goes to standard error.
"""

from __future__ import annotations

import dataclasses
import json
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from multiact_compare.channel import Announce, describe, import_backend, open_channel
from multiact_compare.training.loop import DivergedError, Trainer
from multiact_compare.training.results import Data, Setup


def main(job_file: str) -> None:
    """Work a job file off; the last thing said is ``end``, ``missing`` or ``broken``."""
    # Ctrl-C is meant for the parent, which ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    announce = open_channel()
    job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    if import_backend(job["framework"], announce) is None:
        return
    with np.load(job["data"]) as arrays:
        data = Data(job["name"], **arrays)
    setups = [Setup(**setup) for setup in job["setups"]]
    for together in alike(setups):
        train(together, setups, data, announce)
    announce("end")


def alike(setups: Iterable[Setup]) -> list[list[int]]:
    """The numbers of the setups, those together that share what is compiled."""
    found: dict[Setup, list[int]] = {}
    for number, setup in enumerate(setups):
        found.setdefault(dataclasses.replace(setup, seed=0, epochs=0), []).append(number)
    return list(found.values())


def train(together: list[int], setups: list[Setup], data: Data, announce: Announce) -> None:
    """Train some setups with one trainer; an exception ends its run, and others go on."""
    trainer: Trainer | None = None
    for run in together:
        try:
            if trainer is None:
                trainer = Trainer(setups[run], data)
                announce("compiled", run=run, seconds=trainer.compile(setups[run]))
            for epoch in trainer.epochs(setups[run]):
                announce("epoch", run=run, epoch=dataclasses.asdict(epoch))
        except DivergedError as error:
            announce("failed", run=run, reason=str(error))
        except Exception as error:
            announce("failed", run=run, reason=describe(error))


if __name__ == "__main__":
    main(sys.argv[1])
