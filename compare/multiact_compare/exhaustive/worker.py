"""A worker of a sweep: ``python -m multiact_compare.exhaustive.worker``.

Evaluates and judges one backend's results on the keys that it is given. It reads JSON from
standard input, a line for the whole job and then one for each portion, and answers each on
standard output; what frameworks print goes to standard error. It ends when its input does, so that
it does not outlive the parent.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import multiact
from multiact_compare.adapters import Adapter
from multiact_compare.channel import describe, import_backend, open_channel
from multiact_compare.dtypes import DTYPES, Bits
from multiact_compare.exhaustive import space
from multiact_compare.exhaustive.request import judge_of
from multiact_compare.plan import Case, Quantity
from multiact_compare.tiers import TIERS

BLOCK = 1 << 16
"""Keys per call of a function; blocks start at multiples of it wherever the work was divided, so
that kernels that treat the last elements of an array apart always meet the same ones there."""

PATIENCE = 2.0
"""Seconds after which a portion is handed back, done as far as it is."""


class Sweeper:
    """Works portions off."""

    def __init__(self, adapter: Adapter, job: Mapping[str, Any]) -> None:
        self._adapter = adapter
        self._backend: str = job["backend"]
        self._dtype = DTYPES[job["dtype"]]
        self._tier = TIERS[job["tier"]]
        self._quantities: list[Quantity] = job["quantities"]
        self._keys: tuple[int, int] = (job["start"], job["stop"])
        cases = (Case(**{**case, "kinks": tuple(case["kinks"])}) for case in job["cases"])
        self._cases = {case.key: case for case in cases}

    def work(self, portion: Mapping[str, Any]) -> dict[str, Any]:
        """Sweep over a portion until it is done or the time is up; says how far it came."""
        case = self._cases[portion["case"]]
        judge, tallies = judge_of(
            case, self._backend, self._dtype, self._tier, self._quantities, self._keys
        )
        programs = {quantity: self._program(case, quantity) for quantity in self._quantities}
        started = time.monotonic()
        at: int = portion["start"]
        while at < portion["stop"] and time.monotonic() - started < PATIENCE:
            # Of a block that the range cuts, the whole is evaluated and the part is judged.
            first, last = self._block(at)
            bits = space.bits_between(self._dtype, first, last)
            x = self._adapter.array(bits, self._dtype)
            stop = min(last, portion["stop"])
            results = {
                quantity: self._results(program, x, bits)[at - first : stop - first]
                for quantity, program in programs.items()
            }
            judge.block(at, results)
            at = stop
        return {
            "reached": at,
            "seconds": time.monotonic() - started,
            "tallies": {quantity: tally.to_data() for quantity, tally in tallies.items()},
        }

    def _block(self, key: int) -> tuple[int, int]:
        first = key // BLOCK * BLOCK
        # Both signs never share a block, in 16 bits neither.
        half = 1 << (self._dtype.width - 1)
        if first < half <= first + BLOCK - 1:
            return (first, half) if key < half else (half, first + BLOCK)
        return first, first + BLOCK

    def _program(self, case: Case, quantity: Quantity) -> Callable[[Any], Any]:
        """The public call that gives the quantity."""
        function, params = getattr(self._tier.library, case.function), dict(case.params)
        if quantity == "value":
            return lambda x: function(x, **params)
        return lambda x: multiact.derivative(function, x, **params)

    def _results(self, program: Callable[[Any], Any], x: Any, bits: Bits) -> Bits:
        result = self._adapter.bits(program(x), self._dtype)
        if result.shape != bits.shape:
            raise ValueError(f"returned shape {result.shape} for {bits.shape}")
        return result


def main() -> None:
    """Work portions off until there are no more."""
    # Ctrl-C is meant for the parent, which ends the workers after it has saved what is done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    announce = open_channel()
    job = json.loads(sys.stdin.readline())
    adapter = import_backend(job["backend"], announce)
    if adapter is None:
        return
    sweeper = Sweeper(adapter, job)
    for line in sys.stdin:
        try:
            found = sweeper.work(json.loads(line))
        except Exception as error:
            announce("error", reason=describe(error))
        else:
            announce("done", **found)


if __name__ == "__main__":
    main()
