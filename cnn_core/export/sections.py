"""What exported code consists of: sections that a script and a notebook both show, each with its words and its code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec, shape_text
from cnn_core.data.variants import VARIANTS
from cnn_core.export.data_source import GROUPS_NAME, KERAS_DATASETS, DataSource, data_source
from cnn_core.export.layer_code import WEIGHT_SEED, is_seeded, keras_imports, network_code, own_layers_code
from cnn_core.export.own_source import plain_source
from cnn_core.export.training_code import judged_target, training_code
from cnn_core.training.precision import decided
from cnn_core.training.settings import BFLOAT16, TrainingSettings

FALLBACK_TITLE = "A network of CNN Classroom"
_LONGEST_TITLE = 90


@dataclass(frozen=True)
class Section:
    """A part of the code with what a reader should know of it.

    Args:
        slug: Short name, as `"training"`.
        title: Its heading.
        text: A sentence or two, in one paragraph.
        code: Formatted Python.
    """

    slug: str
    title: str
    text: str
    code: str


def export_sections(spec: NetworkSpec, settings: TrainingSettings) -> tuple[Section, ...]:
    """Write a network and its training as Keras code, section by section; each uses what those before it define.

    Raises:
        ClassroomError: If the network cannot be built, or does not end in one number a class.
    """
    source = data_source(spec, settings)
    takes_part = settings.train_count < source.most_images
    return (
        _libraries(spec, source),
        _settings(spec, settings, takes_part),
        _images(source),
        _split(takes_part, source.has_groups),
        _network(spec, settings),
        _training(spec, settings),
        _judgement(spec, settings),
    )


def printable_title(title: str) -> str:
    r"""Bring a title from outside into one line without control characters; a stand-in where nothing is left.

    Example:
        >>> printable_title("My\n network\x00"), printable_title("")
        ('My network', 'A network of CNN Classroom')
    """
    words = "".join(letter if letter.isprintable() else " " for letter in title).split()
    return " ".join(words)[:_LONGEST_TITLE].rstrip() or FALLBACK_TITLE


def summary(spec: NetworkSpec) -> str:
    """Say in a sentence what the network takes in, gives out and holds."""
    figures = network_figures(spec)
    class_count = max(figures.output_shape[0], 2)
    return (
        f"The network takes images of {shape_text(spec.input_shape)}, tells {class_count:,} classes apart and has "
        f"{figures.parameters:,} parameters."
    )


def _libraries(spec: NetworkSpec, source: DataSource) -> Section:
    path = "from pathlib import Path\n\n" if source.file_name else ""
    return Section(
        "libraries",
        "Libraries",
        "Keras builds and trains the network; NumPy holds the images.",
        f"{path}import keras\nimport numpy as np\n{keras_imports(spec)}",
    )


@dataclass(frozen=True)
class _Constant:
    """How a setting is written as a constant."""

    name: str
    comment: str
    write: Callable[[TrainingSettings], str]


CONSTANTS = {
    "epochs": _Constant("EPOCHS", "how often training goes over all the images", lambda s: f"{s.epochs}"),
    "batch_size": _Constant("BATCH_SIZE", "images in a step", lambda s: f"{s.batch_size:_}"),
    "learning_rate": _Constant("LEARNING_RATE", "length of a step", lambda s: f"{s.learning_rate!r}"),
    "validation_share": _Constant(
        "VALIDATION_SHARE", "share of the images that is kept aside", lambda s: f"{s.validation_share!r}"
    ),
    "train_count": _Constant(
        "TRAIN_COUNT", "most images to take, those kept aside included", lambda s: f"{s.train_count:_}"
    ),
    "seed": _Constant("SEED", "of the split, the first weights and the images' order", lambda s: f"{s.seed:_}"),
}
"""The settings that become constants, in their order; the others decide what code there is."""


def _settings(spec: NetworkSpec, settings: TrainingSettings, takes_part: bool) -> Section:
    lines = [
        f"{constant.name} = {constant.write(settings)}  # {constant.comment}"
        for setting, constant in CONSTANTS.items()
        if setting != "train_count" or takes_part
    ]
    if is_seeded(spec):
        lines.append(f"WEIGHT_SEED = {WEIGHT_SEED}  # each random draw in the network takes its own seed from here on")
    lines.append(f"IMAGE_SHAPE = {spec.input_shape!r}  # height and width in pixels, channels")
    return Section(
        "settings",
        "Settings",
        "What we choose and training does not change: the hyperparameters. Change one and run everything again.",
        "\n".join(lines),
    )


_TO_INPUT = '''
def to_input(images):
    """Scale pixels from 0 to 255 to what the network takes in: 0 to 1."""
    return images.astype("float32") / 255
'''


def _images(source: DataSource) -> Section:
    parts = [_loading(source)]
    if source.is_own:
        parts.append(_shape_check(source))
    parts.append(
        "images = images.reshape(len(images), *IMAGE_SHAPE)\n"
        "x_test = x_test.reshape(len(x_test), *IMAGE_SHAPE)\n"
        'labels = labels.reshape(-1).astype("int64")\n'
        'y_test = y_test.reshape(-1).astype("int64")'
    )
    if source.variant:
        parts.append(_variant(source.variant))
    text = f"{source.summary} The test images are for the last section only: training never sees them."
    return Section("images", "Images", text, "\n\n".join(parts) + "\n\n" + _TO_INPUT.rstrip())


def _variant(name: str) -> str:
    """The app's own function that makes the variant, and its two calls."""
    variant = VARIANTS[name]
    function = variant.change.__name__
    own = plain_source(variant.change.__module__, (function,))
    return (
        f"\n{own}\n\n\nimages = {function}(images, seed={variant.train_seed})\n"
        f"x_test = {function}(x_test, seed={variant.test_seed})"
    )


def _loading(source: DataSource) -> str:
    fetched = f"(images, labels), (x_test, y_test) = keras.datasets.{source.keras_name}.load_data()"
    if not source.file_name:
        return fetched
    return "\n".join(
        [
            "# The file lies beside this script; a notebook looks in the folder that it runs in.",
            'FOLDER = Path(__file__).parent if "__file__" in globals() else Path.cwd()',
            f'DATA_FILE = FOLDER / "{source.file_name}"',
            "",
            "if DATA_FILE.exists():",
            "    with np.load(DATA_FILE) as data:",
            '        images, labels = data["x_train"], data["y_train"]',
            '        x_test, y_test = data["x_test"], data["y_test"]',
            *([_GROUPS] if source.has_groups else []),
            "else:",
            *([_stand_in(source), f"    {fetched}"] if source.keras_name else [_missing(source)]),
            *(["    groups = None"] if source.has_groups and source.keras_name else []),
        ]
    )


_GROUPS = f'        groups = data.get("{GROUPS_NAME}")  # of images that belong together, if known'


def _stand_in(source: DataSource) -> str:
    title = KERAS_DATASETS[source.keras_name].title
    return f'    print(f"{{DATA_FILE}} is missing: {title}, which Keras fetches, takes its place.")'


def _missing(source: DataSource) -> str:
    height, width, channels = source.image_shape
    shape = f"count, {height}, {width}" + (f", {channels}" if channels > 1 else "")
    return "\n".join(
        [
            "    raise SystemExit(",
            '        f"{DATA_FILE} is missing: save your images there with numpy.savez, x_train and x_test as "',
            f'        "({shape}) whole numbers of 0 to 255, y_train and y_test as (count,) class "',
            f'        "numbers of 0 to {source.class_count - 1}."',
            "    )",
        ]
    )


def _shape_check(source: DataSource) -> str:
    is_grey = source.image_shape[2] == 1
    condition = "not in (IMAGE_SHAPE, IMAGE_SHAPE[:2])" if is_grey else "!= IMAGE_SHAPE"
    return "\n".join(
        [
            f"if images.shape[1:] {condition}:",
            '    raise SystemExit(f"The network takes images of {IMAGE_SHAPE}, not of {images.shape[1:]}.")',
        ]
    )


def _split(takes_part: bool, has_groups: bool) -> Section:
    functions = ("subset_indices", "stratified_split") if takes_part else ("stratified_split",)
    subset = (
        "taken = subset_indices(labels, min(TRAIN_COUNT, len(labels)), SEED)\n"
        "images, labels = images[taken], labels[taken]\n"
    ) + ("groups = groups if groups is None else groups[taken]\n" if has_groups else "")
    call = "group_split(labels, groups" if has_groups else "stratified_split(labels"
    code = (subset if takes_part else "") + (
        f"learn, validate = {call}, VALIDATION_SHARE, SEED)\n"
        "x_train, y_train = images[learn], labels[learn]\n"
        "x_val, y_val = images[validate], labels[validate]\n"
        'print(f"Images: {len(x_train):,} to learn, {len(x_val):,} kept aside, {len(x_test):,} to test.")'
    )
    text = (
        "Some images are kept aside: after each epoch they show how the network does on images that it does not learn "
        "from. Every class gives the same share of its images, chosen at random."
    )
    own = plain_source("cnn_core.data.split", functions)
    if has_groups:
        text += " What belongs together, as the cells of one patient, stays on one side."
        own += "\n\n\n" + plain_source("cnn_core.data.group_split", ("group_split",))
    return Section("split", "Training and validation", text, f"{own}\n\n\n{code}")


def _network(spec: NetworkSpec, settings: TrainingSettings) -> Section:
    own = own_layers_code(spec)
    text = "Above each layer stands what it gives out: the shape for one image, and how many parameters it has."
    if own:
        text += " One layer is not part of Keras, so it is written here first."
    fast, policy = settings.precision == BFLOAT16, ""
    if fast:
        text += " Its layers compute with bfloat16, the last one with float32; the weights are float32."
        policy = 'keras.config.set_dtype_policy("mixed_bfloat16")'
    elif decided(spec, settings).precision == BFLOAT16:
        text += (
            " Here they compute with float32, so that results are the same on every machine. The app chooses bfloat16 "
            "for this network on this one, which is faster: its results differ in the last digits."
        )
    building = "model = build_network()\nmodel.summary()"
    code = "\n\n\n".join(filter(None, (policy, own, network_code(spec, ends_in_float32=fast), building)))
    return Section("network", "The network", text, code)


def _training(spec: NetworkSpec, settings: TrainingSettings) -> Section:
    text = (
        "In each step the network sees a batch of images, and the optimiser changes the weights a little so that the "
        "loss falls. An epoch is over when every image was seen once."
    )
    return Section("training", "Training", text, training_code(spec, settings))


def _judgement(spec: NetworkSpec, settings: TrainingSettings) -> Section:
    code = f"""
test_loss, test_accuracy = model.evaluate(to_input(x_test), {judged_target(spec, settings)}, verbose=0)
print(f"On {{len(x_test):,}} test images: {{test_accuracy:.1%}} right, loss {{test_loss:.4f}}.")
"""
    text = "How good the network is shows on images that it has never seen and that no choice was made by."
    return Section("judgement", "Judgement", text, code.strip())
