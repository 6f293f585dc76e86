"""The report of a parity run."""

from multiact_compare.report.parity.document import document

__all__ = ["document"]
