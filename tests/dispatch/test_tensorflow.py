"""Every kind of TensorFlow tensor, eagerly, in graphs, under XLA and under its differentiation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import multiact
from multiact import _dispatch
from tests.dispatch import reference
from tests.dispatch.reference import CASES, Case

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
POINTS = np.array(reference.POINTS)


def tensor() -> Any:
    return tf.constant(POINTS)


def graph(call: Any, **options: Any) -> Any:
    return tf.function(call, autograph=False, **options)


@every_case
@pytest.mark.parametrize("kind", [tf.constant, tf.Variable])
def test_eager_tensors_and_variables(case: Case, kind: Any) -> None:
    y = case.call(kind(POINTS))
    assert isinstance(y, tf.Tensor)
    reference.close(y, case.value(POINTS), 1e-13)


@every_case
@pytest.mark.parametrize("compiled", [False, True], ids=["graph", "XLA"])
@pytest.mark.parametrize("kind", [tf.constant, tf.Variable])
def test_symbolic_tensors(case: Case, kind: Any, compiled: bool) -> None:
    x = kind(POINTS)
    argument = graph(case.call, jit_compile=compiled)
    captured = graph(lambda: case.call(x), jit_compile=compiled)
    for y in (argument(x), captured()):
        reference.close(y, case.value(POINTS), 1e-12)


@every_case
def test_data_sets(case: Case) -> None:
    data = tf.data.Dataset.from_tensor_slices(POINTS).map(case.call).batch(len(POINTS))
    (y,) = list(data)
    reference.close(y, case.value(POINTS), 1e-13)


@every_case
@pytest.mark.parametrize("shape", [[None, 3], [None, None], None], ids=str)
def test_unknown_shapes(case: Case, shape: Any) -> None:
    call = graph(case.call, input_signature=[tf.TensorSpec(shape, tf.float64)])
    for rows in (1, 4):
        x = np.linspace(-2, 2, rows * 3).reshape(rows, 3)
        y = call(tf.constant(x))
        reference.close(y, case.value(x).reshape(rows, 3), 1e-13)


@pytest.mark.parametrize("shape", [[None, 3], [None, None], None], ids=str)
def test_a_variable_as_slope_with_unknown_shapes(shape: Any) -> None:
    slope = tf.Variable([0.1, 0.2, 0.3], dtype=tf.float64)

    def gradients(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = multiact.prelu(x, slope)
        return y, *tape.gradient(y, (x, slope))

    x = np.array([[-1.0, 2.0, -3.0], [4.0, -5.0, 6.0]])
    call = graph(gradients, input_signature=[tf.TensorSpec(shape, tf.float64)])
    y, dx, dslope = call(tf.constant(x))
    reference.close(y, np.where(x > 0, x, x * slope.numpy()), 1e-14)
    reference.close(dx, np.where(x > 0, 1, slope.numpy()), 1e-14)
    reference.close(dslope, np.minimum(x, 0).sum(0), 1e-14)


def test_unknown_shapes_in_the_functions_of_rows() -> None:
    x = np.linspace(-2, 2, 12).reshape(2, 6)
    signature = [tf.TensorSpec([None, None], tf.float64)]
    weights = graph(lambda x: multiact.softmax(x, where=x > -1), input_signature=signature)(x)
    np.testing.assert_allclose(tf.reduce_sum(weights, -1), 1, rtol=1e-14)
    groups = graph(lambda x: multiact.maxout(x, 3), input_signature=signature)(x)
    np.testing.assert_array_equal(groups, x.reshape(2, 2, 3).max(-1))


def _tape(call: Any, x: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = call(x)
    return tape.gradient(y, x)


def _accumulator(call: Any, x: Any) -> Any:
    with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
        y = call(x)
    return accumulator.jvp(y)


def _jacobian(call: Any, x: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = call(x)
    return tf.linalg.diag_part(tape.jacobian(y, x))


@every_case
@pytest.mark.parametrize("differentiate", [_tape, _accumulator, _jacobian])
@pytest.mark.parametrize("mode", ["eager", "graph", "XLA"])
def test_first_derivatives(case: Case, differentiate: Any, mode: str) -> None:
    def program(x: Any) -> Any:
        return differentiate(case.call, x)

    if mode != "eager":
        program = graph(program, jit_compile=mode == "XLA")
    reference.close(program(tensor()), case.slope(POINTS), 1e-12)


@every_case
@pytest.mark.parametrize("outer", [_tape, _accumulator])
@pytest.mark.parametrize("inner", [_tape, _accumulator])
@pytest.mark.parametrize("mode", ["eager", "graph"])
def test_second_derivatives(case: Case, outer: Any, inner: Any, mode: str) -> None:
    def program(x: Any) -> Any:
        return outer(lambda x: inner(case.call, x), x)

    if mode == "graph":
        program = graph(program)
    reference.close(program(tensor()), case.curvature(POINTS), 1e-11)


def test_forward_mode_through_whole_rows() -> None:
    x = tf.constant([[1.0, -2.0, 0.5], [0.0, 3.0, 1.0]], tf.float64)
    tangent = tf.constant([[1.0, 2.0, 3.0], [-1.0, 0.5, 2.0]], tf.float64)
    mask = tf.constant([True, True, False])
    with tf.autodiff.ForwardAccumulator(x, tangent) as accumulator:
        y = multiact.softmax(x, where=mask)
    s, t = y.numpy(), tangent.numpy()
    reference.close(accumulator.jvp(y), s * (t - (s * t).sum(-1, keepdims=True)), 1e-14)


@every_case
def test_vectorized_map_and_while_loops(case: Case) -> None:
    reference.close(tf.vectorized_map(case.call, tensor()), case.value(POINTS), 1e-13)
    looped = tf.while_loop(lambda i, _: i < 2, lambda i, x: (i + 1, case.call(x)), (0, tensor()))
    reference.close(looped[1], case.value(case.value(POINTS)), 1e-13)


@every_case
def test_a_version_1_graph(case: Case) -> None:
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        x = tf.compat.v1.placeholder(tf.float64)
        y = session.run(case.call(x), {x: POINTS})
    reference.close(y, case.value(POINTS), 1e-13)


@every_case
def test_variables_of_a_distribution_strategy(case: Case) -> None:
    strategy = tf.distribute.MirroredStrategy(["cpu:0"])
    with strategy.scope():
        variable = tf.Variable(POINTS)
    reference.close(case.call(variable), case.value(POINTS), 1e-13)
    (y,) = strategy.experimental_local_results(strategy.run(lambda: case.call(variable)))
    reference.close(y, case.value(POINTS), 1e-13)


def test_the_hot_table_holds_the_types_of_everyday() -> None:
    multiact.relu(tensor())
    before = dict(_dispatch.backends)
    kinds = [type(tensor()), type(tf.Variable(0.0))]
    graph(lambda x: kinds.append(type(x)))(tensor())
    assert set(kinds) <= set(before)
    with tf.Graph().as_default():
        multiact.relu(tf.compat.v1.placeholder(tf.float32))
    assert dict(_dispatch.backends) == before
