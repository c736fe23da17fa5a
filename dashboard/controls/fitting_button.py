"""One click that gives the network the input and the answer that a data set needs."""

from __future__ import annotations

from functools import partial

from cnn_core.architecture.fitting import fits_images, fitted_to, fitting_words
from cnn_core.architecture.presets import PRESETS, SYSTEMS
from cnn_core.data.registry import DATASETS
from cnn_core.training.data_choice import settings_on, with_dataset
from dashboard import state
from dashboard.controls.action_button import action_button


def fitting_button(dataset: str, key: str) -> None:
    """Offer to fit the session's network to a data set; nothing where it fits already.

    Args:
        dataset: The data set's short name.
        key: The button's key.
    """
    entry, network = DATASETS.get(dataset), state.valid_network()
    words = fitting_words(network, entry.image_shape, len(entry.class_names)) if entry is not None else ""
    if entry is None or not words:
        return
    action_button(
        f"Give the network {words}",
        partial(fit_network, dataset),
        key=key,
        icon=":material/build:",
        explanation=f"“{entry.title}” has the classes {', '.join(entry.class_names)}. Undo on the Design page takes it "
        "back.",
    )


def fit_network(dataset: str) -> None:
    """Choose a data set, and give the session's network the input and the answer that it needs.

    While the network is a ready-made one that nobody has changed, and another ready-made one is just for such images,
    that one is taken with its way of training: it does better than one that is bent to fit.
    """
    entry, network = DATASETS[dataset], state.valid_network()
    classes = len(entry.class_names)
    state.set_settings(with_dataset(state.settings(), dataset))
    if not fitting_words(network, entry.image_shape, classes):
        return
    better = next((preset for preset in SYSTEMS if fits_images(preset.spec, entry.image_shape, classes)), None)
    if better is not None and network in (preset.spec for preset in PRESETS.values()):
        state.set_preset_slug(better.slug)
        state.set_settings(settings_on(dataset, better, state.settings()))
        state.set_network(better.spec)
    else:
        state.set_network(fitted_to(network, entry.image_shape, classes))
