"""rrelu in training and gumbel_softmax: where the slopes and the noise come from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import multiact
from tests.backends import Backend, common_dtypes

LOWER, UPPER = 1 / 8, 1 / 3
MINUS_ONE = -np.ones(4096)

LOGITS = np.log(np.array([0.5, 0.125, 0.25, 0.125]))
ROWS = 4096


def drawn(backend: Backend, rng: Any, dtype: str = "float32", **params: Any) -> Any:
    """The slopes of 4096 elements: rrelu(−1) is minus the slope."""
    x = backend.array(MINUS_ONE, dtype)
    return -backend.doubles(multiact.rrelu(x, training=True, rng=rng, **params))


def generators(backend: Backend) -> list[Any]:
    """Makers of the framework's own generators."""
    if backend is Backend.NUMPY:
        return [np.random.default_rng]
    if backend is Backend.TORCH:
        return [lambda seed: backend.framework.Generator().manual_seed(seed)]
    if backend is Backend.TENSORFLOW:
        return [backend.framework.random.Generator.from_seed]
    return [backend.framework.random.key, backend.framework.random.PRNGKey]


def test_the_same_seed_gives_the_same_slopes(backend: Backend, dtype: str) -> None:
    first, again, other = (drawn(backend, seed, dtype) for seed in (7, 7, 8))
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()


def test_a_numpy_integer_is_a_seed(backend: Backend) -> None:
    assert drawn(backend, np.int64(7)).tolist() == drawn(backend, 7).tolist()


def test_generators_are_reproducible(backend: Backend) -> None:
    for make in generators(backend):
        assert drawn(backend, make(7)).tolist() == drawn(backend, make(7)).tolist()


def test_a_generator_moves_on(backend: Backend) -> None:
    if backend is Backend.JAX:
        key = generators(backend)[0](7)
        assert drawn(backend, key).tolist() == drawn(backend, key).tolist()
        return
    generator = generators(backend)[0](7)
    assert drawn(backend, generator).tolist() != drawn(backend, generator).tolist()


@common_dtypes
@pytest.mark.parametrize(("lower", "upper"), [(LOWER, UPPER), (0.25, 0.5), (-1.0, 1.0)])
def test_slopes_are_uniform(backend: Backend, dtype: str, lower: float, upper: float) -> None:
    slopes = drawn(backend, 0, dtype, lower=lower, upper=upper)
    step = 2.0**-8 if dtype == "bfloat16" else 2.0**-23
    assert slopes.min() >= lower - step
    assert slopes.max() <= upper + step
    # Four standard errors of a mean of 4096, for a fixed seed.
    width = upper - lower
    assert abs(slopes.mean() - (lower + upper) / 2) < 4 * width / np.sqrt(12 * slopes.size)
    assert abs(slopes.std() - width / np.sqrt(12)) < 0.03 * width
    counts, _ = np.histogram(slopes, 8, (lower, upper))
    assert counts.min() > 0.8 * slopes.size / 8


def test_an_interval_of_one_point(backend: Backend) -> None:
    assert set(drawn(backend, 0, lower=0.25, upper=0.25).tolist()) == {0.25}


def test_positive_elements_are_untouched(backend: Backend, dtype: str) -> None:
    values = [0.0, 0.5, 1.0, 256.0]
    y = multiact.rrelu(backend.array(values, dtype), training=True, rng=0)
    assert backend.dtype_of(y) == dtype
    assert backend.doubles(y).tolist() == values


@pytest.mark.parametrize("shape", [(), (0,), (2, 3), (1, 4, 1)])
def test_one_slope_per_element(backend: Backend, shape: tuple[int, ...]) -> None:
    x = backend.array(-np.ones(shape), "float32")
    y = backend.doubles(multiact.rrelu(x, training=True, rng=3))
    assert y.shape == shape
    assert len(np.unique(y)) == y.size


def test_integers_are_promoted(backend: Backend) -> None:
    y = backend.doubles(multiact.rrelu(backend.array([-1, -1, 2], "int32"), training=True, rng=0))
    assert y[2] == 2
    assert (-y[:2] >= LOWER).all()
    assert (-y[:2] <= UPPER).all()


@pytest.mark.parametrize("backend", [b for b in Backend if b is not Backend.JAX])
def test_without_rng_the_global_generator_is_used(backend: Backend) -> None:
    slopes = drawn(backend, None)
    assert slopes.min() >= LOWER - 1e-7
    assert slopes.max() <= UPPER + 1e-7
    assert drawn(backend, None).tolist() != slopes.tolist()


def test_torch_and_tensorflow_follow_their_global_seed() -> None:
    for backend, seed in (
        (Backend.TORCH, Backend.TORCH.framework.manual_seed),
        (Backend.TENSORFLOW, Backend.TENSORFLOW.framework.random.set_seed),
    ):
        seed(5)
        first = drawn(backend, None)
        seed(5)
        assert drawn(backend, None).tolist() == first.tolist()


def test_an_int_seed_leaves_the_global_generator_alone() -> None:
    torch = Backend.TORCH.framework
    before = torch.get_rng_state().tolist()
    drawn(Backend.TORCH, 3)
    assert torch.get_rng_state().tolist() == before


def test_jax_asks_for_a_key() -> None:
    with pytest.raises(ValueError, match=r"rng=None.*jax\.random\.key\(0\)"):
        drawn(Backend.JAX, None)


def test_a_generator_of_another_framework_is_refused() -> None:
    for backend in Backend:
        for other in Backend:
            if other is backend or {backend, other} == {Backend.JAX}:
                continue
            with pytest.raises(TypeError, match="rng of type"):
                drawn(backend, generators(other)[0](0))


def test_the_drawn_slope_is_the_gradient(backend: Backend) -> None:
    x = backend.array(MINUS_ONE, "float32")
    dx = multiact.derivative(multiact.rrelu, x, training=True, rng=11)
    assert backend.doubles(dx).tolist() == drawn(backend, 11).tolist()


def test_explicit_slopes_are_the_same_everywhere() -> None:
    slopes = np.linspace(0.125, 0.25, 64).astype(np.float32)
    x = -np.geomspace(1e-3, 1e3, 64)
    results = [
        backend.doubles(
            multiact.rrelu(
                backend.array(x, "float32"), training=True, slope=backend.array(slopes, "float32")
            )
        )
        for backend in Backend
    ]
    for result in results[1:]:
        assert result.tolist() == results[0].tolist()


def test_compiled_with_a_seed(differentiating: Backend) -> None:
    if differentiating is Backend.TORCH:
        # Dynamo cannot make a torch.Generator: in compiled code the slopes come from the global
        # generator, or are given.
        f = differentiating.compile(lambda x: multiact.rrelu(x, training=True))
    else:
        f = differentiating.compile(lambda x: multiact.rrelu(x, training=True, rng=7))
    slopes = -differentiating.doubles(f(differentiating.array(MINUS_ONE, "float32")))
    assert slopes.min() >= LOWER - 1e-7
    assert slopes.max() <= UPPER + 1e-7
    assert len(np.unique(slopes)) > 4000


def test_jax_takes_a_traced_key() -> None:
    jax = Backend.JAX.framework
    x = jax.numpy.asarray(MINUS_ONE, "float32")
    f = jax.jit(lambda x, key: multiact.rrelu(x, training=True, rng=key))
    key = jax.random.key(7)
    assert (f(x, key) == multiact.rrelu(x, training=True, rng=key)).all()
    rows = jax.vmap(lambda k: multiact.rrelu(x, training=True, rng=k))(jax.random.split(key, 3))
    assert len(np.unique(rows[:, 0])) == 3


def test_tensorflow_takes_a_generator_in_a_function() -> None:
    tf = Backend.TENSORFLOW.framework
    generator = tf.random.Generator.from_seed(7)
    f = tf.function(lambda x: multiact.rrelu(x, training=True, rng=generator), autograph=False)
    x = Backend.TENSORFLOW.array(MINUS_ONE, "float32")
    assert (f(x) != f(x)).numpy().any()


def sampled(backend: Backend, rng: Any, dtype: str = "float32", **params: Any) -> Any:
    """One sample for each of 4096 rows of the same logits."""
    x = backend.array(np.broadcast_to(LOGITS, (ROWS, LOGITS.size)), dtype)
    return backend.doubles(multiact.gumbel_softmax(x, rng=rng, **params))


def test_gumbel_softmax_with_the_same_seed(backend: Backend, dtype: str) -> None:
    first, again, other = (sampled(backend, seed, dtype) for seed in (7, 7, 8))
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()


def test_gumbel_softmax_takes_generators(backend: Backend) -> None:
    for make in generators(backend):
        assert sampled(backend, make(7)).tolist() == sampled(backend, make(7)).tolist()
    if backend is not Backend.JAX:
        generator = generators(backend)[0](7)
        assert sampled(backend, generator).tolist() != sampled(backend, generator).tolist()


@common_dtypes
def test_the_largest_weight_is_distributed_as_softmax(backend: Backend, dtype: str) -> None:
    y = sampled(backend, 0, dtype, hard=True)
    assert (y.sum(-1) == 1).all()
    assert set(np.unique(y)) == {0.0, 1.0}
    shares, want = y.mean(0), np.exp(LOGITS)
    # Four standard errors of a share of 4096, for a fixed seed.
    assert (np.abs(shares - want) < 4 * np.sqrt(want * (1 - want) / ROWS)).all()


def test_soft_weights_have_the_same_noise_as_hard_ones(backend: Backend) -> None:
    soft, hard = sampled(backend, 5, temperature=0.5), sampled(backend, 5, hard=True)
    assert (soft.argmax(-1) == hard.argmax(-1)).all()
    assert np.abs(soft.sum(-1) - 1).max() < 1e-6
    assert len(np.unique(soft)) > 3 * ROWS


@pytest.mark.parametrize("backend", [b for b in Backend if b is not Backend.JAX])
def test_noise_is_a_gumbel_variable(backend: Backend) -> None:
    """ln y of two entries differs by a logistic variable: mean 0, variance π²/3."""
    y = sampled(backend, None, "float64")
    logistic = np.log(y[:, 1] / y[:, 3])
    assert abs(logistic.mean()) < 6 * np.pi / np.sqrt(3 * ROWS)
    assert logistic.var() == pytest.approx(np.pi**2 / 3, rel=0.2)


def test_no_draw_is_infinite(backend: Backend) -> None:
    """0 and 1 are uniform numbers in the narrower dtypes."""
    x = backend.array(np.zeros((2**16, 8)), "float32")
    y = backend.doubles(multiact.gumbel_softmax(x, rng=0))
    assert np.isfinite(y).all()
    assert (y > 0).all()


def test_the_gradient_has_the_noise_of_the_value(backend: Backend) -> None:
    x, dtype = np.broadcast_to(LOGITS, (3, LOGITS.size)), "float32"
    array, cotangent = backend.array(x, dtype), np.arange(12.0).reshape(3, 4) % 5 - 2
    s = backend.doubles(multiact.gumbel_softmax(array, rng=11))
    want = s * (cotangent - (s * cotangent).sum(-1, keepdims=True))
    for hard in (False, True):
        dx = multiact.vjp(
            multiact.gumbel_softmax, array, backend.array(cotangent, dtype), rng=11, hard=hard
        ).x
        np.testing.assert_allclose(backend.doubles(dx), want, rtol=1e-5, atol=1e-6)


def test_given_noise_is_the_same_everywhere() -> None:
    rng = np.random.default_rng(3)
    noise = rng.gumbel(size=(64, 4)).astype(np.float32)
    for hard in (False, True):
        first, *others = (
            backend.doubles(
                multiact.gumbel_softmax(
                    backend.array(np.broadcast_to(LOGITS, noise.shape), "float32"),
                    hard=hard,
                    noise=backend.array(noise, "float32"),
                )
            )
            for backend in Backend
        )
        for other in others:
            np.testing.assert_allclose(other, first, rtol=1e-6, atol=0)


def test_gumbel_softmax_asks_for_a_key_in_jax() -> None:
    with pytest.raises(ValueError, match=r"gumbel_softmax got rng=None.*jax\.random\.key\(0\)"):
        sampled(Backend.JAX, None)


def test_gumbel_softmax_refuses_other_generators(backend: Backend) -> None:
    for wrong in ("0", 0.5, [1]):
        with pytest.raises(TypeError, match=r"gumbel_softmax got rng of type.*int seed"):
            sampled(backend, wrong)


def test_gumbel_softmax_leaves_the_global_generator_alone() -> None:
    torch = Backend.TORCH.framework
    before = torch.get_rng_state().tolist()
    sampled(Backend.TORCH, 3)
    assert torch.get_rng_state().tolist() == before


def test_gumbel_softmax_of_integers(backend: Backend) -> None:
    x = backend.array([[1, 2, 3], [0, 0, 0]], "int32")
    y = backend.doubles(multiact.gumbel_softmax(x, rng=0))
    assert np.abs(y.sum(-1) - 1).max() < 1e-6


@pytest.mark.parametrize("hard", [False, True])
def test_gumbel_softmax_compiled(differentiating: Backend, hard: bool) -> None:
    # As for rrelu, compiled PyTorch has the global generator only.
    rng = None if differentiating is Backend.TORCH else 7
    cotangent = differentiating.array(np.eye(4), "float32")

    def both(x: Any) -> tuple[Any, Any]:
        options = {"rng": rng, "hard": hard}
        return (
            multiact.gumbel_softmax(x, **options),
            multiact.vjp(multiact.gumbel_softmax, x, cotangent, **options).x,
        )

    x = differentiating.array(np.zeros((4, 4)), "float32")
    y, dx = map(differentiating.doubles, differentiating.compile(both)(x))
    assert np.abs(y.sum(-1) - 1).max() < 1e-6
    assert np.abs(dx.sum(-1)).max() < 1e-6
    assert np.abs(dx).max() > 0.01


def test_gumbel_softmax_takes_a_traced_key() -> None:
    jax = Backend.JAX.framework
    x = jax.numpy.zeros((3, 4))
    f = jax.jit(lambda x, key: multiact.gumbel_softmax(x, rng=key))
    key = jax.random.key(7)
    assert (f(x, key) == multiact.gumbel_softmax(x, rng=key)).all()
    rows = jax.vmap(lambda k: multiact.gumbel_softmax(x, rng=k))(jax.random.split(key, 5))
    assert len(np.unique(rows[:, 0, 0])) == 5
    batched = jax.vmap(lambda x, k: multiact.gumbel_softmax(x, rng=k))(x, jax.random.split(key, 3))
    assert batched.shape == (3, 4)


def test_gumbel_softmax_takes_a_generator_in_a_function() -> None:
    tf = Backend.TENSORFLOW.framework
    generator = tf.random.Generator.from_seed(7)
    f = tf.function(lambda x: multiact.gumbel_softmax(x, rng=generator), autograph=False)
    x = tf.zeros([4, 4])
    assert (f(x) != f(x)).numpy().any()
