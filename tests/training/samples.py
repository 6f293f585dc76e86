"""Experiments by hand: what training would give if it were simple."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from multiact_compare.training.results import Epoch, Experiment, Run, Setup

SETUP = Setup("mlp", "numpy", "relu", "float32", 0, 3, 32, 0.01)


def epoch(loss: float, accuracy: float = 0.9, **other: object) -> Epoch:
    """An epoch with this training loss, and whatever else it shall be."""
    facts: dict[str, object] = {
        "test_loss": 1.5 * loss,
        "seconds": 0.02,
        "gradient_norms": (0.5 * loss, 0.25 * loss),
        "dead_units": (2,),
    }
    return Epoch(loss=loss, accuracy=accuracy, **{**facts, **other})  # type: ignore[arg-type]


def run(
    framework: str = "numpy",
    activation: str = "relu",
    seed: int = 0,
    epochs: Sequence[Epoch] = (epoch(1.0), epoch(0.5), epoch(0.25)),
    failure: str | None = None,
) -> Run:
    """A run of a perceptron."""
    return Run(
        setup=Setup("mlp", framework, activation, "float32", seed, 3, 32, 0.01),
        layers=("hidden", "output"),
        hidden=("hidden",),
        units=(128,),
        epochs=tuple(epochs),
        compile_seconds=0.4,
        failure=failure,
    )


def experiment(runs: Sequence[Run]) -> Experiment:
    return Experiment("digits", 1442, 355, tuple(runs), {"machine": "a small one"})


def four_frameworks() -> Experiment:
    """One activation; each framework a little farther off."""
    return experiment(
        [
            run(name, epochs=[epoch(loss * (1 + 1e-6 * step)) for loss in (1.0, 0.5, 0.25)])
            for step, name in enumerate(("numpy", "torch", "tensorflow", "jax"))
        ]
    )


def several(
    names: Sequence[str] = ("relu", "gelu", "tanh"),
    seeds: int = 3,
    accuracy: Callable[[int, int], float] = lambda place, seed: 0.97 - 0.02 * place + 0.003 * seed,
) -> Experiment:
    """Activations on one framework: the later in the list, the worse and the slower."""
    return experiment(
        [
            run(
                "torch",
                name,
                seed,
                [
                    epoch(
                        (1 + 0.1 * place) / number,
                        accuracy(place, seed),
                        seconds=0.01 * (1 + 0.5 * place),
                        dead_units=(4 if name == "relu" else 0,),
                    )
                    for number in (1, 2, 3)
                ],
            )
            for place, name in enumerate(names)
            for seed in range(seeds)
        ]
    )
