"""What a sweep has done so far, in a file that is always whole."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from multiact_compare import results
from multiact_compare.exhaustive.tally import Tally
from multiact_compare.plan import Quantity

KIND = "multiact exhaustive checkpoint"
SCHEMA_VERSION = 1

Interval = tuple[int, int]


class CheckpointError(Exception):
    """A checkpoint that cannot be used or written, with what to do about it."""


@dataclass
class LineState:
    """One line of work: which keys are left, what was found on the others, and the time it took.

    ``error`` is set once the function has failed; what was left then is not tried.
    """

    left: list[Interval]
    tallies: dict[Quantity, Tally]
    seconds: float = 0.0
    error: str | None = None

    @property
    def remaining(self) -> int:
        """How many inputs are left."""
        return 0 if self.error else sum(stop - start for start, stop in self.left)


@dataclass
class State:
    """All lines by name, how it went with each backend, and the seconds that runs took so far."""

    lines: dict[str, LineState]
    backends: dict[str, dict[str, Any]] = field(default_factory=dict)
    seconds: float = 0.0


def save(path: Path, identity: Mapping[str, Any], state: State) -> None:
    """Write everything in one step: a failure leaves the previous checkpoint.

    Raises
    ------
    CheckpointError
        The file cannot be written.
    """
    body = {
        "identity": identity,
        "seconds": state.seconds,
        "backends": state.backends,
        "lines": {name: _line_data(line) for name, line in state.lines.items()},
    }
    text = json.dumps(body, sort_keys=True)
    head = {"kind": KIND, "schema_version": SCHEMA_VERSION, "sha256": digest(text)}
    try:
        results.write_text(json.dumps(head) + "\n" + text + "\n", path)
    except OSError as error:
        kept = "what was saved before is still there" if path.exists() else "nothing was saved"
        raise CheckpointError(
            f"cannot write the checkpoint {path}: {error.strerror or error}; {kept}. Make room, or "
            f"name another file with --checkpoint, and run the same command again"
        ) from error


def load(path: Path, identity: Mapping[str, Any]) -> State:
    """Read a checkpoint of the same sweep.

    Raises
    ------
    CheckpointError
        The file is damaged, none of ours, or belongs to another sweep.
    """
    advice = "Remove it to start anew, or name another file with --checkpoint"
    try:
        head_text, text = path.read_text(encoding="utf-8").split("\n", 1)
        head = json.loads(head_text)
        if not isinstance(head, dict) or head.get("kind") != KIND:
            raise CheckpointError(f"{path} is no checkpoint of a sweep. {advice}")
    except OSError as error:
        raise CheckpointError(
            f"cannot read the checkpoint {path}: {error.strerror or error}. {advice}"
        ) from error
    except ValueError as error:
        raise CheckpointError(f"{path} is no checkpoint of a sweep. {advice}") from error
    version = head.get("schema_version")
    if version != SCHEMA_VERSION:
        raise CheckpointError(
            f"{path} has checkpoint version {version!r}, this multiact writes and reads "
            f"{SCHEMA_VERSION}. {advice}"
        )
    if head.get("sha256") != digest(text.rstrip("\n")):
        raise CheckpointError(f"{path} is damaged: its contents do not match its sum. {advice}")
    body = json.loads(text)
    different = differences(body["identity"], identity)
    if different:
        raise CheckpointError(f"{path} belongs to another sweep: {'; '.join(different)}. {advice}")
    lines = {name: _line(data) for name, data in body["lines"].items()}
    return State(lines, body["backends"], float(body["seconds"]))


def differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[str]:
    """What distinguishes two sweeps, in words."""
    found = []
    for name in sorted({*there, *here}):
        if there.get(name) != here.get(name):
            found.append(f"{name} is {_short(there.get(name))} there and {_short(here.get(name))}")
    return [f"{text} here" for text in found]


def sources_digest(packages: Sequence[str]) -> str:
    """A fingerprint of the packages' source files: results of two versions must not be mixed."""
    digest = hashlib.sha256()
    for package in packages:
        for file in sorted(Path(package).rglob("*.py")):
            digest.update(os.fsencode(file.relative_to(package)) + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _short(value: Any) -> str:
    text = "nothing" if value is None else value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def digest(text: str) -> str:
    """The SHA-256 sum of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _line_data(line: LineState) -> dict[str, Any]:
    return {
        "left": line.left,
        "tallies": {quantity: tally.to_data() for quantity, tally in line.tallies.items()},
        "seconds": line.seconds,
        "error": line.error,
    }


def _line(data: Mapping[str, Any]) -> LineState:
    return LineState(
        left=[(int(start), int(stop)) for start, stop in data["left"]],
        tallies={quantity: Tally.from_data(tally) for quantity, tally in data["tallies"].items()},
        seconds=float(data["seconds"]),
        error=data["error"],
    )
