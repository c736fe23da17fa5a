"""The controls of a training: what it learns from and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import streamlit as st

from cnn_core.architecture.outputs import is_binary, is_probability
from cnn_core.architecture.shapes import class_count
from cnn_core.architecture.spec import NetworkSpec, shape_text
from cnn_core.data.registry import DATASETS
from cnn_core.training.data_choice import dataset_for, with_dataset
from cnn_core.training.optimizers import OPTIMIZERS
from cnn_core.training.schedules import SCHEDULES, schedule_curve
from cnn_core.training.settings import steps_per_epoch
from dashboard import state
from dashboard.charts.schedule_curve import schedule_curve_html
from dashboard.controls.fitting_button import fitting_button
from dashboard.controls.record_controls import record_controls
from dashboard.palette import palette_for
from dashboard.words import count

KEY = "settings."


def dataset_controls(spec: NetworkSpec) -> bool:
    """Choose what to learn from: a data set whose images the network can take.

    Where its classes are not those of the network, that is said, with a button that fits the network.

    Args:
        spec: The network to train.

    Returns:
        Whether the network fits the chosen data set.
    """
    offered = [slug for slug, entry in DATASETS.items() if entry.image_shape == spec.input_shape]
    if not offered or not class_count(spec):
        lacking = "" if class_count(spec) else " The network ends in feature maps, not in classes."
        none = "" if offered else f" No data set here has images of {shape_text(spec.input_shape)}."
        st.warning(
            f"This network cannot be trained yet.{none}{lacking} Change the images or the last layer on the "
            "Design page."
        )
        return False
    if state.settings().dataset not in offered:
        state.set_settings(with_dataset(state.settings(), dataset_for(spec, current=offered[0])))
    settings = state.settings()
    key = f"{KEY}dataset"
    st.selectbox(
        "Data set",
        offered,
        offered.index(settings.dataset),
        key=state.sync_widget(key, settings.dataset),
        format_func=lambda slug: DATASETS[slug].title,
        on_change=state.when_changed(key, _set_dataset),
    )
    entry = DATASETS[settings.dataset]
    st.caption(f"{entry.summary} {count(entry.train_count)} to learn from, {count(entry.test_count)} to be judged on.")
    classes = len(entry.class_names)
    if class_count(spec) == classes:
        if classes == 2:
            st.caption(two_classes_words(spec, entry.class_names))
        return True
    st.warning(f"“{entry.title}” has {some_classes(classes)}, and the network tells {class_count(spec)} apart.")
    fitting_button(settings.dataset, "train.fit")
    return False


def some_classes(classes: int) -> str:
    """Say how many classes there are.

    Example:
        >>> some_classes(2), some_classes(10)
        ('two classes', '10 classes')
    """
    return "two classes" if classes == 2 else f"{classes} classes"


def two_classes_words(spec: NetworkSpec, names: Sequence[str]) -> str:
    """Say what the answer of a network for two classes means.

    Args:
        spec: The network.
        names: The two classes.

    Example:
        >>> from cnn_core.architecture.presets import PRESETS
        >>> two_classes_words(PRESETS["blood-cells"].spec, ("sick", "healthy"))
        'Two classes, one number: the probability of “healthy”. What is missing to 1 is that of “sick”.'
    """
    if not is_binary(spec):
        return f"Two classes, two numbers: one for “{names[0]}” and one for “{names[1]}”."
    number = "the" if is_probability(spec) else "its sigmoid is the"
    return (
        f"Two classes, one number: {number} probability of “{names[1]}”. What is missing to 1 is that of “{names[0]}”."
    )


def hyperparameter_controls(spec: NetworkSpec) -> None:
    """Choose how to learn: what is seldom changed is folded away.

    Args:
        spec: The network to train.
    """
    settings = state.settings()
    record_controls(settings, ("epochs", "learning_rate"), KEY, _set)
    optimizer, schedule = OPTIMIZERS[settings.optimizer], SCHEDULES[settings.schedule]
    with st.expander("Steps", key="settings.steps"):
        names = ("optimizer", *optimizer.fields, "batch_size", "schedule", *schedule.fields, "precision")
        record_controls(settings, names, KEY, _set)
        curve = schedule_curve(settings, steps_per_epoch(settings, DATASETS[settings.dataset].train_count))
        st.html(schedule_curve_html(curve, palette_for(st.context.theme.type)))
        st.caption(f"Loss: {loss_words(spec)}.")
    with st.expander("Images", key="settings.images"):
        record_controls(settings, ("train_count", "validation_share", "has_class_weights"), KEY, _set)
    changed = st.expander("Change images at random", key="settings.changing", on_change="rerun")
    if changed.open:
        with changed:
            augmentation_controls()
    with st.expander("Against learning by heart", key="settings.regularisation"):
        record_controls(settings, ("l2", "label_smoothing", "patience", "keeps_best"), KEY, _set)
    record_controls(settings, ("seed",), KEY, _set)


def augmentation_controls() -> None:
    """Choose how far training images are changed at random; it holds for the next training."""
    augmentation = state.settings().augmentation
    names = tuple(field.name for field in fields(augmentation))
    record_controls(augmentation, names, f"{KEY}augmentation.", _set_augmentation)


def loss_words(spec: NetworkSpec) -> str:
    """Say which loss belongs to a network's answer, and why.

    Example:
        >>> from cnn_core.architecture.presets import PRESETS
        >>> loss_words(PRESETS["first"].spec)
        'cross-entropy, from the probabilities that the last layer gives'
    """
    kind = "binary cross-entropy" if is_binary(spec) else "cross-entropy"
    if is_probability(spec):
        return f"{kind}, from the probabilities that the last layer gives"
    return f"{kind}, from logits: the last layer’s numbers are not probabilities yet"


def _set(name: str, value: Any) -> None:
    changes = {name: value}
    if name == "optimizer":
        # A learning rate that suits one optimiser does not suit another: begin with one that works.
        changes["learning_rate"] = OPTIMIZERS[value].learning_rate
    state.set_settings(replace(state.settings(), **changes))


def _set_dataset(slug: str) -> None:
    state.set_settings(with_dataset(state.settings(), slug))


def _set_augmentation(name: str, value: Any) -> None:
    changes: dict[str, Any] = {name: value}
    state.set_settings(replace(state.settings(), augmentation=replace(state.settings().augmentation, **changes)))
