"""The parity run's workers: one subprocess per backend, and what became of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from multiact_compare.children import Children
from multiact_compare.plan import Case, Mode, TierName
from multiact_compare.results import BackendState


@dataclass
class Outcome:
    """What a worker did: how it ended, and the errors of single results, by file."""

    state: BackendState
    done: set[str] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)


class Workers:
    """Starts workers, listens to them, and can end all that run.

    One that finishes nothing for ``patience`` seconds is ended, and has died.
    """

    def __init__(self, directory: Path, patience: float) -> None:
        self._directory = directory
        self._patience = patience
        self._children = Children()

    def run(
        self,
        backend: str,
        cases: Iterable[Case],
        dtypes: Iterable[str],
        modes: Iterable[Mode],
        tier: TierName,
        thorough: bool,
        heard: Callable[[Mapping[str, Any]], None],
        probes: Iterable[Mapping[str, Any]] = (),
    ) -> Outcome:
        """Run one backend's worker to its end; ``heard`` is called with everything it says.

        ``probes`` are calls to try beside the measurements, see
        :mod:`multiact_compare.natives.probing`.
        """
        outputs = self._directory / "outputs" / backend
        outputs.mkdir(parents=True)
        job = {
            "backend": backend,
            "inputs": str(self._directory / "inputs"),
            "outputs": str(outputs),
            "cases": [
                {
                    "key": case.key,
                    "function": case.function,
                    "kind": case.kind,
                    "params": dict(case.params),
                    "kinks": list(case.kinks),
                    "calls": dict(case.calls),
                    "few": case.few,
                    "arrays": list(case.arrays),
                    "twin": case.twin,
                }
                for case in cases
            ],
            "dtypes": list(dtypes),
            "modes": list(modes),
            "tier": tier,
            "thorough": thorough,
            "probes": list(probes),
        }
        job_file = self._directory / f"{backend}.json"
        job_file.write_text(json.dumps(job), encoding="utf-8")
        outcome = Outcome(BackendState(backend, "died"))
        started = time.monotonic()

        def listen(said: Mapping[str, Any]) -> None:
            if said["event"] == "ready":
                outcome.state = BackendState(backend, "died", "", said["versions"], said["notes"])
            elif said["event"] == "done":
                outcome.done.add(said["file"])
                if said["error"] is not None:
                    outcome.errors[said["file"]] = said["error"]
            heard(said)

        log = self._directory / f"{backend}.log"
        status, reason = self._children.run(
            "multiact_compare.worker", job_file, log, listen, self._patience
        )
        outcome.state = BackendState(
            name=backend,
            status=status,
            reason=reason,
            versions=outcome.state.versions,
            notes=outcome.state.notes,
            seconds=round(time.monotonic() - started, 1),
        )
        return outcome

    def close(self) -> None:
        """End every worker that still runs, and let no other start."""
        self._children.close()
