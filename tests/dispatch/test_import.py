"""``import multiact`` alone: small, silent, and possible without any framework."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import multiact

Run = Callable[..., str]

FRAMEWORKS = ("numpy", "torch", "tensorflow", "jax", "jaxlib", "keras", "ml_dtypes", "scipy")
# Each of these alone would cost several milliseconds.
HEAVY = ("inspect", "dataclasses", "importlib.metadata", "ast", "dis", "logging", "asyncio", "json")

BLOCK = f"""
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {FRAMEWORKS!r}:
            raise ImportError(f"No module named {{name!r}}")

sys.meta_path.insert(0, Absent())
import multiact
"""


def test_it_imports_no_framework_and_prints_nothing(run_fresh: Run) -> None:
    printed = run_fresh(
        f"""
        import sys
        before = set(sys.modules)
        import multiact
        after = set(sys.modules) - before
        roots = {{name.partition(".")[0] for name in after}}
        assert not roots & set({FRAMEWORKS!r}), roots
        assert not [root for root in roots if root.startswith("multiact_")], roots
        assert roots - {{"multiact"}} <= set(sys.stdlib_module_names), roots
        """
    )
    assert printed == ""


def test_it_is_small(run_fresh: Run) -> None:
    """From an interpreter that has loaded nothing by itself."""
    root = Path(multiact.__file__).parents[1]
    run_fresh(
        f"""
        import sys
        sys.path.insert(0, {str(root)!r})
        before = set(sys.modules)
        import multiact
        after = set(sys.modules) - before
        assert not after & set({HEAVY!r}), after & set({HEAVY!r})
        assert not [name for name in after if name.startswith("multiact.formulas")], after
        assert "multiact.backend" not in after
        assert len(after) <= 40, sorted(after)
        assert "typing" not in after
        """,
        options=["-S", "-E"],
    )


def test_it_works_without_any_framework(run_fresh: Run) -> None:
    run_fresh(
        BLOCK
        + """
assert set(multiact.records) <= set(dir(multiact))
assert multiact.records["gelu"].formula
for unknown in ([1.0], None, "text", object()):
    try:
        multiact.gelu(unknown)
    except TypeError as error:
        assert "Supported:" in str(error)
    else:
        raise AssertionError(unknown)
"""
    )


def test_a_number_without_numpy_is_explained(run_fresh: Run) -> None:
    run_fresh(
        BLOCK
        + """
try:
    multiact.gelu(0.5)
except TypeError as error:
    assert "multiact_numpy" in str(error) and "pip install" in str(error), error
    assert isinstance(error.__cause__, ImportError)
else:
    raise AssertionError
"""
    )


def test_a_foreign_torch_function_does_not_need_torch(run_fresh: Run) -> None:
    """The protocol is open to everyone; having it does not make a class a tensor."""
    run_fresh(
        BLOCK
        + """
class Lookalike:
    @classmethod
    def __torch_function__(cls, function, types, arguments=(), keywords=None):
        raise NotImplementedError

try:
    multiact.gelu(Lookalike())
except TypeError as error:
    assert "Lookalike" in str(error) and "Supported:" in str(error), error
else:
    raise AssertionError
"""
    )


BROKEN = {
    "jax": ("Array", "numpy"),
    "torch": ("Tensor", "fx"),
    "tensorflow": ("Tensor", None),
}


@pytest.mark.parametrize("framework", BROKEN)
def test_a_broken_framework_breaks_no_other(framework: str, run_fresh: Run, tmp_path: Path) -> None:
    """It has a class of arrays, but a piece of it fails to import."""
    kind, piece = BROKEN[framework]
    package = tmp_path / "broken" / framework
    package.mkdir(parents=True)
    protocol = "__torch_function__ = classmethod(lambda *_: None)" * (framework == "torch")
    (package / "__init__.py").write_text(
        f"class {kind}:\n    {protocol or 'pass'}\n", encoding="utf-8"
    )
    if piece:
        (package / f"{piece}.py").write_text(
            "raise ImportError('libmissing.so: cannot open shared object file')",
            encoding="utf-8",
        )
    run_fresh(
        f"""
        import {framework} as framework, multiact, numpy as np

        for _ in range(2):
            try:
                multiact.gelu(framework.{kind}())
            except TypeError as error:
                message = str(error)
                assert "{framework}.{kind}" in message and "multiact_{framework}" in message
                assert "pip install 'multiact[{framework}]'" in message, message
                assert isinstance(error.__cause__, (ImportError, AttributeError)), error.__cause__
            else:
                raise AssertionError
        assert abs(float(multiact.gelu(np.float64(0.75))) - 0.5800295) < 1e-6
        """,
        path=[tmp_path / "broken"],
    )
