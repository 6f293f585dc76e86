"""The functions by names of their own in models that Keras saves.

Keras writes a function of which it has not been told by its bare name wherever one of its own has
the same name: ``Dense(activation=multiact.leaky_relu)`` would come back with Keras's slope. So it
is told when multiact is imported after it; otherwise by the backends of the frameworks on which it
runs, when they are loaded, or by ``import multiact.layers.keras``.
"""

from __future__ import annotations

import sys

from multiact import precise
from multiact._custom import customs, precise_of
from multiact._record import records


def tell_keras() -> None:
    """Register every function of both tiers, users' as well, if Keras is there.

    It is not imported for that.
    """
    saving = getattr(sys.modules.get("keras"), "saving", None)
    if saving is None:
        return
    for record in (custom.record for custom in customs.values()):
        module, _, name = record.name.partition(":")
        saving.register_keras_serializable(module, name)(record.function)
        saving.register_keras_serializable(f"{module}.precise", name)(precise_of(record))
    for name, record in records.items():
        saving.register_keras_serializable("multiact", name)(record.function)
        saving.register_keras_serializable("multiact.precise", name)(getattr(precise, name))
