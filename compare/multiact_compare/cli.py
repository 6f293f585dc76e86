"""The command line: ``multiact`` and its subcommands."""

from __future__ import annotations

import click

import multiact
from multiact_compare.commands.cards import list_command, show_command
from multiact_compare.commands.natives import natives_command
from multiact_compare.commands.parity import parity_command
from multiact_compare.commands.plot import plot_command
from multiact_compare.commands.port import port_command
from multiact_compare.commands.train import train_command
from multiact_compare.commands.versus import versus_command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(multiact.__version__, prog_name="multiact")
def main() -> None:
    """Activation functions that are the same on NumPy, PyTorch, TensorFlow and JAX: the proof."""


for command in (
    list_command,
    show_command,
    parity_command,
    plot_command,
    natives_command,
    port_command,
    versus_command,
    train_command,
):
    main.add_command(command)
