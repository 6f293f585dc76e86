"""A test that fails, with a message that says where and how."""

from multiact_compare.testing import assert_parity
from scaled import coarse_gate_jax, gate_torch


def test_two_versions():
    assert_parity({"torch": gate_torch, "jax": coarse_gate_jax}, points=500)
