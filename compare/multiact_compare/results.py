"""What a run found out, as plain data that goes to JSON and back."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import tempfile
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from multiact_compare.plan import TierName, Where

SCHEMA_VERSION = 3

Status: TypeAlias = Literal["ok", "missing", "died"]


@dataclass(frozen=True)
class Peak:
    """The place where an array of results is worst.

    ``amount`` is in ULP, or a ratio to what is allowed. ``where`` says the place in words; ``x`` is
    the input there, and ``x_hex`` the same exactly.
    """

    amount: float
    where: str
    x: float
    x_hex: str
    got: float
    expected: float


@dataclass(frozen=True)
class Cell:
    """One array of results: a case on a backend, in one dtype, quantity, mode and layout.

    ``ulp`` and ``ratio`` are the worst judged places, ``sized`` the worst in ULP among results
    above the absolute bound; ``beyond`` is the worst error outside of the contract's range.
    ``failures`` counts places that break the contract, and ``excused`` gives the
    reasons for those that are known; ``misrounded`` counts judged results that are not the number
    nearest to the truth; ``nan_failure`` is what came out where NaN went in.
    ``infinities`` holds [result, limit] at −inf and +inf, ``specials`` [result, truth] at −0, +0,
    NaN and the kinks, NaN for no truth; ``profile`` is the worst judged error in ULP in each of
    :mod:`multiact_compare.profiles`' bins of x. All three are those of the layout "long", the
    profile is that of values and first derivatives.
    ``error`` is set if there are no results because of an exception.
    """

    function: str
    case: str
    backend: str
    dtype: str
    quantity: str
    mode: str
    layout: str
    points: int = 0
    judged: int = 0
    ulp: Peak | None = None
    sized: Peak | None = None
    ratio: Peak | None = None
    beyond: Peak | None = None
    misrounded: int = 0
    failures: Mapping[Where, int] = field(default_factory=dict)
    excused: Mapping[Where, str] = field(default_factory=dict)
    nan_failure: float | None = None
    infinities: Mapping[str, list[float]] = field(default_factory=dict)
    specials: Mapping[str, list[float]] = field(default_factory=dict)
    profile: list[float | None] = field(default_factory=list)
    error: str | None = None

    @property
    def broken(self) -> dict[Where, int]:
        """The failures that no known deviation excuses."""
        return {
            where: count
            for where, count in self.failures.items()
            if count and where not in self.excused
        }

    @property
    def ok(self) -> bool:
        """Whether the contract holds here, apart from known deviations."""
        return self.error is None and not self.broken


@dataclass(frozen=True)
class Disagreement:
    """How far backends are apart on the same inputs, all points at once.

    In the default tier all are eager; in the precise one their compiled modes take part.

    ``distance`` counts representable numbers between the two results that are farthest apart;
    ``different`` counts inputs where the backends do not all give the same bits.
    """

    function: str
    case: str
    dtype: str
    quantity: str
    compared: int
    different: int
    one_nan: int
    distance: int
    backends: list[str]
    where: str
    results: list[float]


@dataclass(frozen=True)
class BackendState:
    """How it went with a backend: measured, not installed, or dead on the way."""

    name: str
    status: Status
    reason: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Report:
    """A whole run.

    ``remarks`` say what a reader must know of the truth that results are measured against.
    """

    functions: list[str]
    backends: list[BackendState]
    dtypes: list[str]
    modes: list[str]
    points: Mapping[str, int]
    cells: list[Cell]
    disagreements: list[Disagreement]
    problems: list[str]
    environment: Mapping[str, str]
    seconds: float
    tier: TierName = "default"
    remarks: list[str] = field(default_factory=list)
    schema_version: int = SCHEMA_VERSION

    @property
    def ok(self) -> bool:
        """Whether the contract holds for everything that was asked for."""
        return not self.problems and all(cell.ok for cell in self.cells)


def save(report: Report, path: Path) -> None:
    """Write a report as JSON; a failure leaves what stood there."""
    write_text(dumps(report) + "\n", path)


def dumps(data: Any) -> str:
    """Dataclasses and plain data as compact JSON, in which non-finite numbers are strings."""
    return json.dumps(plain(data), separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def write_text(text: str, path: Path) -> None:
    """Write a text file in one step, as UTF-8."""
    write_bytes(text.encode("utf-8", "backslashreplace"), path)


def write_bytes(data: bytes, path: Path) -> None:
    """Write a file in one step: nobody sees half of it, a failure leaves what stood there."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        # mkstemp makes private files; a report gets the permissions of any new file.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load(path: Path) -> Report:
    """Read a report again.

    Raises
    ------
    ValueError
        The file is no report, or one of another schema.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    version = data.get("schema_version") if isinstance(data, dict) else None
    if version != SCHEMA_VERSION:
        raise ValueError(f"{path} has schema version {version!r}, this is {SCHEMA_VERSION}")
    report: Report = revive(Report, data)
    return report


def check_writable(path: Path) -> None:
    """Fail before a long run rather than after it.

    Raises
    ------
    OSError
        A file cannot be written there.
    """
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a directory")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    os.unlink(name)


def plain(value: Any) -> Any:
    """Data that JSON can express: non-finite numbers become strings."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def revive(kind: Any, data: Any) -> Any:
    """The inverse of :func:`plain`, guided by the annotations; tuples are those of one kind."""
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        parts = {name: revive(hints[name], item) for name, item in data.items()}
        return typing.cast(type[Any], kind)(**parts)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return None if data is None else revive(arguments[0], data)
    if origin in (list, tuple):
        return origin(revive(arguments[0], item) for item in data)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: revive(arguments[1], item) for key, item in data.items()}
    return float(data) if kind is float else data


def worst(
    cells: Iterable[Cell], attribute: Literal["ulp", "sized", "ratio"]
) -> tuple[Cell, Peak] | None:
    """The cell with the largest peak of a kind."""
    peaks = [(cell, getattr(cell, attribute)) for cell in cells]
    found = [(cell, peak) for cell, peak in peaks if peak is not None]
    return max(found, key=lambda pair: pair[1].amount) if found else None
