"""The subcommands of ``multiact``: one module each, put together in :mod:`multiact_compare.cli`."""
