"""What a machine and its user set that may change numbers: instructions and variables."""

from __future__ import annotations

import hashlib
import os
import platform
from pathlib import Path

INSTRUCTIONS = (
    "sse4_2", "avx", "f16c", "fma", "avx2", "avx512f", "avx512dq", "avx512vl", "avx512_bf16",
    "avx512_fp16", "amx_bf16", "asimd", "asimdhp", "sve", "sve2", "bf16",
)  # fmt: skip
"""Those that frameworks choose their kernels by."""

VARIABLES = (
    "ATEN_CPU_CAPABILITY", "CUDA_VISIBLE_DEVICES", "JAX_DEFAULT_MATMUL_PRECISION", "JAX_ENABLE_X64",
    "JAX_PLATFORMS", "MKL_CBWR", "MKL_NUM_THREADS", "NPY_DISABLE_CPU_FEATURES", "OMP_NUM_THREADS",
    "ONEDNN_MAX_CPU_ISA", "TF_ENABLE_ONEDNN_OPTS", "TF_XLA_FLAGS", "TORCHINDUCTOR_CPP_WRAPPER",
    "XLA_FLAGS",
)  # fmt: skip

CPUINFO = Path("/proc/cpuinfo")


def flags(jobs: int, thorough: bool) -> dict[str, str]:
    """The processor's instructions, as far as they are known, the variables that are set, and how
    the run was asked for.
    """
    found = {}
    have = _instructions()
    if have:
        found["instructions"] = " ".join(name for name in INSTRUCTIONS if name in have)
    given = [f"{name}={os.environ[name]}" for name in VARIABLES if name in os.environ]
    found["variables"] = " ".join(given) or "none"
    found["options"] = f"jobs {jobs}{', thorough' if thorough else ''}"
    return found


def cache_folder(framework: str) -> Path:
    """Where a framework's compiled programs are kept for later runs, on such a processor."""
    root = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    # A home may be shared by machines; what one compiled must not stand for what another would.
    kind = " ".join(sorted(_instructions()) or (platform.machine(), platform.processor()))
    return Path(root) / "multiact" / f"{framework}-{hashlib.sha256(kind.encode()).hexdigest()[:12]}"


def _instructions() -> set[str]:
    """What Linux says; elsewhere nothing but a program would tell."""
    if platform.system() != "Linux":
        return set()
    try:
        lines = CPUINFO.read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip().lower() in ("flags", "features"):
            return set(value.split())
    return set()
