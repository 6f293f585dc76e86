"""The table of native functions: what every catalogue function is called in each library.

The first row of a function in a library is the one that is measured and that ports are written
with; further rows are other ways to call it, whose defaults may differ. Layers are the same
functions as classes. What has no row is listed in :mod:`multiact_compare.natives.none`.
"""

from __future__ import annotations

from typing import Any

from multiact_compare.natives.call import NativeCall

Words = dict[str, Any]


def _rows(prefix: str, *rows: tuple[Any, ...], **common: Any) -> tuple[NativeCall, ...]:
    """Rows under one namespace: (function, name[, names[, defaults[, more]]])."""
    made = []
    for function, name, *rest in rows:
        names, defaults, more = [*rest, {}, {}, {}][:3]
        made.append(NativeCall(function, f"{prefix}.{name}", names, defaults, **common, **more))
    return tuple(made)


def _d(**words: Any) -> Words:
    return words


TANH_BOOL = {"values": {"approximate": {"none": False, "tanh": True}}}
TANH_WORD = {"values": {"approximate": {"none": "none", "tanh": "tanh"}}}
LAST = -1
CUTOFF = "x itself above beta·x = threshold, so values there are rounded off and derivatives are 1"
GUESS = "without dim it guesses: 0 for 0, 1 and 3 dimensions, else 1"
WHOLE = "without axis it takes the whole array together"
GUMBEL = "noise of its own, which cannot be given; multiact's is by its rng"
TEMPERATURES = _d(temperature="tau", hard="hard", axis="dim")
SPARSEMAX = "no sparsemax in Keras 3.15: the weights do not sum to 1"
STRICT = "at x = alpha it is x, not 0"
NAN_DEFAULT = "NaN becomes the default value"
NO_DOC = {"documented": True}
PRELU = {"slope": "torch.tensor([{!r}], dtype=x.dtype)"}
INITIAL = {"slope": "keras.initializers.Constant({!r})"}

TORCH = (
    *_rows(
        "torch.nn.functional",
        ("relu", "relu"),
        ("leaky_relu", "leaky_relu", _d(negative_slope="negative_slope"), _d(negative_slope=0.01)),
        ("prelu", "prelu", _d(slope="weight"), {}, {**NO_DOC, "forms": PRELU}),
        (
            "rrelu",
            "rrelu",
            _d(lower="lower", upper="upper", training="training"),
            _d(lower=1 / 8, upper=1 / 3, training=False),
        ),
        ("elu", "elu", _d(alpha="alpha"), _d(alpha=1.0)),
        ("selu", "selu"),
        ("celu", "celu", _d(alpha="alpha"), _d(alpha=1.0)),
        (
            "gelu",
            "gelu",
            _d(approximate="approximate"),
            _d(approximate="none"),
            {**NO_DOC, **TANH_WORD},
        ),
        ("silu", "silu"),
        ("mish", "mish"),
        (
            "softplus",
            "softplus",
            _d(beta="beta"),
            _d(beta=1, threshold=20),
            {**NO_DOC, "remark": CUTOFF},
        ),
        ("log_sigmoid", "logsigmoid", {}, {}, NO_DOC),
        ("softsign", "softsign"),
        ("hard_sigmoid", "hardsigmoid"),
        ("hard_silu", "hardswish"),
        (
            "hard_tanh",
            "hardtanh",
            _d(min="min_val", max="max_val"),
            _d(min_val=-1.0, max_val=1.0),
        ),
        (
            "clipped_relu",
            "hardtanh",
            _d(max_value="max_val"),
            _d(max_val=1.0),
            {"always": ("max_val",), "fixed": "min_val=0.0", "remark": "as hardtanh from 0"},
        ),
        ("relu6", "relu6"),
        ("threshold", "threshold", _d(threshold="threshold", value="value")),
        (
            "thresholded_relu",
            "threshold",
            _d(alpha="threshold"),
            {},
            {"fixed": "value=0.0", "remark": "as threshold with value 0"},
        ),
        ("softshrink", "softshrink", _d(lambd="lambd"), _d(lambd=0.5), NO_DOC),
        ("hardshrink", "hardshrink", _d(lambd="lambd"), _d(lambd=0.5), NO_DOC),
        ("tanhshrink", "tanhshrink"),
        ("softmax", "softmax", _d(axis="dim"), _d(dim=None), {"remark": GUESS}),
        ("log_softmax", "log_softmax", _d(axis="dim"), _d(dim=None), {"remark": GUESS}),
        ("softmin", "softmin", _d(axis="dim"), _d(dim=None), {"remark": GUESS}),
        (
            "gumbel_softmax",
            "gumbel_softmax",
            TEMPERATURES,
            _d(tau=1, hard=False, dim=-1),
            {"same": False, "remark": GUMBEL},
        ),
        ("glu", "glu", _d(axis="dim"), _d(dim=-1)),
    ),
    *_rows(
        "torch",
        ("sigmoid", "sigmoid"),
        ("tanh", "tanh"),
        ("arctan", "atan"),
        ("sine", "sin"),
        ("logsumexp", "logsumexp", _d(axis="dim", keepdims="keepdim"), _d(keepdim=False)),
        documented=True,
    ),
    *_rows(
        "torch.nn",
        ("identity", "Identity"),
        ("relu", "ReLU"),
        ("leaky_relu", "LeakyReLU", _d(negative_slope="negative_slope"), _d(negative_slope=0.01)),
        (
            "prelu",
            "PReLU",
            _d(slope="init"),
            _d(init=0.25),
            {"fixed": "dtype=x.dtype", "remark": "the initial value of a trained slope"},
        ),
        (
            "rrelu",
            "RReLU",
            _d(lower="lower", upper="upper"),
            _d(lower=1 / 8, upper=1 / 3),
            {"implied": {"training": True}, "same": False, "remark": "random until .eval()"},
        ),
        ("elu", "ELU", _d(alpha="alpha"), _d(alpha=1.0)),
        ("selu", "SELU"),
        ("celu", "CELU", _d(alpha="alpha"), _d(alpha=1.0)),
        ("gelu", "GELU", _d(approximate="approximate"), _d(approximate="none"), TANH_WORD),
        ("silu", "SiLU"),
        ("mish", "Mish"),
        (
            "softplus",
            "Softplus",
            _d(beta="beta"),
            _d(beta=1.0, threshold=20.0),
            {"remark": CUTOFF},
        ),
        ("sigmoid", "Sigmoid"),
        ("tanh", "Tanh"),
        ("log_sigmoid", "LogSigmoid"),
        ("softsign", "Softsign"),
        ("hard_sigmoid", "Hardsigmoid"),
        ("hard_silu", "Hardswish"),
        ("hard_tanh", "Hardtanh", _d(min="min_val", max="max_val"), _d(min_val=-1.0, max_val=1.0)),
        ("relu6", "ReLU6"),
        ("threshold", "Threshold", _d(threshold="threshold", value="value")),
        ("softshrink", "Softshrink", _d(lambd="lambd"), _d(lambd=0.5)),
        ("hardshrink", "Hardshrink", _d(lambd="lambd"), _d(lambd=0.5)),
        ("tanhshrink", "Tanhshrink"),
        ("softmax", "Softmax", _d(axis="dim"), _d(dim=None), {"remark": GUESS}),
        ("log_softmax", "LogSoftmax", _d(axis="dim"), _d(dim=None), {"remark": GUESS}),
        ("softmin", "Softmin", _d(axis="dim"), _d(dim=None), {"remark": GUESS}),
        ("glu", "GLU", _d(axis="dim"), _d(dim=-1)),
    ),
)

TENSORFLOW = (
    *_rows(
        "tf.nn",
        ("relu", "relu"),
        ("leaky_relu", "leaky_relu", _d(negative_slope="alpha"), _d(alpha=0.2)),
        ("elu", "elu"),
        ("selu", "selu"),
        ("gelu", "gelu", _d(approximate="approximate"), _d(approximate=False), TANH_BOOL),
        ("silu", "silu", _d(beta="beta"), _d(beta=1.0)),
        ("softplus", "softplus"),
        ("softsign", "softsign"),
        ("relu6", "relu6"),
        ("crelu", "crelu", _d(axis="axis"), _d(axis=-1)),
        ("softmax", "softmax", _d(axis="axis"), _d(axis=None), {"means": {"axis": LAST}}),
        ("log_softmax", "log_softmax", _d(axis="axis"), _d(axis=None), {"means": {"axis": LAST}}),
    ),
    *_rows(
        "tf.math",
        ("sigmoid", "sigmoid"),
        ("tanh", "tanh"),
        ("log_sigmoid", "log_sigmoid"),
        ("arctan", "atan"),
        ("sine", "sin"),
        (
            "logsumexp",
            "reduce_logsumexp",
            _d(axis="axis", keepdims="keepdims"),
            _d(axis=None, keepdims=False),
            {"remark": WHOLE},
        ),
    ),
    *_rows(
        "tf",
        ("identity", "identity"),
        ("hard_tanh", "clip_by_value", _d(min="clip_value_min", max="clip_value_max"), {}),
        (
            "clipped_relu",
            "clip_by_value",
            _d(max_value="clip_value_max"),
            {},
            {"fixed": "clip_value_min=0.0", "remark": "as clip_by_value from 0"},
        ),
    ),
)

KERAS = (
    *_rows(
        "keras.activations",
        ("relu", "relu", {}, _d(negative_slope=0.0, max_value=None, threshold=0.0)),
        ("clipped_relu", "relu", _d(max_value="max_value"), _d(max_value=None)),
        (
            "thresholded_relu",
            "relu",
            _d(alpha="threshold"),
            _d(threshold=0.0),
            {"always": ("threshold",), "remark": STRICT},
        ),
        ("leaky_relu", "leaky_relu", _d(negative_slope="negative_slope"), _d(negative_slope=0.2)),
        ("elu", "elu", _d(alpha="alpha"), _d(alpha=1.0)),
        ("selu", "selu"),
        ("celu", "celu", _d(alpha="alpha"), _d(alpha=1.0)),
        ("gelu", "gelu", _d(approximate="approximate"), _d(approximate=False), TANH_BOOL),
        ("silu", "silu"),
        ("mish", "mish"),
        ("softplus", "softplus"),
        ("sigmoid", "sigmoid"),
        ("tanh", "tanh"),
        ("log_sigmoid", "log_sigmoid"),
        ("softsign", "softsign"),
        ("hard_sigmoid", "hard_sigmoid"),
        ("hard_silu", "hard_silu"),
        ("hard_tanh", "hard_tanh"),
        ("relu6", "relu6"),
        (
            "threshold",
            "threshold",
            _d(threshold="threshold", value="default_value"),
            {},
            {"remark": NAN_DEFAULT},
        ),
        ("softshrink", "soft_shrink", _d(lambd="threshold"), _d(threshold=0.5)),
        ("hardshrink", "hard_shrink", _d(lambd="threshold"), _d(threshold=0.5)),
        ("tanhshrink", "tanh_shrink"),
        ("sparse_plus", "sparse_plus"),
        ("sparse_sigmoid", "sparse_sigmoid"),
        ("squareplus", "squareplus", _d(b="b"), _d(b=4)),
        ("identity", "linear"),
        ("softmax", "softmax", _d(axis="axis"), _d(axis=-1)),
        ("log_softmax", "log_softmax", _d(axis="axis"), _d(axis=-1)),
        (
            "sparsemax",
            "sparsemax",
            _d(axis="axis"),
            _d(axis=-1),
            {"same": False, "remark": SPARSEMAX},
        ),
        ("glu", "glu", _d(axis="axis"), _d(axis=-1)),
    ),
    *_rows(
        "keras.ops",
        ("gelu", "gelu", _d(approximate="approximate"), _d(approximate=True), TANH_BOOL),
        ("leaky_relu", "leaky_relu", _d(negative_slope="negative_slope"), _d(negative_slope=0.2)),
        ("arctan", "arctan"),
        ("sine", "sin"),
        (
            "logsumexp",
            "logsumexp",
            _d(axis="axis", keepdims="keepdims"),
            _d(axis=None, keepdims=False),
            {"remark": WHOLE},
        ),
    ),
    *_rows(
        "keras.layers",
        ("relu", "ReLU", {}, _d(max_value=None, negative_slope=0.0, threshold=0.0)),
        (
            "leaky_relu",
            "LeakyReLU",
            _d(negative_slope="negative_slope"),
            _d(negative_slope=0.3),
            {"remark": "refuses a negative slope"},
        ),
        (
            "prelu",
            "PReLU",
            _d(slope="alpha_initializer"),
            _d(alpha_initializer="Zeros"),
            {
                "forms": INITIAL,
                "means": {"alpha_initializer": 0.0},
                "remark": "the initial value of a slope per feature; the first axis is the batch",
            },
        ),
        ("elu", "ELU", _d(alpha="alpha"), _d(alpha=1.0)),
        ("softmax", "Softmax", _d(axis="axis"), _d(axis=-1)),
        ("identity", "Identity"),
    ),
)

JAX = (
    *_rows(
        "jax.nn",
        ("relu", "relu"),
        ("leaky_relu", "leaky_relu", _d(negative_slope="negative_slope"), _d(negative_slope=0.01)),
        ("elu", "elu", _d(alpha="alpha"), _d(alpha=1.0)),
        ("selu", "selu"),
        ("celu", "celu", _d(alpha="alpha"), _d(alpha=1.0)),
        ("gelu", "gelu", _d(approximate="approximate"), _d(approximate=True), TANH_BOOL),
        ("silu", "silu"),
        ("mish", "mish"),
        ("softplus", "softplus"),
        ("sigmoid", "sigmoid"),
        ("tanh", "tanh"),
        ("log_sigmoid", "log_sigmoid"),
        ("softsign", "soft_sign"),
        ("hard_sigmoid", "hard_sigmoid"),
        ("hard_silu", "hard_silu"),
        ("hard_tanh", "hard_tanh"),
        ("relu6", "relu6"),
        ("sparse_plus", "sparse_plus"),
        ("sparse_sigmoid", "sparse_sigmoid"),
        ("squareplus", "squareplus", _d(b="b"), _d(b=4)),
        ("identity", "identity"),
        ("softmax", "softmax", _d(axis="axis"), _d(axis=-1)),
        ("log_softmax", "log_softmax", _d(axis="axis"), _d(axis=-1)),
        (
            "logsumexp",
            "logsumexp",
            _d(axis="axis", keepdims="keepdims"),
            _d(axis=None, keepdims=False),
            {"remark": WHOLE},
        ),
        ("glu", "glu", _d(axis="axis"), _d(axis=-1)),
    ),
    *_rows(
        "jax.numpy",
        ("arctan", "arctan"),
        ("sine", "sin"),
        ("hard_tanh", "clip", _d(min="min", max="max"), _d(min=None, max=None)),
        (
            "clipped_relu",
            "clip",
            _d(max_value="max"),
            _d(max=None),
            {"fixed": "min=0.0", "remark": "as clip from 0"},
        ),
    ),
)

NUMPY = (
    *_rows(
        "scipy.special",
        ("sigmoid", "expit"),
        ("log_sigmoid", "log_expit"),
        ("softplus", "softplus"),
        ("softmax", "softmax", _d(axis="axis"), _d(axis=None), {"remark": WHOLE}),
        ("log_softmax", "log_softmax", _d(axis="axis"), _d(axis=None), {"remark": WHOLE}),
        (
            "logsumexp",
            "logsumexp",
            _d(axis="axis", keepdims="keepdims"),
            _d(axis=None, keepdims=False),
            {"remark": WHOLE},
        ),
    ),
    *_rows(
        "numpy",
        ("relu", "maximum", {}, {}, {"fixed": "0"}),
        ("softplus", "logaddexp", {}, {}, {"fixed": "0"}),
        ("tanh", "tanh"),
        ("arctan", "arctan"),
        ("sine", "sin"),
        ("hard_tanh", "clip", _d(min="min", max="max")),
        (
            "clipped_relu",
            "clip",
            _d(max_value="max"),
            {},
            {"fixed": "min=0.0", "remark": "as clip from 0"},
        ),
    ),
)

NATIVES: tuple[NativeCall, ...] = (*TORCH, *TENSORFLOW, *KERAS, *JAX, *NUMPY)
