"""The registry of methods: what each is called, what its map means, and how it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cnn_core.errors import ClassroomError
from cnn_core.inspection.attribution.grad_cam import grad_cam
from cnn_core.inspection.attribution.integrated_gradients import Completeness, integrated_gradients
from cnn_core.inspection.attribution.occlusion import occlusion_map
from cnn_core.inspection.attribution.protocol import ClassGradients, Progress, no_progress, only_readable
from cnn_core.inspection.attribution.resize import resize_bilinear
from cnn_core.inspection.attribution.saliency import saliency_map, smoothgrad_map
from cnn_core.inspection.attribution.settings import AttributionSettings
from cnn_core.inspection.records import FloatArray

Meaning = Literal["amount", "signed"]


@dataclass(frozen=True, eq=False)
class Attribution:
    """What a method says of one image and one class.

    Args:
        values: `(height, width)` of the image, raw: nothing is scaled. Nobody can write to it.
        own: The method's own, coarser map where it has one: Grad-CAM's at its layer, occlusion's at each place.
        completeness: The check that integrated gradients carries along.
    """

    values: FloatArray
    own: FloatArray | None = None
    completeness: Completeness | None = None


Find = Callable[[ClassGradients, npt.NDArray[Any], int, AttributionSettings, Progress], Attribution]


@dataclass(frozen=True)
class Method:
    """One way to say which parts of an image speak for a class.

    Args:
        slug: Its name in code, as `"grad-cam"`.
        title: Its name for people.
        sentence: What one sees, in a sentence.
        meaning: `"amount"` if its numbers are 0 and more, `"signed"` if they speak for the class or against it.
        unit: What its numbers are.
        term: The glossary's entry that explains it.
        reference: Where it was published.
        needs: The fields of `AttributionSettings` that it depends on.
        is_quick: Whether it takes one pass through the network, and not dozens.
        find: Makes its map.
    """

    slug: str
    title: str
    sentence: str
    meaning: Meaning
    unit: str
    term: str
    reference: str
    needs: tuple[str, ...]
    is_quick: bool
    find: Find

    @property
    def inline(self) -> str:
        """The title within a sentence: in small letters, but for a name such as Grad-CAM.

        Example:
            >>> METHODS["integrated-gradients"].inline, METHODS["smoothgrad"].inline
            ('integrated gradients', 'SmoothGrad')
        """
        return self.title if self.title[1:] != self.title[1:].lower() else self.title.lower()

    def details(self, settings: AttributionSettings) -> tuple[object, ...]:
        """Return what its map depends on besides the network, the image and the class."""
        return tuple(getattr(settings, name) for name in self.needs)


def explain(
    method: Method,
    network: ClassGradients,
    image: npt.NDArray[Any],
    class_index: int,
    settings: AttributionSettings,
    progress: Progress = no_progress,
) -> Attribution:
    """Make a method's map.

    Args:
        method: One of `METHODS`.
        network: The network.
        image: `(height, width, channels)` as the network takes it; `uint8`, or a float type from 0 to 1.
        class_index: The class, from 0.
        settings: How it works.
        progress: Told which share is done.

    Raises:
        ClassroomError: If the network gives out no numbers any more, or the method cannot be applied to it.
    """
    check_numbers(network, image)
    found = method.find(network, image, class_index, settings, progress)
    if not np.isfinite(found.values).all():
        raise _diverged()
    return found


def check_numbers(network: ClassGradients, image: npt.NDArray[Any]) -> None:
    """Raise if a network's logits for an image are no numbers.

    Raises:
        ClassroomError: If one of them is infinite or not a number.
    """
    if not np.isfinite(network.logits(image[np.newaxis])).all():
        raise _diverged()


def _diverged() -> ClassroomError:
    return ClassroomError(
        "This network's training has diverged: its answers are no numbers any more, so nothing can be said about why.",
        "Look at an earlier moment of its training, or train it again with a smaller learning rate.",
    )


def _grad_cam(
    network: ClassGradients, image: npt.NDArray[Any], class_index: int, settings: AttributionSettings, _: Progress
) -> Attribution:
    own = grad_cam(network, image, settings.layer, class_index)
    return Attribution(only_readable(resize_bilinear(own, *image.shape[:2])), only_readable(own))


def _saliency(
    network: ClassGradients, image: npt.NDArray[Any], class_index: int, _: AttributionSettings, __: Progress
) -> Attribution:
    return Attribution(only_readable(saliency_map(network, image, class_index)))


def _smoothgrad(
    network: ClassGradients,
    image: npt.NDArray[Any],
    class_index: int,
    settings: AttributionSettings,
    progress: Progress,
) -> Attribution:
    found = smoothgrad_map(
        network,
        image,
        class_index,
        samples=settings.samples,
        noise=settings.noise,
        seed=settings.seed,
        batch=settings.batch,
        progress=progress,
    )
    return Attribution(only_readable(found))


def _integrated_gradients(
    network: ClassGradients,
    image: npt.NDArray[Any],
    class_index: int,
    settings: AttributionSettings,
    progress: Progress,
) -> Attribution:
    found, completeness = integrated_gradients(
        network, image, class_index, steps=settings.steps, batch=settings.batch, progress=progress
    )
    return Attribution(only_readable(found.sum(axis=2)), completeness=completeness)


def _occlusion(
    network: ClassGradients,
    image: npt.NDArray[Any],
    class_index: int,
    settings: AttributionSettings,
    progress: Progress,
) -> Attribution:
    values, drops = occlusion_map(
        network.logits,
        image,
        class_index,
        patch=settings.patch,
        stride=settings.stride,
        fill="mean" if settings.fill == "mean" else "black",
        batch=settings.batch,
        progress=progress,
    )
    return Attribution(only_readable(values), only_readable(drops))


METHODS: dict[str, Method] = {
    method.slug: method
    for method in (
        Method(
            "grad-cam",
            "Grad-CAM",
            "Where a convolution's feature maps speak for the class: coarse, but it shows the place.",
            "amount",
            "logit, weighed maps",
            "grad-cam",
            "Selvaraju et al. 2017, Grad-CAM: visual explanations from deep networks via gradient-based localization",
            ("layer",),
            True,
            _grad_cam,
        ),
        Method(
            "saliency",
            "Saliency",
            "Which pixels the logit reacts to most if they change a little, whether up or down.",
            "amount",
            "logit by pixel value",
            "saliency",
            "Simonyan, Vedaldi & Zisserman 2014, Deep inside convolutional networks",
            (),
            True,
            _saliency,
        ),
        Method(
            "smoothgrad",
            "SmoothGrad",
            "Saliency averaged over noisy copies of the image: what is chance goes, what matters stays.",
            "amount",
            "logit by pixel value",
            "saliency",
            "Smilkov et al. 2017, SmoothGrad: removing noise by adding noise",
            ("samples", "noise", "seed"),
            False,
            _smoothgrad,
        ),
        Method(
            "integrated-gradients",
            "Integrated gradients",
            "What each pixel adds to the logit, compared with a black image: orange adds, blue takes away.",
            "signed",
            "logit",
            "integrated-gradients",
            "Sundararajan, Taly & Yan 2017, Axiomatic attribution for deep networks",
            ("steps",),
            False,
            _integrated_gradients,
        ),
        Method(
            "occlusion",
            "Occlusion",
            "How much the logit drops where a patch covers the image: orange parts speak for the class, blue against.",
            "signed",
            "drop of the logit",
            "occlusion",
            "Zeiler & Fergus 2014, Visualizing and understanding convolutional networks",
            ("patch", "stride", "fill"),
            False,
            _occlusion,
        ),
    )
}
"""The methods by their slugs, in the order in which they are shown."""
