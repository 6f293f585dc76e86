"""The tutorials' experiment done fairly: one network trained alike on every framework."""
