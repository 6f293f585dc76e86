"""From the type of an array to the backend that serves it.

The hot path is the first lines of every function of the front end::

    if type(x) is first_type:
        return first_tanh(x)
    if type(x) is second_type:
        return second_tanh(x)
    return find(type(x)).tanh(x)

NumPy and PyTorch, whose own functions take about a microsecond, have the two places: the call goes
to a global of the function's module without any table (:func:`serve`). (``x.__class__`` would take
5 ns less right after a kernel, but Dynamo does not follow it for subclasses of Tensor.)
Any other type is one lookup in a plain dict, which Python specialises as it does not for a subclass
of dict, in a ``try`` that costs nothing. A type that is not in the table is found by its MRO, which
imports the backend and remembers it.

Two tables, because Dynamo guards the first one as a whole: ``backends`` grows at most once per
framework, by the exact types that the framework's own calls hand out. Everything found by MRO
(subclasses, types of plugins), registered by users or known by the array API standard alone lives
in ``_derived``.
"""

from __future__ import annotations

from collections.abc import Mapping

from multiact import _errors
from multiact._typing import Any

SUPPORTED = (
    "numpy.ndarray and NumPy scalars",
    "int and float",
    "torch.Tensor",
    "tensorflow.Tensor and tensorflow.Variable",
    "jax.Array",
    "keras.KerasTensor and keras.Variable",
    "arrays of the array API standard (dask.array.Array, mlx.core.array, cupy.ndarray and others)",
)
ENTRY_POINT_GROUP = "multiact.backends"

_PACKAGES = {
    "numpy": "multiact_numpy",
    "torch": "multiact_torch",
    "tensorflow": "multiact_tensorflow",
    "jax": "multiact_jax",
    "jaxlib": "multiact_jax",
    "keras": "multiact_keras",
    "array_api_strict": "multiact_array_api",
    "cupy": "multiact_array_api",
    "dask": "multiact_array_api",
    "mlx": "multiact_array_api",
}
_derived: dict[type, Any] = {}


backends: dict[type, Any] = {}
"""Array type -> backend, filled by each backend when it is imported."""

_places: dict[str, type] = {}
"""Place, "first" or "second" -> the array type that has it."""


def serve(exact_types: Mapping[type, Any], places: tuple[str, ...] = ()) -> None:
    """Enter a framework's exact types in the tables of both tiers, its everyday type first.

    That one takes the first of ``places`` that nobody has. A place is kept for good, since another
    thread may be between the comparison and the call. It is the last that a backend does when it is
    imported, so that no thread finds a half-made one.
    """
    from multiact import precise

    precise.backends.update({kind: backend.precise for kind, backend in exact_types.items()})
    backends.update(exact_types)
    kind, backend = next(iter(exact_types.items()))
    for place in places:
        # Two threads may import two frameworks at the same moment: one of them is the first.
        if _places.setdefault(place, kind) is kind:
            _settle(place, kind, backend)
            break


def _settle(place: str, kind: type, backend: Any) -> None:
    """Give the front end's modules the functions of a backend, as globals of their own."""
    from multiact import precise
    from multiact._record import records

    for record in records.values():
        record.function.__globals__[f"{place}_{record.name}"] = getattr(backend, record.name)
        setattr(precise, f"{place}_{record.name}", getattr(backend.precise, record.name))
    # The type last: a thread that finds it finds the functions as well.
    for record in records.values():
        record.function.__globals__[f"{place}_type"] = kind
    setattr(precise, f"{place}_type", kind)


def find(kind: type) -> Any:
    """The backend of any type, whether it is in a table or met for the first time."""
    try:
        return backends[kind]
    except KeyError:
        return _search(kind)


def _search(kind: type) -> Any:
    """The backend of a type that is no framework's own, or of a framework not imported yet."""
    # Dynamo traces this function. It follows an import statement, but neither importlib nor the
    # MRO of nn.Parameter, and it would guard the whole of both tables: tensors leave before that.
    if hasattr(kind, "__torch_function__"):
        try:
            import multiact_torch
        except Exception:
            return _resolve(kind)
        if kind in multiact_torch.EXACT_TYPES:
            return multiact_torch.EXACT_TYPES[kind]
        if issubclass(kind, multiact_torch.ARRAY_TYPES):
            return multiact_torch
    return _derived[kind] if kind in _derived else _resolve(kind)


def _resolve(kind: type) -> Any:
    """A type met for the first time: by its MRO, the plugins, or the array API standard."""
    for base in kind.__mro__:
        if base in _derived:
            return remember(kind, _derived[base])
        package = _package_of(base)
        if package is None:
            continue
        backend = _load(kind, package)
        if kind in backend.EXACT_TYPES:
            return backend.EXACT_TYPES[kind]
        if base in backend.EXACT_TYPES:
            return remember(kind, backend.EXACT_TYPES[base])
        # A framework's module root also owns things that are no arrays: torch.Size is a tuple.
        if issubclass(kind, backend.ARRAY_TYPES):
            return remember(kind, backend)
    backend = _find_plugin(kind)
    if backend is None and hasattr(kind, "__array_namespace__"):
        backend = _load(kind, "multiact_array_api")
    if backend is None:
        raise _errors.unsupported_type(kind, SUPPORTED)
    return remember(kind, backend)


def remember(kind: type, backend: Any) -> Any:
    """Enter a derived type; two threads that miss at the same moment store the same answer."""
    _derived[kind] = backend
    return backend


def _package_of(base: type) -> str | None:
    if base is int or base is float:
        return "multiact_numpy"
    return _PACKAGES.get(base.__module__.partition(".")[0])


def _load(kind: type, package: str) -> Any:
    backend: Any
    try:
        if package == "multiact_numpy":
            import multiact_numpy as backend
        elif package == "multiact_torch":
            import multiact_torch as backend
        elif package == "multiact_tensorflow":
            import multiact_tensorflow as backend
        elif package == "multiact_jax":
            import multiact_jax as backend
        elif package == "multiact_keras":
            import multiact_keras as backend
        else:
            import multiact_array_api as backend
    except Exception as cause:
        raise _errors.broken_backend(kind, package, cause) from cause
    return backend


def _find_plugin(kind: type) -> Any | None:
    """The backend of the installed entry point that is named like a module root of the MRO."""
    from importlib.metadata import entry_points

    plugins = {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}
    for base in kind.__mro__:
        point = plugins.get(base.__module__.partition(".")[0])
        if point is not None:
            try:
                backend = point.load()
            except Exception as cause:
                raise _errors.broken_backend(kind, point.value, cause) from cause
            _check_complete(f"The entry point {point.value!r}", backend)
            return backend
    return None


def _check_complete(origin: str, backend: Any) -> None:
    from multiact._record import records

    missing = [name for name in records if not hasattr(backend, name)]
    if missing:
        raise TypeError(
            f"{origin} got a backend without {', '.join(missing)}. Every function of "
            f"multiact.records is needed; multiact.backend.build makes them from primitives."
        )


def register_backend(kind: type, backend: Any) -> None:
    """Serve arrays of type ``kind``, and of its subclasses, with ``backend``.

    Parameters
    ----------
    kind : type
        The array type. It must not be one that a built-in backend serves.
    backend : object
        Has one attribute per function of the catalogue, with the signature of the front end;
        :func:`multiact.backend.build` makes them from some twenty primitives. For
        :func:`multiact.vjp` and :func:`multiact.derivative` it needs their two attributes as well.

    Raises
    ------
    TypeError
        ``kind`` is no type, or ``backend`` lacks a function of the catalogue.
    ValueError
        A built-in backend already serves ``kind``.
    """
    if not isinstance(kind, type):
        raise TypeError(
            f"register_backend got {kind!r} as the array type. Allowed is a class; pass "
            f"type(array), not the array."
        )
    _check_complete("register_backend", backend)
    if any(base in backends or _package_of(base) for base in kind.__mro__):
        raise ValueError(
            f"register_backend got {_errors.describe(kind)}, which a built-in backend serves. "
            f"Register the types of other frameworks only."
        )
    remember(kind, backend)
