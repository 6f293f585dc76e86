"""``python -m benchmarks``: every framework in a process of its own, then the tables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

BACKENDS = ("numpy", "torch", "tensorflow", "jax")
TOLERATED = 1.05
# Arrays that memory may seem to grow by.
MEASURED = 0.5
WIDTH = 120


# TensorFlow's oneDNN allocator recycles memory, and the growth of the process would say nothing.
PLAIN_ALLOCATOR = {"TF_ENABLE_ONEDNN_OPTS": "0"}


def measure(backend: str, rounds: int) -> dict[str, Any]:
    """Speed in one process, memory in another."""
    report = _worker(backend, "speed", rounds, {})
    if backend != "numpy":
        kept = _worker(backend, "memory", rounds, PLAIN_ALLOCATOR)
        for row in report["throughput"]:
            row["kept"], row["native_kept"] = kept[row["function"]]
    return report


def _worker(backend: str, part: str, rounds: int, settings: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.worker", backend, part, str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **settings})
    if done.returncode:
        raise click.ClickException(f"{backend} failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def overhead_table(reports: list[dict[str, Any]]) -> Table:
    table = Table(title="Call overhead of tanh on 8 elements, nanoseconds")
    table.add_column("call")
    measured = [report for report in reports if "overhead" in report]
    for report in measured:
        table.add_column(report["backend"], justify="right")
    for label, base, call in (
        ("multiact's call over its backend's function", "over_backend_ns", "multiact"),
        ("the same, where that function returns at once", "over_nothing_ns", "multiact"),
        ("the first row for an array type in the second place", "over_backend_ns", "second"),
        ("the first row for an array type in neither place", "over_backend_ns", "table"),
        ("for scale, a wrapper in Python over that function", "over_backend_ns", "wrapper"),
        ("the same, where that function returns at once", "over_nothing_ns", "wrapper"),
    ):
        table.add_row(label, *(f"{report['overhead'][base][call]:.0f}" for report in measured))
    table.add_section()
    for name in measured[0]["overhead"]["over_native_ns"]:
        cells = (f"{report['overhead']['over_native_ns'][name]:.0f}" for report in measured)
        if name != "native":
            table.add_row(f"{name} over the native call", *cells)
    table.add_section()
    # Nanoseconds are those of a machine, and of how busy it is.
    for row, call, rival in (
        ("first", "multiact", "autoray"),
        ("first", "multiact", "a bare table"),
        ("third", "second", "autoray"),
        ("fourth", "table", "autoray"),
    ):
        shares = (_share_of(rival, call, report["overhead"]) for report in measured)
        cells = (f"{share:.2f}" for share in shares)
        table.add_row(f"the {row} row in units of {rival}'s", *cells)
    return table


def _share_of(rival: str, call: str, overhead: dict[str, dict[str, float]]) -> float:
    """How much dispatch costs of what another one adds to the native call."""
    return overhead["over_backend_ns"][call] / overhead["over_native_ns"][rival]


def throughput_table(report: dict[str, Any]) -> Table:
    table = Table(
        title=f"{report['backend']}: a million float32 elements, time over the native call's",
        caption="kept: arrays of x's size that the forward pass keeps beside x and y (native's)",
    )
    for name in ("function", "forward", "and backward", "kept", "native"):
        table.add_column(name, justify="right" if name != "function" else "left", no_wrap=True)
    for row in report["throughput"]:
        table.add_row(
            row["function"],
            _cell(row.get("forward"), row["outside"]),
            _cell(row.get("backward"), row["outside"] or _native_keeps_more(row)),
            _kept(row),
            _remark(row),
        )
    return table


def _cell(timing: dict[str, Any] | None, outside: str | bool | None) -> str:
    if timing is None:
        return "–"
    if timing["ratio"] is None:
        return f"{timing['ours_ms']:.2f} ms"
    style = "red" if timing["ratio"] > TOLERATED and not outside else "default"
    return f"[{style}]{timing['ratio']:.2f}[/] ({timing['ours_ms']:.2f} ms)"


def _kept(row: dict[str, Any]) -> str:
    if "kept" not in row:
        return "–"
    native = "–" if row["native_kept"] is None else _arrays(row["native_kept"])
    return f"{_arrays(row['kept'])} ({native})"


def _arrays(amount: float) -> str:
    # Without the sign of a measured −0.003.
    return f"{round(amount, 1) + 0.0:.1f}"


def _native_keeps_more(row: dict[str, Any]) -> bool:
    """Whether its backward pass has at hand what ours, which keeps its inputs alone, works out."""
    ours, native = row.get("kept", 0.0), row.get("native_kept")
    return native is not None and native - ours > MEASURED


def _remark(row: dict[str, Any]) -> str:
    if row["forward"]["ratio"] is None:
        return "there is none"
    more = ", keeps more" if _native_keeps_more(row) else ""
    return row["outside"] or f"in contract{more}"


@click.command()
@click.option("--backend", "-b", "backends", multiple=True, type=click.Choice(BACKENDS))
@click.option(
    "--rounds", default=400, show_default=True, help="Blocks of a short call; half of them count."
)
@click.option("--json", "path", type=click.Path(dir_okay=False, path_type=Path))
def main(backends: tuple[str, ...], rounds: int, path: Path | None) -> None:
    """Measure multiact against the native functions and other dispatching libraries."""
    console = Console()
    # Cells are not folded, and a pipe or a log has no width of its own.
    console.width = max(console.width, WIDTH)
    reports = []
    for backend in backends or BACKENDS:
        with Console(stderr=True).status(f"measuring {backend} …"):
            reports.append(measure(backend, rounds))
    if any("overhead" in report for report in reports):
        console.print(overhead_table(reports))
    for report in reports:
        if "bare" in report:
            bare = report["bare"]
            console.print(
                f"relu on 8 JAX elements outside jit: multiact {bare['multiact_us']:.1f} µs, "
                f"jax.nn {bare['jax_nn_us']:.1f} µs"
            )
        console.print(throughput_table(report))
    if path:
        path.write_text(json.dumps(reports, indent=1))
        console.print(f"wrote {path}")


if __name__ == "__main__":
    main()
