"""A project that has things of these names itself: they are the ones that count."""

import pytest


@pytest.fixture
def backend():
    return "mine"


@pytest.fixture
def xp_array():
    return list


def test_own_fixtures(backend, xp_array):
    assert backend == "mine"
    assert xp_array("ab") == ["a", "b"]


@pytest.mark.parametrize("backend", ["one", "two"])
def test_own_parameter(backend):
    assert backend in ("one", "two")
