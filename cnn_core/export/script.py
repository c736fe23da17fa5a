"""A network and its training as a script that runs by itself."""

from __future__ import annotations

from textwrap import wrap

from cnn_core.architecture.spec import NetworkSpec
from cnn_core.export.layer_code import LINE_LENGTH
from cnn_core.export.sections import Section, export_sections, printable_title, summary
from cnn_core.training.settings import TrainingSettings


def keras_script(spec: NetworkSpec, settings: TrainingSettings, title: str = "") -> str:
    """Write a script that loads the images, builds the network, trains it and judges it, with Keras and NumPy alone.

    With the same seed it begins with the same weights, sets the same images aside and learns in the same order as a
    run of the app, so both report the same losses but for rounding.

    Args:
        spec: The network.
        settings: How it is trained.
        title: A name for people; any text.

    Returns:
        Python, formatted, UTF-8.

    Raises:
        ClassroomError: If the network cannot be built, or does not end in one number a class.

    Example:
        >>> from cnn_core.architecture.presets import preset
        >>> script = keras_script(preset("first").spec, TrainingSettings(), "My network")
        >>> script.splitlines()[0]
        '# My network'
    """
    libraries, *others = (_commented(section) for section in export_sections(spec, settings))
    return "\n\n\n".join([_header(spec, title), f"{libraries}\n\n{others[0]}", *others[1:]]) + "\n"


def _header(spec: NetworkSpec, title: str) -> str:
    return "\n".join(
        [
            f"# {printable_title(title)}",
            "#",
            *_comment(
                "A neural network in Keras, exported from CNN Classroom. This script loads the images, builds the "
                f"network, trains it and judges it. {summary(spec)}"
            ),
            "#",
            "# To run it, in its folder:",
            "#",
            "#     pip install -r requirements.txt",
            "#     python network.py",
            "#",
            *_comment(
                "For the same seed the app's training begins with the same weights and sees the same images in the "
                "same order, so its losses are these, but for rounding."
            ),
        ]
    )


def _commented(section: Section) -> str:
    heading = f"# --- {section.title} "
    gap = "\n\n" if section.code.startswith(("def ", "class ", "@")) else "\n"
    lines = [heading + "-" * (LINE_LENGTH - len(heading)), *_comment(section.text)]
    return "\n".join(lines) + f"\n{gap}{section.code}"


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in wrap(text, LINE_LENGTH - 2, break_long_words=False, break_on_hyphens=False)]
