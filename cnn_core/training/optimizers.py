"""The rules that turn gradients into steps, each with the settings that are its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cnn_core.architecture.layers import KerasCall

if TYPE_CHECKING:
    from cnn_core.training.settings import TrainingSettings


@dataclass(frozen=True)
class OptimizerKind:
    """One rule.

    Args:
        title: Its name for people.
        class_name: Its class in `keras.optimizers`.
        learning_rate: A learning rate that works for most networks of this app.
        fields: The training settings that it alone needs; each is an argument of its class by the same name.
        fixed: Arguments that make this rule out of a class that knows several.
    """

    title: str
    class_name: str
    learning_rate: float
    fields: tuple[str, ...] = ()
    fixed: Mapping[str, bool] = field(default_factory=dict)

    def call(self, settings: TrainingSettings) -> KerasCall:
        """Say how Keras makes it; the learning rate comes on top."""
        own = {name: getattr(settings, name) for name in self.fields}
        return KerasCall(self.class_name, {**own, **self.fixed}, module="optimizers")


OPTIMIZERS = {
    "adam": OptimizerKind("Adam", "Adam", 0.001, ("beta_1", "beta_2")),
    "sgd": OptimizerKind("SGD", "SGD", 0.05),
    "rmsprop": OptimizerKind("RMSprop", "RMSprop", 0.001, ("rho",)),
    "momentum": OptimizerKind("SGD with momentum", "SGD", 0.02, ("momentum",)),
    "nesterov": OptimizerKind("SGD with Nesterov momentum", "SGD", 0.02, ("momentum",), {"nesterov": True}),
    "adamw": OptimizerKind("AdamW", "AdamW", 0.001, ("beta_1", "beta_2", "weight_decay")),
}
"""Optimisers by the name of their setting. New ones are added at the end: addresses name them by their position."""

OWN_FIELDS = tuple(dict.fromkeys(name for kind in OPTIMIZERS.values() for name in kind.fields))
"""The training settings that belong to some optimiser."""
