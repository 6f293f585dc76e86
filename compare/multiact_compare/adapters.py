"""What parity needs of a framework: arrays from bits, bits from arrays, and compilation.

Each adapter imports its framework when it is made: in the worker process of that backend, which is
``alone`` and may be set up for measuring, or in somebody's test run, where settings stay as they
are.
"""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from multiact_compare.dtypes import Bits, DType
from multiact_compare.flags import cache_folder

Program: TypeAlias = Callable[..., Any]


EVERYTHING = 10**9
"""More measurements than there are."""


class Adapter(Protocol):
    """One framework. ``together`` is how many measurements make one compiled program."""

    together: int

    def versions(self) -> dict[str, str]:
        """The framework's packages and their versions."""

    def notes(self) -> list[str]:
        """What a reader of the report should know about this environment."""

    def array(self, bits: Bits, dtype: DType) -> Any:
        """An array of the framework with exactly these values."""

    def bits(self, array: Any, dtype: DType) -> Bits:
        """The bit patterns of a result; ``TypeError`` if it has another dtype."""

    def integers(self, values: NDArray[Any]) -> Any:
        """An array of the framework with these integers or truth values."""

    def owns(self, value: object) -> bool:
        """Whether this is an array of the framework."""

    def to_numpy(self, array: Any) -> NDArray[Any]:
        """An array of the framework whose dtype NumPy knows by itself, as NumPy's."""

    def dtype_name(self, array: Any) -> str:
        """The dtype of an array of the framework, as NumPy spells it."""

    def wide(self) -> AbstractContextManager[Any]:
        """Where 64-bit types exist."""

    def compile(self, program: Program) -> Program:
        """The program in the framework's compiled mode."""

    def trace(self, program: Program, *arrays: Any) -> None:
        """The cheap first step of compilation, which finds most programs that do not compile."""

    def expect_long_programs(self) -> None:
        """Functions of hundreds of steps are to come, as those of the precise tier are."""


class AlwaysWide:
    """A framework in which 64-bit types need not be asked for."""

    together = EVERYTHING

    def expect_long_programs(self) -> None:
        """Most compilers take the time that the length of a program asks for."""

    def wide(self) -> AbstractContextManager[Any]:
        return nullcontext()


class EagerOnly(AlwaysWide):
    """A framework without a compiled mode; the plan (``NEVER_COMPILED``) does not ask for one."""

    def compile(self, program: Program) -> Program:
        raise NotImplementedError(f"{type(self).__name__}: there is no compiled mode")

    def trace(self, program: Program, *arrays: Any) -> None:
        self.compile(program)


class NumpyAdapter(EagerOnly):
    """NumPy, with ``ml_dtypes`` for bfloat16."""

    def __init__(self, alone: bool = True) -> None:
        """There is nothing to set up."""

    def versions(self) -> dict[str, str]:
        return {"numpy": np.__version__}

    def notes(self) -> list[str]:
        return []

    def array(self, bits: Bits, dtype: DType) -> Any:
        return bits.view(dtype.native)

    def bits(self, array: Any, dtype: DType) -> Bits:
        result = np.asarray(array)
        _check(result.dtype, dtype.native, result.dtype == dtype.native)
        return np.asarray(result, order="C").view(dtype.carrier)

    def integers(self, values: NDArray[Any]) -> Any:
        return values

    def owns(self, value: object) -> bool:
        return isinstance(value, (np.ndarray, np.generic))

    def to_numpy(self, array: Any) -> NDArray[Any]:
        return np.asarray(array)

    def dtype_name(self, array: Any) -> str:
        return str(array.dtype)


class TorchAdapter(AlwaysWide):
    """PyTorch; compiled is ``torch.compile(fullgraph=True)``."""

    # Inductor's time grows faster than the program: it looks for pairs of kernels to fuse.
    together = 16

    def __init__(self, alone: bool = True) -> None:
        self._torch: Any = importlib.import_module("torch")
        self._alone = alone
        if alone:
            self._torch.set_num_threads(1)
        # Inductor calls this compiler; without one only its front half can be tried.
        compiler = shutil.which(os.environ.get("CXX", "g++"))
        self._inductor = "inductor" if compiler else "aot_eager"
        if alone and compiler:
            _trust(compiler)
        self._options: dict[str, Any] | None = None

    def versions(self) -> dict[str, str]:
        return {"torch": self._torch.__version__}

    def notes(self) -> list[str]:
        if self._inductor != "inductor":
            return ["no C++ compiler found: torch.compile ran with backend='aot_eager'"]
        return [f"torch.compile ran with options={self._options}"] if self._options else []

    def array(self, bits: Bits, dtype: DType) -> Any:
        signed = bits.view(f"i{dtype.carrier.itemsize}")
        return self._torch.from_numpy(signed).view(getattr(self._torch, dtype.name))

    def bits(self, array: Any, dtype: DType) -> Bits:
        wanted = getattr(self._torch, dtype.name)
        _check(array.dtype, wanted, array.dtype == wanted)
        signed = getattr(self._torch, f"int{dtype.width}")
        # A copy: the derivative of a constant is a tensor of zeros that has no memory.
        plain = array.detach().clone(memory_format=self._torch.contiguous_format)
        result: Bits = plain.view(signed).numpy().view(dtype.carrier)
        return result

    def integers(self, values: NDArray[Any]) -> Any:
        return self._torch.from_numpy(values)

    def owns(self, value: object) -> bool:
        return isinstance(value, self._torch.Tensor)

    def to_numpy(self, array: Any) -> NDArray[Any]:
        result: NDArray[Any] = array.detach().numpy()
        return result

    def dtype_name(self, array: Any) -> str:
        return str(array.dtype).removeprefix("torch.")

    def compile(self, program: Program) -> Program:
        if self._alone:
            # Every program is compiled for one shape; what an earlier one left only slows it down.
            self._torch.compiler.reset()
        compiled: Program = self._torch.compile(
            program,
            fullgraph=True,
            dynamic=False,
            backend=self._inductor,
            options=self._options,
        )
        return compiled

    def expect_long_programs(self) -> None:
        # Inductor repeats up to 30 steps wherever their result is used, and in these each is used
        # several times: it took minutes for one function. The operations stay the same.
        if self._inductor == "inductor":
            self._options = {"realize_opcount_threshold": 8}

    def trace(self, program: Program, *arrays: Any) -> None:
        self._torch.compiler.reset()
        self._torch.compile(program, fullgraph=True, dynamic=False, backend="eager")(*arrays)


def _trust(compiler: str) -> None:
    """Let Inductor use the CPU's vector units without compiling a program for each first.

    Those take some seconds each. That the compiler knows a unit shows by its taking the flags.
    """
    try:
        settings = importlib.import_module("torch._inductor.config").cpp
        units = importlib.import_module("torch._inductor.cpu_vec_isa")
        there = units.x86_isa_checker()
        flags = [
            flag
            for unit in units.supported_vec_isa_list
            if all(word in there for word in str(unit).split())
            for flag in unit.build_arch_flags().split()
        ]
        command = [compiler, *flags, "-E", "-x", "c++", os.devnull]
        known = subprocess.run(command, capture_output=True, check=False).returncode == 0
        if settings.vec_isa_ok is None and known:
            settings.vec_isa_ok = True
    except (ImportError, AttributeError, OSError):
        """Then Inductor finds out by itself."""


class TensorflowAdapter(AlwaysWide):
    """TensorFlow; compiled is ``tf.function(jit_compile=True)``."""

    def __init__(self, alone: bool = True) -> None:
        self._tf: Any = importlib.import_module("tensorflow")
        if alone:
            self._tf.config.threading.set_intra_op_parallelism_threads(1)
            self._tf.config.threading.set_inter_op_parallelism_threads(1)

    def versions(self) -> dict[str, str]:
        return {"tensorflow": self._tf.__version__}

    def notes(self) -> list[str]:
        return []

    def array(self, bits: Bits, dtype: DType) -> Any:
        return self._tf.constant(bits.view(dtype.native))

    def bits(self, array: Any, dtype: DType) -> Bits:
        wanted = getattr(self._tf, dtype.name)
        _check(array.dtype, wanted, array.dtype == wanted)
        return np.asarray(array.numpy(), order="C").view(dtype.carrier)

    def integers(self, values: NDArray[Any]) -> Any:
        return self._tf.constant(values)

    def owns(self, value: object) -> bool:
        return isinstance(value, (self._tf.Tensor, self._tf.Variable))

    def to_numpy(self, array: Any) -> NDArray[Any]:
        return np.asarray(array.numpy())

    def dtype_name(self, array: Any) -> str:
        return str(array.dtype.name)

    def compile(self, program: Program) -> Program:
        compiled: Program = self._tf.function(program, jit_compile=True, autograph=False)
        return compiled

    def trace(self, program: Program, *arrays: Any) -> None:
        self._tf.function(program, autograph=False).get_concrete_function(*arrays)


class KerasAdapter(TensorflowAdapter):
    """Keras on TensorFlow: the same arrays and compilation, Keras's own functions."""

    def __init__(self, alone: bool = True) -> None:
        os.environ["KERAS_BACKEND"] = "tensorflow"
        self._keras: Any = importlib.import_module("keras")
        super().__init__(alone)

    def versions(self) -> dict[str, str]:
        return {"keras": self._keras.__version__, **super().versions()}


class JaxAdapter:
    """JAX, alone with 64-bit types enabled, to measure float64; compiled is ``jax.jit``."""

    together = EVERYTHING

    def __init__(self, alone: bool = True) -> None:
        self._jax: Any = importlib.import_module("jax")
        if alone:
            config = self._jax.config
            config.update("jax_enable_x64", True)
            if config.jax_compilation_cache_dir is None:
                # As PyTorch does by itself: the next run finds what this one compiled.
                config.update("jax_compilation_cache_dir", str(cache_folder("jax")))
                config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
                config.update("jax_persistent_cache_min_entry_size_bytes", -1)

    def expect_long_programs(self) -> None:
        """XLA takes the time that the length of a program asks for."""

    def versions(self) -> dict[str, str]:
        return {"jax": self._jax.__version__}

    def notes(self) -> list[str]:
        return ["JAX ran with jax_enable_x64=True"]

    def array(self, bits: Bits, dtype: DType) -> Any:
        return self._jax.numpy.asarray(bits.view(dtype.native))

    def bits(self, array: Any, dtype: DType) -> Bits:
        _check(array.dtype, dtype.native, array.dtype == dtype.native)
        return np.asarray(np.asarray(array), order="C").view(dtype.carrier)

    def integers(self, values: NDArray[Any]) -> Any:
        return self._jax.numpy.asarray(values)

    def owns(self, value: object) -> bool:
        return isinstance(value, self._jax.Array)

    def to_numpy(self, array: Any) -> NDArray[Any]:
        return np.asarray(array)

    def dtype_name(self, array: Any) -> str:
        return str(array.dtype)

    def wide(self) -> AbstractContextManager[Any]:
        context: AbstractContextManager[Any] = self._jax.enable_x64(True)
        return context

    def compile(self, program: Program) -> Program:
        compiled: Program = self._jax.jit(program)
        return compiled

    def trace(self, program: Program, *arrays: Any) -> None:
        self._jax.eval_shape(program, *arrays)


class ArrayApiAdapter(EagerOnly):
    """array-api-strict, on which whatever keeps to the array API standard computes alike."""

    def __init__(self, alone: bool = True) -> None:
        try:
            self._compat: Any = importlib.import_module("array_api_compat")
            self._strict: Any = importlib.import_module("array_api_strict")
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(str(error), name="array_api") from error

    def versions(self) -> dict[str, str]:
        return {
            "array-api-compat": self._compat.__version__,
            "array-api-strict": self._strict.__version__,
        }

    def notes(self) -> list[str]:
        return ["array_api was measured with array-api-strict, which has no 16-bit dtypes"]

    def array(self, bits: Bits, dtype: DType) -> Any:
        return self._strict.asarray(bits.view(dtype.native))

    def bits(self, array: Any, dtype: DType) -> Bits:
        wanted = getattr(self._strict, dtype.name)
        _check(array.dtype, wanted, array.dtype == wanted)
        return np.asarray(np.asarray(array), order="C").view(dtype.carrier)

    def integers(self, values: NDArray[Any]) -> Any:
        return self._strict.asarray(values)

    def owns(self, value: object) -> bool:
        return hasattr(value, "__array_namespace__") and (
            value.__array_namespace__() is self._strict
        )

    def to_numpy(self, array: Any) -> NDArray[Any]:
        return np.asarray(array)

    def dtype_name(self, array: Any) -> str:
        return str(np.asarray(array).dtype)


ADAPTERS: dict[str, Callable[..., Adapter]] = {
    "numpy": NumpyAdapter,
    "torch": TorchAdapter,
    "tensorflow": TensorflowAdapter,
    "keras": KerasAdapter,
    "jax": JaxAdapter,
    "array_api": ArrayApiAdapter,
}


def _check(got: object, wanted: object, same: bool) -> None:
    if not same:
        raise TypeError(f"returned {got} for {wanted}")
