"""What is known of the frameworks' dtypes, layouts and compiled modes, found again by measuring.

:func:`tests.natives.test_natives.test_it_rediscovers_what_is_known_of_the_frameworks` has float32,
eagerly. Each test is one run, since each fact would need it.
"""

from __future__ import annotations

import pytest

from tests.natives.facts import Facts, covers, measured

pytestmark = pytest.mark.thorough

TANH = "approximate='tanh'"


def test_other_dtypes_and_starts() -> None:
    facts = Facts(
        measured(
            ["silu", "elu", "gelu", "hard_sigmoid", "softplus", "prelu"],
            dtypes=("float16", "float64"),
            backends=("torch", "tensorflow", "keras", "jax"),
            points=20_000,
        )
    )
    # Rounded between the steps, or computed in float32.
    assert covers(facts.lost("silu", "jax", "value", dtype="float16"), "0", -12.1, -11.1)
    assert facts.worst("elu", "tensorflow", dtype="float16", tail=True) > 2000
    for function in ("elu", "silu", "softplus"):
        assert facts.worst(function, "torch", dtype="float16") <= 0.51
    for library, bound in (("jax", 148.0), ("tensorflow", 256.0)):
        found = facts.lost("gelu", library, "derivative", TANH, dtype="float16")
        assert covers(found, "NaN", bound, 65504.0)
        assert covers(found, "NaN", -65504.0, -bound)
    for quantity, low in (("value", -7e-19), ("derivative", -700.0)):
        high = -1e-300 if quantity == "value" else -40.0
        found = facts.lost("elu", "tensorflow", quantity, dtype="float64")
        assert covers(found, "0", low, high)
    # Constants that stay float32, and a threshold.
    assert 1e8 < facts.worst("hard_sigmoid", "torch", quantity="derivative", dtype="float64") < 1e9
    assert facts.worst("gelu", "tensorflow", dtype="float64") > 1e10
    assert 5e5 < facts.worst("softplus", "torch", dtype="float64") < 6e5
    assert 1e7 < facts.worst("softplus", "torch", quantity="derivative", dtype="float64") < 3e7
    starts = facts.differs("default", "prelu", "by default").sides
    assert starts == {"slope=0.25": ["torch.nn.PReLU"], "slope=0.0": ["keras.layers.PReLU"]}


def test_compiled_strided_and_single() -> None:
    facts = Facts(
        measured(
            ["elu", "gelu", "silu", "sigmoid", "tanh", "mish", "softplus"],
            modes=("eager", "compiled"),
            backends=("torch", "tensorflow", "jax"),
            points=20_000,
        )
    )
    # What the frameworks' eager kernels reach, and which is better.
    for function, torch, tensorflow, jax in (
        ("sigmoid", (1.5, 2.5), (4, 6), (1.5, 2.5)),
        ("tanh", (0.5, 0.6), (4, 5.5), (3.5, 4.5)),
        ("softplus", (1, 1.5), (6, 7), (2, 3)),
        ("silu", (1.5, 2.5), (4, 8.5), (1.5, 2.7)),
        ("gelu", (1e6, 1e8), (50, 250), (50, 250)),
    ):
        bounds = {"torch": torch, "tensorflow": tensorflow, "jax": jax}
        for library, (low, high) in bounds.items():
            got = facts.worst(function, library, mode="eager")
            if (function, library) == ("gelu", "torch"):
                got = max(got, facts.worst(function, library, mode="eager", tail=True))
            assert low < got < high, (function, library, got)
    # expm1 becomes exp − 1; a tail is lost; a sign is wrong there as well.
    assert covers(facts.lost("elu", "torch", "value", mode="compiled"), "0", -2e-8, -1e-37)
    assert not facts.lost("elu", "torch", "value")
    assert covers(facts.lost("silu", "torch", "value", mode="compiled"), "0", -91.0, -89.0)
    wrong = facts.lost("mish", "torch", "derivative", mode="compiled")
    assert covers(wrong, "wrong sign", -91.0, -89.1)
    # TensorFlow and its XLA.
    assert facts.split("sigmoid", "tensorflow", "value", "compiled").ulps >= 5
    assert facts.split("silu", "tensorflow", "value", "compiled").ulps >= 5
    # PyTorch's vectorised kernels and those for what is left over.
    infinite = facts.split("gelu", "torch", "value", "length-1")
    assert (infinite.one_nan, infinite.nan_where) == (1, "x = inf")
    assert facts.split("mish", "torch", "value", "strided").ulps > 50
