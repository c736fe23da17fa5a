"""The training part of exported code: batches, loss, optimiser, and whatever settings add to them."""

from __future__ import annotations

from cnn_core.architecture.outputs import is_binary, is_probability, loss_call
from cnn_core.architecture.spec import NetworkSpec
from cnn_core.augmentation.settings import Augmentation
from cnn_core.export.layer_code import LINE_LENGTH
from cnn_core.export.own_source import plain_source
from cnn_core.training.optimizers import OPTIMIZERS
from cnn_core.training.settings import TrainingSettings


def training_code(spec: NetworkSpec, settings: TrainingSettings) -> str:
    """Write everything from the batches to the end of `fit`.

    Args:
        spec: The network, which `model` holds by then.
        settings: How it is trained; what they leave out adds no line.
    """
    parts = (
        _l2(settings),
        _targets(spec, settings),
        _augmentation(settings.augmentation),
        _batches(spec, settings),
        _schedule(settings),
        _class_weights(settings),
        _fit(spec, settings),
    )
    return "\n\n\n".join(part for part in parts if part)


def has_vectors(spec: NetworkSpec, settings: TrainingSettings) -> bool:
    """Whether labels are written as vectors of zeros and a one."""
    return loss_call(spec, settings.label_smoothing).class_name == "CategoricalCrossentropy"


def _l2(settings: TrainingSettings) -> str:
    if not settings.l2:
        return ""
    return (
        f"# {settings.l2!r} times the sum of the squares of all kernel weights is added to the loss.\n"
        "for variable in model.trainable_variables:\n"
        '    if variable.name.endswith("kernel") and variable.regularizer is None:\n'
        f"        variable.regularizer = keras.regularizers.L2({settings.l2!r})"
    )


def _targets(spec: NetworkSpec, settings: TrainingSettings) -> str:
    if not has_vectors(spec, settings):
        return ""
    return (
        "def to_target(labels):\n"
        '    """Write class numbers as vectors of zeros and a one, which label smoothing needs."""\n'
        "    return keras.utils.to_categorical(labels, model.output_shape[-1])"
    )


def _augmentation(changes: Augmentation) -> str:
    if not changes.is_active:
        return ""
    flips = {"left-right": "horizontal", "up-down": "vertical", "both": "horizontal_and_vertical"}
    fill = 'fill_mode="nearest"'
    layers = [
        f'RandomFlip("{flips.get(changes.flip)}", seed=SEED)' if changes.flip != "none" else "",
        f"RandomRotation({changes.rotation_degrees!r} / 360, {fill}, seed=SEED)" if changes.rotation_degrees else "",
        f"RandomZoom({changes.zoom!r}, {fill}, seed=SEED)" if changes.zoom else "",
        f"RandomTranslation({changes.shift!r}, {changes.shift!r}, {fill}, seed=SEED)" if changes.shift else "",
        f"RandomContrast({changes.contrast!r}, value_range=(0, 1), seed=SEED)" if changes.contrast else "",
        f"GaussianNoise({changes.noise!r}, seed=SEED)" if changes.noise else "",
    ]
    lines = "\n".join(f"        keras.layers.{layer}," for layer in layers if layer)
    return (
        "# Every image is changed a little, each time anew. The app does the same by operations of its own:\n"
        "# equally far, but by other draws.\n"
        f"augment = keras.Sequential(\n    [\n{lines}\n    ]\n)"
    )


def _batches(spec: NetworkSpec, settings: TrainingSettings) -> str:
    images, labels = "to_input(x_train[chosen])", _target("y_train[chosen]", spec, settings)
    if settings.augmentation.is_active:
        images = f"np.clip(augment({images}, training=True), 0, 1)"
    return f'''class ShuffledBatches(keras.utils.PyDataset):
    """The training images batch by batch, in another random order in every epoch."""

    def __init__(self):
        super().__init__()
        self.random = np.random.default_rng(SEED)
        self.order = np.arange(len(x_train))

    def on_epoch_begin(self):
        self.order = self.random.permutation(len(x_train))

    def __len__(self):
        return -(-len(x_train) // BATCH_SIZE)  # rounded up: the last batch may be smaller

    def __getitem__(self, index):
        chosen = self.order[index * BATCH_SIZE : (index + 1) * BATCH_SIZE]
        return {images}, {labels}'''


_RATES = {
    "step": ("step_rate", "len(ShuffledBatches())", "{drop_epochs}, {drop_factor}"),
    "cosine": ("cosine_rate", "EPOCHS * len(ShuffledBatches())", ""),
    "one_cycle": ("one_cycle_rate", "EPOCHS * len(ShuffledBatches())", "{warm_up_share}"),
}
"""The function of each schedule, its second argument, and those after the learning rate."""


def _schedule(settings: TrainingSettings) -> str:
    if settings.schedule not in _RATES:
        return ""
    function, length, others = _RATES[settings.schedule]
    values = {name: repr(getattr(settings, name)) for name in ("drop_epochs", "drop_factor", "warm_up_share")}
    arguments = ", ".join(filter(None, ("self.step", "self.length", "LEARNING_RATE", others.format(**values))))
    return f'''{plain_source("cnn_core.training.schedules", (function,))}


class RatePerStep(keras.callbacks.Callback):
    """Gives every step its own learning rate."""

    def on_train_begin(self, logs=None):
        self.step = 0
        self.length = {length}

    def on_train_batch_begin(self, batch, logs=None):
        rate = {function}({arguments})
        self.model.optimizer.learning_rate = rate
        self.step += 1'''


def _class_weights(settings: TrainingSettings) -> str:
    if not settings.has_class_weights:
        return ""
    return (
        "counts = np.bincount(y_train)\n"
        "class_weight = {\n"
        "    index: len(y_train) / (np.count_nonzero(counts) * count)\n"
        "    for index, count in enumerate(counts)\n"
        "    if count\n"
        "}"
    )


def _fit(spec: NetworkSpec, settings: TrainingSettings) -> str:
    loss = _loss(spec, settings)
    callbacks = [callback for callback in (_rate_callback(settings), _stopping(settings)) if callback]
    more = ["    class_weight=class_weight,"] if settings.has_class_weights else []
    more += ["    callbacks=[", *(f"        {callback}," for callback in callbacks), "    ],"] if callbacks else []
    return "\n".join(
        [
            "model.compile(",
            *_optimizer(settings),
            *loss,
            f"    metrics=[{_metric(spec)}],",
            ")",
            "history = model.fit(",
            "    ShuffledBatches(),",
            "    epochs=EPOCHS,",
            "    shuffle=False,  # ShuffledBatches does that",
            f"    validation_data=(to_input(x_val), {_target('y_val', spec, settings)}),",
            *more,
            ")",
        ]
    )


def _optimizer(settings: TrainingSettings) -> list[str]:
    call = OPTIMIZERS[settings.optimizer].call(settings)
    begin = f"    optimizer=keras.optimizers.{call.class_name}("
    arguments = ["learning_rate=LEARNING_RATE", *(f"{name}={value!r}" for name, value in call.arguments.items())]
    line = f"{begin}{', '.join(arguments)}),"
    if len(line) <= LINE_LENGTH:
        return [line]
    return [begin, *(f"        {argument}," for argument in arguments), "    ),"]


def _rate_callback(settings: TrainingSettings) -> str:
    return "RatePerStep()" if settings.schedule in _RATES else ""


def _stopping(settings: TrainingSettings) -> str:
    if not settings.patience and not settings.keeps_best:
        return ""
    patience = repr(settings.patience) if settings.patience else "EPOCHS"
    best = ", restore_best_weights=True" if settings.keeps_best else ""
    return f'keras.callbacks.EarlyStopping("val_loss", patience={patience}{best})'


def _target(labels: str, spec: NetworkSpec, settings: TrainingSettings) -> str:
    return f"to_target({labels})" if has_vectors(spec, settings) else labels


def judged_target(spec: NetworkSpec, settings: TrainingSettings) -> str:
    """Write the labels that the network is judged by."""
    return _target("y_test", spec, settings)


def _loss(spec: NetworkSpec, settings: TrainingSettings) -> list[str]:
    """Write the loss that belongs to the network's answer, and why."""
    call = loss_call(spec, settings.label_smoothing)
    arguments = ", ".join(f"{name}={value!r}" for name, value in call.arguments.items())
    of = "one probability for two classes" if is_binary(spec) else "from probabilities"
    why = of if is_probability(spec) else "not probabilities yet"
    line = f"    loss=keras.losses.{call.class_name}({arguments}),"
    remarked = f"{line}  # {why}"
    return [remarked] if len(remarked) <= LINE_LENGTH else [f"    # {why}", line]


def _metric(spec: NetworkSpec) -> str:
    """Write how answers are counted as right; a logit says “yes” above 0, a probability above 0.5."""
    if is_binary(spec) and not is_probability(spec):
        return 'keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)'
    return '"accuracy"'
