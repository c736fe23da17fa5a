"""In which settings several trainings differ, as words for people.

The fields of the records are gone through as they are declared: a new setting, or a new record within the settings,
appears here by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from cnn_core.architecture.fields import Choice, Presentation, YesNo
from cnn_core.architecture.layers import Layer
from cnn_core.architecture.spec import NetworkSpec, shape_text
from cnn_core.data.registry import DATASETS
from cnn_core.training.optimizers import OPTIMIZERS
from cnn_core.training.optimizers import OWN_FIELDS as OPTIMIZER_FIELDS
from cnn_core.training.schedules import SCHEDULES
from cnn_core.training.settings import TrainingSettings

NOT_USED = "not used"
NO_LAYER = "none"
"""What stands for a setting that a run does not use, and for a layer that it does not have."""

MOST_LAYERS = 12
"""Layers of a network that are named in one line; of a longer one the first and the last."""

_LABELS = {"dataset": "Data set"}
_SCHEDULE_FIELDS = tuple(dict.fromkeys(name for schedule in SCHEDULES.values() for name in schedule.fields))


@dataclass(frozen=True)
class Difference:
    """One setting in which runs differ.

    Args:
        label: Its name on the screen.
        values: What each run has, in words.
        help: What it does; `""` where its name says so.
    """

    label: str
    values: tuple[str, ...]
    help: str = ""

    def is_other(self, index: int) -> bool:
        """Whether a run has another value than the first run."""
        return self.values[index] != self.values[0]


def differing_settings(settings: Sequence[TrainingSettings]) -> tuple[Difference, ...]:
    """Name the training settings in which runs differ, in the order of their declaration.

    A setting that belongs to one optimiser or schedule counts only where some run uses it.

    Args:
        settings: How each run is trained.

    Example:
        >>> few, many = TrainingSettings(epochs=2), TrainingSettings(epochs=9, momentum=0.5)
        >>> [(row.label, row.values) for row in differing_settings([few, many])]
        [('Epochs', ('2', '9'))]
    """
    return tuple(_differing_fields(settings, "", _is_used))


def differing_networks(specs: Sequence[NetworkSpec]) -> tuple[Difference, ...]:
    """Say in what networks differ: as a whole in one line, and layer by layer with all settings.

    Layers of the same name are compared with each other: the first convolution with the first convolution.

    Args:
        specs: Each run's network.
    """
    rows = [
        Difference("Images", tuple(shape_text(spec.input_shape) for spec in specs), "Height × width × channels."),
        Difference("Network", tuple(network_in_one_line(spec) for spec in specs), "Its layers, from image to answer."),
    ]
    named = [dict(zip(spec.layer_names, spec.layers, strict=True)) for spec in specs]
    for name in dict.fromkeys(name for layers in named for name in layers):
        rows += _differing_layers(name, [layers.get(name) for layers in named])
    return tuple(row for row in rows if len(set(row.values)) > 1)


def network_in_one_line(spec: NetworkSpec) -> str:
    """Write a network as one says it aloud; of a long one the first and the last layers.

    Example:
        >>> from cnn_core.architecture.presets import preset
        >>> network_in_one_line(preset("fully-connected").spec)
        'dense 512 → dense 512 → dense 10'
    """
    parts = [layer.brief() for layer in spec.layers if layer.brief()]
    if len(parts) > MOST_LAYERS:
        parts = [*parts[: MOST_LAYERS - 3], "…", *parts[-2:]]
    return " → ".join(parts)


def _differing_layers(name: str, layers: Sequence[Layer | None]) -> list[Difference]:
    """Compare layers of one name; a layer's own words leave out what is usual, and then its fields are compared."""
    if all(layer == layers[0] for layer in layers):
        return []
    there = [layer for layer in layers if layer is not None]
    words = tuple(NO_LAYER if layer is None else layer.details() or type(layer).title for layer in layers)
    if len({type(layer) for layer in there}) > 1 or len(set(words)) == len(set(layers)):
        return [Difference(name, words)]
    rows = _differing_fields(there, f"{name}: ", lambda record, field: True)
    places = [index for index, layer in enumerate(layers) if layer is not None]

    def spread(values: tuple[str, ...]) -> tuple[str, ...]:
        at = dict(zip(places, values, strict=True))
        return tuple(at.get(index, NO_LAYER) for index in range(len(layers)))

    spread_rows = [Difference(row.label, spread(row.values), row.help) for row in rows]
    return [Difference(name, words), *spread_rows] if len(set(words)) > 1 else spread_rows


def _differing_fields(records: Sequence[Any], prefix: str, is_used: Callable[[Any, str], bool]) -> list[Difference]:
    rows: list[Difference] = []
    for field in fields(records[0]) if records else ():
        values = [getattr(record, field.name) for record in records]
        presentation = field.metadata.get("presentation", Presentation())
        label = presentation.label or _LABELS.get(field.name) or field.name.replace("_", " ").capitalize()
        if all(is_dataclass(value) for value in values) and len({type(value) for value in values}) == 1:
            rows += _differing_fields(values, f"{prefix}{label}: ", lambda record, name: True)
            continue
        used = [is_used(record, field.name) for record in records]
        if any(value != values[0] for value in values) and any(used):
            domain = field.metadata.get("domain")
            words = (
                _words(field.name, domain, value) if has_use else NOT_USED
                for value, has_use in zip(values, used, strict=True)
            )
            rows.append(Difference(prefix + (label if not prefix else _inner(label)), tuple(words), presentation.help))
    return rows


def _inner(label: str) -> str:
    """Write a label as it stands after a colon: in small letters, but for a name such as L2."""
    return label if label[1:] != label[1:].lower() or label[-1:].isdigit() else label.lower()


def _words(name: str, domain: object, value: Any) -> str:
    if name == "dataset" and value in DATASETS:
        return DATASETS[value].title
    if isinstance(domain, Choice):
        return domain.title(value)
    if isinstance(domain, YesNo) or isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def _is_used(record: TrainingSettings, name: str) -> bool:
    if name in OPTIMIZER_FIELDS:
        return name in OPTIMIZERS[record.optimizer].fields
    if name in _SCHEDULE_FIELDS:
        return name in SCHEDULES[record.schedule].fields
    return True
