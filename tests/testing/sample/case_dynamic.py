"""A fixture that is asked for in a way in which it cannot be parametrised."""


def test_late(request):
    request.getfixturevalue("backend")
