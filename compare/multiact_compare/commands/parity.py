"""``multiact parity``: the main job."""

from __future__ import annotations

import signal
import sys
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from multiact_compare import inputs, parity, render, results
from multiact_compare.commands.exhaustive import exhaustive_options, run_exhaustive
from multiact_compare.commands.options import (
    backend_option,
    canonical,
    dtype_option,
    report_option,
    writable,
    write_reports,
)
from multiact_compare.dtypes import DTYPES
from multiact_compare.plan import BACKENDS, MODES, Mode, Quantity, TierName
from multiact_compare.progress import Bar
from multiact_compare.report.parity import document
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
@report_option()
@click.option("--no-compiled", is_flag=True, help="Leave out the compiled modes.")
@click.option(
    "--thorough",
    is_flag=True,
    help="Measure everything in every dtype. Otherwise less common functions are compiled, "
    "differentiated twice, and given short or strided arrays in float32 only, and get fewer points "
    "with further parameter settings; those of all functions are not compiled; and JAX takes fewer "
    "short arrays and second derivatives. Takes several times as long.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=None,
    help="Processes that work at the same time. Default: one per core.",
)
@click.option(
    "--patience",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Give a backend up that finishes nothing for so long; it counts as dead. "
    f"Default: {parity.PATIENCE:g}.",
)
@exhaustive_options
@click.pass_context
def parity_command(
    context: click.Context,
    names: tuple[str, ...],
    backends: tuple[str, ...],
    dtypes: tuple[str, ...],
    tier: TierName,
    points: int | None,
    json_file: Path | None,
    reports: tuple[Path, ...],
    no_compiled: bool,
    thorough: bool,
    jobs: int | None,
    patience: float | None,
    exhaustive: str | None,
    ends: tuple[float, float] | None,
    quantities: tuple[Quantity, ...],
    all_cases: bool,
    checkpoint_file: Path | None,
) -> None:
    """Measure NAMES (default: every function) on every backend against certified arithmetic.

    Values, first and second derivatives, eager and compiled, in ULP against interval arithmetic,
    and the backends against one another. A name is one of the catalogue, or
    your_module:your_function for what multiact.activation has made. Exit status: 0
    if the contract holds, 1 if it does not, 2 for a wrong call, or if an exhaustive run cannot be
    carried out.
    """
    _check_options(context, exhaustive is not None)
    if exhaustive is not None:
        status = run_exhaustive(
            functions=canonical(names),
            dtype=exhaustive,
            backends=backends,
            quantities=quantities,
            tier=tier,
            ends=ends,
            all_cases=all_cases,
            jobs=jobs,
            checkpoint_file=checkpoint_file,
            json_file=json_file,
            reports=reports,
        )
        context.exit(status)
    writable(json_file)
    modes: tuple[Mode, ...] = ("eager",) if no_compiled else MODES
    request = parity.Request(
        functions=canonical(names, own=True),
        backends=[name for name in BACKENDS if name in backends] if backends else BACKENDS,
        named=frozenset(backends),
        dtypes=[name for name in DTYPES if name in dtypes] if dtypes else tuple(DTYPES),
        modes=modes,
        points=points or 0,
        jobs=jobs or 0,
        tier_name=tier,
        thorough=thorough,
        patience=patience or parity.PATIENCE,
    )
    # As with Ctrl-C: the workers end and the temporary files go.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with Bar(Console(stderr=True)) as bar:
        report = parity.run(request, bar)
    render.print_report(report, Console())
    data = [(json_file, partial(results.save, report, json_file))] if json_file else []
    write_reports(partial(document, report), reports, data)
    context.exit(0 if report.ok else 1)


ONLY_EXHAUSTIVE = {
    "ends": "--range",
    "quantities": "--quantity",
    "all_cases": "--all-cases",
    "checkpoint_file": "--checkpoint",
}
NEVER_EXHAUSTIVE = {
    "dtypes": "--dtype",
    "points": "--points",
    "no_compiled": "--no-compiled",
    "thorough": "--thorough",
    "patience": "--patience",
}


def _check_options(context: click.Context, exhaustive: bool) -> None:
    """Refuse options that would mean nothing."""
    for name, spelling in (NEVER_EXHAUSTIVE if exhaustive else ONLY_EXHAUSTIVE).items():
        if context.params[name]:
            why = "has no meaning with" if exhaustive else "belongs to"
            raise click.UsageError(f"{spelling} {why} --exhaustive")
