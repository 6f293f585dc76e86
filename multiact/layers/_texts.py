"""The docstrings of the classes that are made from records."""

from __future__ import annotations

from multiact._record import Record
from multiact.layers._settings import LEARNT_BY_NAME, parameters


def describe_layer(title: str, record: Record) -> str:
    """What ``help`` says of the layer of one function."""
    lines = [record.summary, "", f"The layer of :func:`multiact.{record.name}`, which describes "]
    lines[-1] += "the parameters."
    taken = [name for name in parameters(record) if name not in record.tensor_parameters]
    if record.tensor_parameters:
        taken = [name for name in taken if name != "axis"]
        listed = ", ".join(record.tensor_parameters)
        learnt = ", ".join(LEARNT_BY_NAME.get(title, ())) or "none"
        lines += ["", f"Numbers, or learnt if named in ``learnable`` (by default {learnt}): "]
        lines[-1] += f"{listed}."
    if taken:
        lines += ["", f"Fixed: {', '.join(taken)}."]
    return "\n".join(lines)


def describe_gated(record: Record) -> str:
    """What ``help`` says of a gated unit."""
    return (
        f"{record.summary.partition(':')[0]}: two affine maps, one of which gates the other.\n\n"
        f"``affine`` makes 2·out_features features of x, and :func:`multiact.{record.name}` takes "
        f"their\nfirst half as a, the second as b. Source: {record.paper}.\n\n"
        f'Of features that exist already, ``Activation("{record.name}")`` is the function alone.'
    )
