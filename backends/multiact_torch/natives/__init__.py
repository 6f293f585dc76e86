"""PyTorch's own kernels, where they keep the contract.

Each wrapper takes the function made from the shared formula and returns one that prefers the
native kernel and falls back to the formula: for other parameters, for dtypes that the kernel gets
wrong, and for everything that needs promotion or an error.
"""

from multiact.backend import Native
from multiact_torch.natives import pieces, rows, smooth

WRAPPERS = {
    pieces: (
        "relu", "leaky_relu", "prelu", "rrelu", "relu6", "clipped_relu", "hard_tanh",
        "hard_sigmoid", "hard_silu", "threshold", "thresholded_relu", "softshrink", "hardshrink",
        "identity",
    ),
    smooth: (
        "elu", "selu", "celu", "sigmoid", "tanh", "log_sigmoid", "softsign", "arctan", "softplus",
        "silu", "mish", "gelu", "serf", "phish",
    ),
    rows: ("softmax", "log_softmax", "softmin", "logsumexp", "maxout", "glu"),
}  # fmt: skip

NATIVES: dict[str, Native] = {
    name: getattr(module, name) for module, names in WRAPPERS.items() for name in names
}
