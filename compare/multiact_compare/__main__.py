"""``python -m multiact_compare``."""

from multiact_compare.cli import main

if __name__ == "__main__":
    main(prog_name="multiact")
