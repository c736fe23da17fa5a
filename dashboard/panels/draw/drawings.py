"""What a session keeps of the drawing: whose it is, which steps are taken, and which drawings were labelled."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn_core.correction.kept import KeptDrawing, forget_drawings, keep_drawing, kept_drawings, new_drawing
from cnn_core.drawing.way import STEPS, WHOLE_WAY, Way
from cnn_core.errors import ClassroomError
from dashboard import state
from dashboard.components.room_keeper import Remembered, room_keeper

WAY = "draw.way"
_PERSON = "draw.person"
_KEPT = "draw.kept"
_LABELLED = "draw.labelled"
_PROBLEM = "draw.kept_problem"


@dataclass(frozen=True, eq=False)
class Reading:
    """A drawing as the network saw it, and what it read.

    Args:
        image: `(28, 28, 1)`, `uint8`.
        probabilities: `(classes,)`, 0 to 1.
        class_names: One name a class.
    """

    image: npt.NDArray[np.uint8]
    probabilities: npt.NDArray[np.float32]
    class_names: tuple[str, ...]

    @property
    def first(self) -> int:
        """The class that was read."""
        return int(np.argmax(self.probabilities))

    @property
    def second(self) -> int:
        """The second guess."""
        return int(np.argsort(self.probabilities)[-2])

    @property
    def is_sound(self) -> bool:
        """Whether the network gives numbers."""
        return bool(np.isfinite(self.probabilities).all())

    @property
    def fingerprint(self) -> str:
        """Tells the image from others."""
        return hashlib.sha256(self.image.tobytes()).hexdigest()[:16]


def keep_person() -> None:
    """Let the browser's tab keep who this is, so that a reload finds the drawings again; there is nothing to see."""
    room_keeper("draw.keeper", room="", person=person(), teacher_key="", refused="", on_remember=_remember)


def person() -> str:
    """Return the number under which this person's drawings are kept; it says nothing about them."""
    return state.choice(_PERSON, "") or state.person()


def chosen_way() -> Way:
    """Return the steps that are taken."""
    return frozenset(state.choice(WAY, tuple(WHOLE_WAY)))


def left_out_words() -> str:
    """Name the steps that are switched off, as `"Cropped, Normalised"`; `""` if there are none."""
    way = chosen_way()
    return ", ".join(step.title for step in STEPS if step.name not in way)


def own_drawings() -> tuple[KeptDrawing, ...]:
    """Return this person's labelled drawings; they are read once, and after every change."""
    whose, known = state.choice(_KEPT, ("", ()))
    if whose == person():
        return known
    return _read()


def take_problem() -> str:
    """Return why drawings could not be read or kept, once; `""` if all is well."""
    problem = state.choice(_PROBLEM, "")
    if problem:
        state.set_choice(_PROBLEM, "")
    return problem


def label_of(reading: Reading) -> str | None:
    """Return what the person has said that this drawing is, if anything."""
    fingerprint, _, name = state.choice(_LABELLED, ("", "", ""))
    return name if fingerprint == reading.fingerprint else None


def label(reading: Reading, name: str | None) -> None:
    """Keep a drawing as what the person says that it is; nothing takes that back. Made for a widget's callback."""
    fingerprint, known_id, _ = state.choice(_LABELLED, ("", "", ""))
    before = known_id if fingerprint == reading.fingerprint else ""
    if name is None:
        if before:
            forget(frozenset({before}))
        state.set_choice(_LABELLED, ("", "", ""))
        return
    guess = reading.class_names[reading.first]
    drawing = new_drawing(reading.image, name, guess, float(reading.probabilities[reading.first]))
    try:
        keep_drawing(person(), drawing)
        if before:
            forget_drawings(person(), frozenset({before}))
    except ClassroomError as error:
        state.set_choice(_PROBLEM, str(error))
        return
    state.set_choice(_LABELLED, (reading.fingerprint, drawing.id, name))
    _read()


def forget(ids: frozenset[str] | None = None) -> None:
    """Delete drawings, all of them where none are named; made for a button's callback."""
    try:
        forget_drawings(person(), ids)
    except ClassroomError as error:
        state.set_choice(_PROBLEM, str(error))
    _, known_id, _ = state.choice(_LABELLED, ("", "", ""))
    if ids is None or known_id in ids:
        state.set_choice(_LABELLED, ("", "", ""))
    _read()


def _read() -> tuple[KeptDrawing, ...]:
    found: tuple[KeptDrawing, ...] = ()
    try:
        found = kept_drawings(person())
    except ClassroomError as error:
        state.set_choice(_PROBLEM, str(error))
    state.set_choice(_KEPT, (person(), found))
    return found


def _remember(remembered: Remembered) -> None:
    state.set_choice(_PERSON, remembered.person)
