"""Convolution: first along a line, then over an image, then over several channels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnn_core.operations.convolution import turned
from dashboard.controls.view_choice import view_choice
from dashboard.lessons.convolution_channels import channels_stage
from dashboard.lessons.convolution_line import line_stage
from dashboard.lessons.convolution_plane import plane_stage
from dashboard.lessons.convolution_record import PAGE, Seen, View
from dashboard.lessons.lesson import Lesson, OwnPlace, Task
from dashboard.palette import Palette

VIEWS: dict[View, str] = {
    "line": "One dimension",
    "plane": "Two dimensions",
    "channels": "Several channels",
}
STAGES: dict[View, Callable[[Palette], Seen | None]] = {
    "line": line_stage,
    "plane": plane_stage,
    "channels": channels_stage,
}


def stage(palette: Palette) -> Seen | None:
    """Draw what one operates, and return what came out of it."""
    name = f"{PAGE}.view"
    return STAGES[view_choice("What the kernel walks over", name, name, VIEWS, "line")](palette)


def _keeps_its_length(seen: Seen) -> bool:
    return seen.view == "line" and seen.output.shape == seen.image.shape


def _is_blind_to_even_surfaces(seen: Seen) -> bool:
    kernel = seen.kernel
    return seen.view == "plane" and bool(kernel.any()) and bool(np.isclose(kernel.sum(), 0))


def _turning_changes_nothing(seen: Seen) -> bool:
    kernel = seen.kernel
    return seen.view == "plane" and seen.is_turned and bool(kernel.any()) and np.array_equal(turned(kernel), kernel)


def _sees_one_colour(seen: Seen) -> bool:
    return seen.view == "channels" and int(seen.kernel.any(axis=(0, 1)).sum()) == 1


LESSON = Lesson(
    slug="Convolution",
    stage=stage,
    tasks=(
        Task(
            "length",
            "In one dimension, let the output be exactly as long as the line.",
            _keeps_its_length,
            "The output is otherwise shorter, as the kernel cannot reach over the ends. Zeros around them make room: "
            "that is what “same” padding adds.",
        ),
        Task(
            "even",
            "In two dimensions, find a kernel that gives 0 wherever the image has the same brightness all around.",
            _is_blind_to_even_surfaces,
            "Its weights add up to 0, so equal pixels cancel each other out, and only changes are left. All kernels "
            "that find edges are like that.",
        ),
        Task(
            "turn",
            "Find a kernel for which convolution and cross-correlation are the same.",
            _turning_changes_nothing,
            "It looks the same upside down. For all others the two differ; a network does not care, as it would simply "
            "learn the turned kernel.",
        ),
        Task(
            "colour",
            "With several channels, let the output depend on a single colour.",
            _sees_one_colour,
            "Kernels of zeros switch the other channels off. A filter has a kernel for each channel, so it can look "
            "for an edge in red alone, or for red where there is no green.",
        ),
    ),
    own=OwnPlace("See it in your network", "Look_inside", {"inside.view": "origin"}),
)
