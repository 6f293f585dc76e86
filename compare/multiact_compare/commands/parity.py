"""``multiact parity``: the main job."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import click
from rich.console import Console

from multiact_compare import inputs, parity, render, results
from multiact_compare.commands.options import backend_option, canonical, dtype_option, writable
from multiact_compare.dtypes import DTYPES
from multiact_compare.plan import BACKENDS, MODES, Mode, TierName
from multiact_compare.progress import Bar
from multiact_compare.tiers import OURS


@click.command("parity")
@click.argument("names", nargs=-1)
@backend_option("Measure this backend only; may be repeated. Default: all that are installed.")
@dtype_option("Measure this dtype only; may be repeated. Default: all four.")
@click.option(
    "--tier",
    type=click.Choice(tuple(OURS)),
    default="default",
    show_default=True,
    help="Measure multiact.NAME, or multiact.precise.NAME against correct rounding.",
)
@click.option(
    "--points",
    type=click.IntRange(min=1),
    help=f"Points in float32; float64 takes one for {inputs.FLOAT64_SHARE}. "
    "The 16-bit dtypes always take all 65,536. Default: "
    + ", ".join(f"{tier.points:,} ({name})" for name, tier in OURS.items())
    + ".",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path),
    help="Also write everything that was found to this file.",
)
@click.option("--no-compiled", is_flag=True, help="Leave out the compiled modes.")
@click.option(
    "--thorough",
    is_flag=True,
    help="Compile every parameter setting, and second derivatives in every dtype; otherwise "
    "compiled modes measure a function's first setting. Takes some three times as long.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=None,
    help="Processes that work at the same time. Default: one per core.",
)
@click.pass_context
def parity_command(
    context: click.Context,
    names: tuple[str, ...],
    backends: tuple[str, ...],
    dtypes: tuple[str, ...],
    tier: TierName,
    points: int | None,
    json_file: Path | None,
    no_compiled: bool,
    thorough: bool,
    jobs: int | None,
) -> None:
    """Measure NAMES (default: every function) on every backend against certified arithmetic.

    Values, first and second derivatives, eager and compiled, in ULP against interval arithmetic,
    and the backends against one another. Exit status: 0 if the contract holds, 1 if it does not,
    2 for a wrong call.
    """
    writable(json_file)
    modes: tuple[Mode, ...] = ("eager",) if no_compiled else MODES
    request = parity.Request(
        functions=canonical(names),
        backends=[name for name in BACKENDS if name in backends] if backends else BACKENDS,
        named=frozenset(backends),
        dtypes=[name for name in DTYPES if name in dtypes] if dtypes else tuple(DTYPES),
        modes=modes,
        points=points or 0,
        jobs=jobs or 0,
        tier_name=tier,
        thorough=thorough,
    )
    # As with Ctrl-C: the workers end and the temporary files go.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with Bar(Console(stderr=True)) as bar:
        report = parity.run(request, bar)
    render.print_report(report, Console())
    if json_file is not None:
        results.save(report, json_file)
    context.exit(0 if report.ok else 1)
